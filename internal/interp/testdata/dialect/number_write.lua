-- How numbers become text: tostring and all that takes a number for a string.
local function quoted(v) return type(v) == "string" and '"' .. v .. '"' or tostring(v) end
local numbers = { 0, 1, -1, 7, 99, 100, 127, 128, 1023, 1024, 65536, 2^31, 2^32, 2^53, 2^53 + 2, 2^63, 2^64, -2^63, 1e13, 1e14, 1e15, 1e16, 99999999999999, 100000000000000, 123456789012345, -99999999999999,
  0.5, 0.1, 0.25, -0.75, 1 / 3, 2 / 3, 0.1 + 0.2, 1.1, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 0.00012345, 0.000012345, 123.456, 3.14159265358979, 2.718281828459045, 99999.99999, 999999999.9999999, 1e20, 1.5e20, 1e100, 1e300, 1.7976931348623157e308, 5e-324, 2.2250738585072014e-308, -1e-10, 12345678.9, 0.99999999999999, 0.999999999999999, 9.9999999999999995, 1e14 + 0.5, 99999999999999.5,
  1/0, -1/0, 1e15 + 0.3 }
for i, n in ipairs(numbers) do
  print(i, quoted(tostring(n)), quoted(string.sub(n, 1)), quoted(("%s"):format(n)), quoted((("x"):gsub("x", n))), quoted((("x"):gsub("x", function() return n end))), quoted((("x"):gsub("x", { x = n }))), string.len(n), quoted(string.lower(n)), quoted(string.rep(n, 2)), quoted(string.match(n, ".*")))
end
for i = -30, 30 do print(i, tostring(10 ^ i), tostring(-1.5 * 10 ^ i), tostring(2 ^ i), tostring(1 / 3 * 10 ^ i), tostring(i / 7)) end
print(quoted(tostring(0/0)):gsub("-", ""), quoted(tostring(-(0/0))):gsub("-", ""))
print(tostring(nil), tostring(true), tostring(false), tostring("x"), tostring("\0") == "\0", tostring(12), type(tostring(12)))
print((tostring({}):gsub("0x%x+", "")), (tostring(print):gsub("[%w]*: ?[%w]+", "f")), (tostring(coroutine.create(function() end)):gsub("0x%x+", "")))
print(pcall(tostring))
print(tostring(nil, 1), select("#", tostring(1, 2)))
-- __tostring, whatever it gives
local function with(f) return setmetatable({}, { __tostring = f }) end
print(tostring(with(function() return "text" end)), tostring(with(function() return 12 end)), type(tostring(with(function() return 12 end))), tostring(with(function() return nil end)), tostring(with(function(...) return select("#", ...) end)), tostring(with(function() return "a", "b" end)))
print(select("#", tostring(with(function() end))), pcall(tostring, with(function() error("no", 0) end)), pcall(tostring, setmetatable({}, { __tostring = setmetatable({}, { __call = function() return "called" end }) })))
print(pcall(string.format, "%s", with(function() return "x" end)))
print(tostring(setmetatable({}, { __metatable = "hidden", __tostring = function() return "shown" end })))
getmetatable("").__tostring = function(s) return "<" .. s .. ">" end
print(type(tostring("x")), #tostring("x"))
getmetatable("").__tostring = nil
