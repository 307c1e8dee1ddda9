-- Patterns (manual, section 5.4.1) in find, match and gmatch.
local function text(v)
  if type(v) == "string" then return '"' .. string.gsub(v, "[^%w%p ]", function(c) return ("\\%03d"):format(c:byte()) end) .. '"' end
  return (type(v) == "nil" or type(v) == "boolean" or type(v) == "number") and tostring(v) or type(v)
end
local function show(...)
  local t = {}
  for i = 1, select("#", ...) do t[i] = text((select(i, ...))) end
  return table.concat(t, " ")
end
local function all(s, p)
  local t = {}
  for a, b, c in s:gmatch(p) do t[#t + 1] = text(a) .. "," .. text(b) .. "," .. text(c) if #t > 30 then break end end
  return table.concat(t, "|")
end
local function try(s, p)
  print(show(s, p), show(pcall(string.find, s, p)), show(pcall(string.match, s, p)), show(pcall(all, s, p)))
end

-- each class with each byte: which of them it has
for c in ("acdlpsuwxzACDLPSUWXZ"):gmatch(".") do
  local has, inside, outside = {}, {}, {}
  for i = 0, 255 do
    local byte = string.char(i)
    has[#has + 1] = byte:find("%" .. c) and i or nil
    inside[#inside + 1] = byte:find("[%" .. c .. "]") and i or nil
    outside[#outside + 1] = byte:find("[^%" .. c .. "]") and i or nil
  end
  print(c, #has, #inside, #outside, table.concat(has, " "))
end
-- letters that are no class stand for themselves
for c in ("bBeEfFgGhHiIjJkKmMnNoOqQrRtTvVyY!\"#&',/:;<=>@_`~"):gmatch(".") do
  print(c, show(pcall(string.find, "x" .. c .. "y", "%" .. c)), show(pcall(string.find, "x" .. c .. "y", "[%" .. c .. "]")))
end

-- sets, and their dashes and brackets
for _, set in ipairs{ "[a-c]", "[^a-c]", "[a-]", "[-a]", "[a-c-e]", "[%w-_]", "[%w-.]", "[%-x]", "[]]", "[^]]", "[]a]", "[^]a]", "[]-a]", "[%]]", "[a%]b]", "[%a-z]",
  "[a-%z]", "[%%]", "[.]", "[^.]", "[$]", "[^^]", "[a^]", "[(]", "[%(-%)]", "[+--]", "[--/]", "[z-a]", "[a-a]", "[%d%s]", "[^%d%s]", "[%s%S]", "[^%s%S]", "[%z]", "[^%z]", "[\1-\255]", "[\128-\255]", "[\200]", "[[]", "[[-]]" } do
  local has = {}
  for i = 0, 255 do if string.char(i):find(set) then has[#has + 1] = i end end
  print(set:gsub("[\1\128-\255]", "?"), #has, #has < 140 and table.concat(has, " ") or "")
end

-- repetition, anchors, captures
local subjects = { "", "a", "aa", "ab", "aab", "b", "aaab", "hello world", "  x  ", "a,b,,c", "key = value", "(a(b)c)", "x=1, y=2", "\0a\0", "a\nb\n", "%d", "^a$" }
local patterns = { "", "a", "a*", "a+", "a-", "a?", "^a", "a$", "^a$", "^", "$", "^$", ".", ".*", ".-", ".+", ".?", "(a)", "(a*)", "(a*)b", "(a+)(b*)", "()", "()a()", "(a)(b)", "((a)(b))", "(.)(.-)$",
  "^%s*(.-)%s*$", "[^,]*", "[^,]+", "(%w+)%s*=%s*(%w+)", "%b()", "%b()$", "(%b())", "%f[%w]%w+", "%f[%a]%a+%f[%A]", "%f[%z]", "%f[^%z]", "(.)%1", "(a)(.-)%1", "%a+", "%A", "%s", "%S+", "%z", "[%z]", "%%d", "%^a%$", "a^", "$a", "a$b", "%$" }
for _, p in ipairs(patterns) do for _, s in ipairs(subjects) do try(s, p) end end

-- what is malformed, and when that is told
for _, p in ipairs{ "%", "a%", "[", "[a", "[^", "[^]", "[]", "[%", "[%]", "[a%", "[a-", "(", "(a", "a(", ")", "a)", "())", "(()", "%b", "%bx", "%f", "%fa", "%f[", "%f[a", "%0", "%1", "%2", "(a)%2", "(a%1)", "()%1", "(()%1)", "%9",
  "x%", "x[a", "xyz(", "xyz)", "a?[", "a*%", ("()"):rep(32), ("()"):rep(33), ("(a"):rep(33), "^*", "*", "+a", "?", "-", "^+", "(*)", "a**", "a+*", "a-?", "%b()*", "%f[a]*", "(a)*", "(a)+", "()*", "%1*" } do
  try("aab*+?-(x)", p)
  try("", p)
end

-- a zero byte ends a pattern, not a subject
for _, p in ipairs{ "a\0b", "\0", "a\0%", "[a\0]", "%\0", "(a\0)", "\0a", "^\0", "$\0", "a$\0x", "%b\0a", "[\0-a]" } do try("xa\0bx", p) end
print(show(("a\0b\0c"):find("\0")), show(("a\0b\0c"):find("\0", 1, true)), show(("a\0b\0c"):find("\0c", 1, true)), show(("a\0b"):match("%z")), show(("a\0b"):gsub("%z", "0")), show(("a\0b"):match("a.b")))

-- find with a place to begin, and plain
local s = "abcabc.%a"
for _, init in ipairs{ 1, 2, 4, 5, 8, 9, 10, 11, 100, 0, -1, -3, -9, -10, -100, 2^31, -2^31, 1/0, -1/0, 2.9, "4" } do
  print(show(init), show(s:find("c", init)), show(s:find("c", init, true)), show(s:find("", init)), show(s:find("", init, true)), show(s:find("^c", init)), show(s:match("%a", init)), show(s:find(".", init, true)), show(s:find("()", init)))
end
for _, plain in ipairs{ true, false, 1, 0, "", "x" } do print(show(pcall(string.find, s, ".%", 1, plain)), show(s:find("%a", 1, plain))) end
print(show(s:find("%a", nil, true)), show(s:find("%a", nil, nil)), show(s:find("a", 2, nil)), show(s:find("zz", 1, true)), show(s:find("", 10)), show(s:find("", 11)), show((""):find("")), show((""):find("", 2)), show((""):match("")), show((""):find("a")))
print(show(("abc"):find("b", -1)), show(("abc"):find("b", -2)), show(("a.b"):find(".", 2, true)), show(("a]b"):find("]")), show(("a)b"):find(")")), show(("a-b"):find("-")), show(("a-b"):find("a-b")), show(("x-"):find("x%-")))
print(select("#", ("abc"):match("z")), select("#", ("abc"):find("z")), select("#", ("abc"):match("()()")), select("#", ("abc"):find("(a)(b)")))
print(show(("THE (quick) fox"):find("%f[%a]%a+%f[%A]")), show(("[[x]]"):find("]]", 1, true)), show(("f(a(b)c)d"):match("%b()")), show(("0x1F"):match("^0[xX](%x+)$")))

-- gmatch: ^ is a byte like others, matches of nothing go on
print(all("aaa", "^a"), all("^a^a", "^a"), all("abc", ""), all("abc", "()"), all("a,b,,c,", "([^,]*),?"), all("k=v, x = y", "(%w+)%s*=%s*(%w+)"), all("", ""), all("", "x*"), all("aXb", "%u*"))
local next = ("one two"):gmatch("%a+")
print(next(), next(), next(), next())
print(type(("x"):gmatch("x")), show(pcall(("x"):gmatch("("))), show(pcall(("x"):gmatch("%"))))
for k, v in string.gmatch("a=1,b=2", "(%w)=(%w)") do print(k, v) end
for a in string.gmatch(1213, 1) do print(a) end
do
  local it = ("a b c"):gmatch("%a")
  local co = coroutine.wrap(function() return it() .. it() end)
  print(co(), it(), it())
end

-- long subjects, long patterns
local long = ("a"):rep(1e6)
print(#long:match("^.*$"), #long:match("a*"), #long:match(".-$"), long:find("b"), long:find("^a-b"), #long:match("^(.*)a$"), #(("x"):rep(1e5) .. "y"):match("x*y"), (("x"):rep(3000)):find("x*y"))
print(#long:gsub("a", "bb"), select(2, long:gsub("", "")), select(2, (("ab,"):rep(1e5)):gsub("%a+", "x")), #long:match("[ab]*"), #long:match("%a+"), #long:match("a?a?a?a*$"))
print(("x"):rep(5000):find(("x"):rep(5000)), ("x"):rep(300):find(("x?"):rep(300) .. "$"), ("ab"):rep(50):match(("(a)b"):rep(30)))
print(#("a"):rep(20):match(("a?"):rep(20) .. ("a"):rep(20)), ("("):rep(1000):find("%b()"), #((("("):rep(1e5) .. (")"):rep(1e5))):match("%b()"))
