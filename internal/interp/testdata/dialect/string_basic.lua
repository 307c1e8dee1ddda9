-- byte, char, len, lower, rep, reverse, sub and upper, and how all functions
-- take their arguments.
local function text(v)
  if type(v) == "string" then return '"' .. string.gsub(v, "[^%w%p ]", function(c) return ("\\%03d"):format(c:byte()) end) .. '"' end
  if type(v) == "number" then return ("%.14g"):format(v) end
  return (type(v) == "nil" or type(v) == "boolean" or type(v) == "number") and tostring(v) or type(v)
end
local function show(...)
  local t = {}
  for i = 1, select("#", ...) do t[i] = text((select(i, ...))) end
  return table.concat(t, " ")
end
local function try(f, ...) return show(pcall(f, ...)) end

-- sub and byte: all pairs of positions around both ends
local s = "abc\0\200"
for i = -7, 7 do
  for j = -7, 7, 2 do print("sub byte", i, j, show(s:sub(i, j)), show(s:byte(i, j))) end
  print("sub byte", i, show(s:sub(i)), show(s:byte(i)))
end
for _, n in ipairs{ 2.9, -1.5, 1e10, -1e10, 2^31, 2^32 + 1, 2^53, 2^63, -2^63, 1/0, -1/0, 0/0, "2", "0x2", " 2 ", "2.7" } do
  print("sub", show(n), try(string.sub, "hello", n), try(string.sub, "hello", 1, n), try(string.sub, "hello", n, n))
  print("byte", show(n), try(string.byte, "hello", n), try(string.byte, "hello", 1, n))
end
print(try(string.sub, "hello"), try(string.sub, "hello", nil), try(string.sub, "hello", 2, nil), try(string.sub, "hello", {}))
print(try(string.byte, "hello", nil), try(string.byte, "hello", nil, nil), try(string.byte, "hello", 2, nil), try(string.byte, "", 1))

-- char
for _, n in ipairs{ 0, 1, 65, 127, 128, 200, 255, 256, -1, 65.9, 2^32 + 65, 2^31, 1e300, "65", "0x41", "A", 0/0 } do print("char", show(n), try(string.char, n)) end
print(try(string.char), try(string.char, 104, 105), try(string.char, 0, 0, 200), try(string.char, nil), try(string.char, 65, nil), try(string.char, 65, {}), try(string.char, 65, 66, 256))
local all = {}
for i = 0, 255 do all[i + 1] = i end
local bytes = string.char(unpack(all))
print(#bytes, show(bytes), show(bytes:byte(-1)), select("#", bytes:byte(1, -1)))

-- len, lower, upper, reverse
for _, v in ipairs{ "", "a", "Hello World", "\0", "a\0b", "\195\169", "\xff", 12, 1.5, 1e100, 1/0, 2^53 } do
  print(show(v), try(string.len, v), try(string.lower, v), try(string.upper, v), try(string.reverse, v), try(string.rep, v, 3))
end
print(show(bytes:lower()))
print(show(bytes:upper()))
print(show(bytes:reverse()))
print(#("\0\0"), ("a\0b"):len(), ("\195\169"):upper() == "\195\169", ("abc\0DEF"):lower() == "abc\0def")

-- rep
for _, n in ipairs{ 0, 1, 2, 3.9, -1, -1e10, "2", "x", 1/0, -1/0, 0/0, 2^32, 2^32 + 2, 2^31, {} } do print("rep", show(n), try(string.rep, "ab", n), try(string.rep, "", n)) end
print(#("abc"):rep(1000), #("\0"):rep(77), show(("x"):rep(2, ",")))

-- what is no string: all functions with each kind of value
for _, name in ipairs{ "byte", "find", "format", "gmatch", "gsub", "len", "lower", "match", "rep", "reverse", "sub", "upper" } do
  local f = string[name]
  print(name, try(f), try(f, nil), try(f, true), try(f, {}), try(f, print))
  print(name, try(f, "x", true), try(f, "x", {}), try(f, "x", nil))
end
for _, name in ipairs{ "find", "gmatch", "gsub", "match" } do print(name, try(string[name], "x"), try(string[name], "x", "x", {}), try(string[name], 12321, 2, "3")) end

-- numbers are strings, and strings are objects
print(("x"):rep(3), ("abc").len == string.len, #"abc", ("abc"):len(), ("%d"):format(7), "5" + 1)
print(string.len(12345), string.sub(12345, 2, 3), string.rep(1, 3), string.byte(5), string.upper(0x10), string.reverse(1.5))
print(("x").nothing, pcall(function() return ("x"):nothing() end) == false, getmetatable("").__index == string, getmetatable("x") == getmetatable(""))
print(pcall(function() local s = "x" s.y = 1 end) == false)
function string.twice(s) return s .. s end
print(("ab"):twice())
string.twice = nil
print(string.gfind == string.gmatch, math.mod == math.fmod)
local names = {}
for k in pairs(string) do names[#names + 1] = k end
table.sort(names)
print(table.concat(names, " "))
names = {}
for k in pairs(math) do names[#names + 1] = k end
table.sort(names)
print(table.concat(names, " "))

-- how errors name the function
local rep, t, up = string.rep, { f = string.rep, [1] = string.rep }, string.rep
local function line(f) local ok, e = pcall(f) return (tostring(e):gsub("^[^:]*:%d+: ", "")) end
print(line(function() string.rep() end))
print(line(function() ("x"):rep() end))
print(line(function() ("x"):rep({}) end))
print(line(function() ("x"):rep{} end))
print(line(function() ("x").rep() end))
print(line(function() local r = string.rep r() end))
print(line(function() local r = string.rep r("x") end))
print(line(function() up("x", {}) end))
print(line(function() t.f() end))
print(line(function() t:f() end))
print(line(function() t.f("x", "y") end))
print(line(function() return string.rep("x") end))
print(line(function() local x = string.rep("x", string.rep()) end))
print(line(function() string.gsub("x", "x", string.rep) end))
print(line(function() t.f(t.f("x", 2), "y") end))
print(line(function() for k in string.gmatch() do end end))
print(line(function() for k in string.rep do end end))
print(line(function() for i = 1, string.len() do end end))
print(line(function() if string.len() then end end))
print(line(function() return string.len() == 1 end))
print(line(function() return { string.len() } end))
print(line(function() table.concat{ string.len(), 1 } end))
globalrep = string.rep
print(line(function() globalrep() end))
print(line(function() math.floor() end))
print(line(function() math.floor("x") end))
print(line(function() tonumber() end))
print(line(function() ("x"):find("[a") end))
print(line(function() ("x"):gsub("x", "%2") end))
print(select(2, pcall(string.rep)))
print(select(2, pcall(pcall, string.rep)))
print(select(3, pcall(pcall, string.rep)))
print(coroutine.resume(coroutine.create(function() string.rep() end)) == false)
-- with the place of the call
print(pcall(function() ("x"):rep() end))
print(pcall(function()
  local a = 1
  string.format("%d", "x")
end))
print(pcall(function() ("x"):find("(") end))
