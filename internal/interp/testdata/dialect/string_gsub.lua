-- string.gsub
local function text(v)
  if type(v) == "string" then return '"' .. string.gsub(v, "[^%w%p ]", function(c) return ("\\%03d"):format(c:byte()) end) .. '"' end
  return (type(v) == "nil" or type(v) == "boolean" or type(v) == "number") and tostring(v) or type(v)
end
local function show(...)
  local t = {}
  for i = 1, select("#", ...) do t[i] = text((select(i, ...))) end
  return table.concat(t, " ")
end
local function try(...) print(show(...), show(pcall(string.gsub, ...))) end

-- replacement by text
for _, r in ipairs{ "", "x", "%0", "%1", "%2", "%0%0", "%%", "%", "x%", "%x", "%%1", "<%1>", "%9", "%a", "\0", "%\0", 7, 1.5, "%00", "%10" } do
  for _, p in ipairs{ "o", "(o)", "(o)()", "l+", "^h", "^", "$", "", "x", "()", "(h)(e)", "." } do try("hello", p, r) end
end
-- how often
for _, n in ipairs{ 0, 1, 2, 3, 100, -1, 1.9, "2", "x", 1/0, 2^32 + 1, {} } do
  print(show(n), show(pcall(string.gsub, "banana", "a", "o", n)), show(pcall(string.gsub, "banana", "", "-", n)), show(pcall(string.gsub, "banana", "^b", "c", n)))
end
try("banana", "a", "o", nil)
-- by a table
local t = setmetatable({ a = "A", b = 1, c = false, d = 2.5, [1] = "one", [2] = true, e = true, f = {} }, { __index = function(_, k) if k == "g" then return "G" elseif k == "h" then return nil end end })
for _, s in ipairs{ "a", "b", "c", "d", "e", "f", "g", "h", "i", "abcd", "aha" } do print(s, show(pcall(string.gsub, s, ".", t)), show(pcall(string.gsub, s, "(.)(.?)", t)), show(pcall(string.gsub, s, "()", t))) end
-- by a function
local function calls(...) return "<" .. select("#", ...) .. ":" .. table.concat({ ... }, ",") .. ">" end
for _, p in ipairs{ "%a+", "(%a)(%a)", "()", "(%a)()", "(((%a)))", "", "%s*", "^%a+", "z" } do print(p, show(pcall(string.gsub, "ab cd", p, calls))) end
for _, v in ipairs{ "x", 1, 1.25, false, true, "%1", print } do print(type(v), show(pcall(string.gsub, "ab", "a", function() return v end))) end
print(show(pcall(string.gsub, "ab", "a", function() end)), show(pcall(string.gsub, "ab", "a", function() return nil, "x" end)), show(pcall(string.gsub, "ab", "a", function() return {} end)), show(pcall(string.gsub, "ab", "a", function() error("stop", 0) end)))
print(show(pcall(string.gsub, "ab", "a", setmetatable({}, { __call = function() return "x" end }))))
-- what is no replacement
for _, v in ipairs{ true, false } do try("x", "x", v) try("x", "y", v) end
try("x", "x") try("x", "x", nil) try("x") try() try("x", "x", io.stdout) try("x", "x", coroutine.create(function() end)) try("x", {}, "x") try({}, "x", "x") try("x", "[", "x") try("y", "x%", "x") try("x", "(x", "%1") try("x", "(x)", "%2") try("x", ")", "") try("x", "(", "") try("x", "%1", "")
-- matches of nothing
print(show(("abc"):gsub("%w*", "x")), show(("abc"):gsub("", "-")), show((""):gsub("", "-")), show(("hello world"):gsub("o*", "-")), show(("a b"):gsub("%s*", "_")), show(("abc"):gsub("$", "!")), show(("abc"):gsub("^", "!")), show(("abc"):gsub("b*", "")))
print(show(("abc abc"):gsub("^abc", "x")), show(("aaa"):gsub("^a", "b")), show(("x^y"):gsub("%^", "**")), show(("a.b.c"):gsub("%.", "%%")), show(("path/to"):gsub("/", "\\")), show(("é"):gsub("\195", "?")))
-- frequent uses
print(show(("  trim me  "):gsub("^%s+", "")), show((("  trim me  "):gsub("^%s*(.-)%s*$", "%1"))), show(("hello world"):gsub("(%w+) (%w+)", "%2 %1")), show(("$name is $age"):gsub("%$(%w+)", { name = "Bob", age = 42 })), show(("a%20b"):gsub("%%(%x%x)", function(h) return string.char(tonumber(h, 16)) end)), show(("a&b<c"):gsub("[&<>]", { ["&"] = "&amp;", ["<"] = "&lt;" })), show(("CamelCaseName"):gsub("(%l)(%u)", "%1_%2"):lower()), show(("1234567"):reverse():gsub("(%d%d%d)", "%1,"):reverse()))
print(show(("THE (quick) fox"):gsub("%f[%a]%a+", string.lower)), show(("aaa aa a"):gsub("%f[%w]%w+", "x")), show(("one;two;;four"):gsub(";;", ";nil;")), show(("x = 1 -- c"):gsub("%-%-.*$", "")), show(("\r\nline\r\n"):gsub("\r\n", "\n")), show(("a\0b\0"):gsub("%z", "\\0")))
-- gsub inside gsub, and what the function does to others
print(show(("a1b2"):gsub("%a%d", function(x) return (x:gsub("%d", function(d) return d + 1 end)) end)))
print(show(("abc"):gsub(".", string.byte)), show(("abc"):gsub("%w", string.upper)), show(("3 4"):gsub("%d", function(d) return d * 2 end)))
local count = 0
print(show(("aXbXc"):gsub("X", function() count = count + 1 return count end)), count)
