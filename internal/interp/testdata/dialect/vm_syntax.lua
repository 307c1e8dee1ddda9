-- what compiles, and what does not

local sources = {
  "a = 1;;", ";", "a = 1;", "do ; end", "if a then ; end", "function f() ; end", "return;", "return 1;", "break", "while true do break; end", "do local a; local b; end",
  "a = f\n(1)", "f\n(1)", "f()\n(1)", "f[1]\n(1)", "f.x\n(1)", "f'x'\n(1)", "f{}\n(1)", "local a\n(f)()", "local a, b\n(f)()", "local a = 'x'\n(f)()", "local a = {}\n(f)()",
  "local a = 1\n(f)()", "local a = nil\n(f)()", "function f()\n(g)() end", "function f\n() end", "local function f\n() end", "f(\n1)", "f(1)\n{}", "f\n{}", "f\n'x'", "return f\n(1)",
  "local f = function() end\n(g)()", "do end\n(g)()", "for i = 1, 2\ndo end", "a.b:c\n(1)", "x = x\n'y'", "x = a.b\n.c", "local t = {f\n, (1)}",
  "a = 3x", "a = 0x", "a = 0xg", "a = 1..2", "a = 1 ..2", "a = 1e", "a = 1e+", "a = 1e5", "a = 08", "a = 0x1F", "a = 3.", "a = .5", "a = .", "a = 5.5.5", "a = 1_0", "a = 0b1",
  "a = '\\300'", "a = '\\255'", "a = '\\2555'", "a = '\\x'", "a = '\\\n'", "a = '\n'", "a = 'x", "a = [[x", "a = [=[x]]", "a = [=[x]]]=]", "--[[ x", "--[=[ x ]=] a = 1", "--[=x\na = 1", "--[==x", "a = [=x",
  "a\v=\f1", "(f())", "(f)()", "f", "f.x", "1", "'x':y()", "('x'):y()", "a, b = 1", "a, b", "f() = 1", "(a) = 1", "a.b.c = 1", "a:b = 1", "a:b()", "a.b:c().d = 1", "local a.b = 1",
  "local function f.x() end", "function f.x:y() end", "function f:x.y() end", "x = function f() end", "for i in f do end", "for i = 1 do end", "for i, j = 1, 2 do end", "for 1 = 1, 2 do end",
  "if a then else elseif b then end", "if a then elseif b then else end", "repeat until a", "repeat a", "while a end", "return 1, 2", "return return", "return 1 a = 2", "local a = 1 = 2",
  "a = {1, 2, }", "a = {1; 2;}", "a = {,}", "a = {1,,2}", "a = {[1]=2, x=3, 4}", "a = {[1] 2}", "a = {x=}", "a = 1 + ", "a = + 1", "a = - - 1", "a = not not b", "a = #t", "a = a b", "a = (1", "a = )",
  "a = ...", "function f() return ... end", "function f(...) return ... end", "function f(a, ...) end", "function f(..., a) end", "function f(a, a) end", "a = function(...) return function() return ... end end",
  "a = b and c or d", "a = b == c ~= d", "a = 1 < 2 < 3", "a != b", "a = b ~ c", "a = @", "a = $", "a = b & c", "a += 1", "local local", "end", "x = }", "x = ]", "and = 1", "a.end = 1", "a = a.b.", "a = a..", "a = 'x'..'y'",
}
for i, s in ipairs(sources) do print(i, (s:gsub("%c", "|")), loadstring(s) ~= nil) end

-- deep nesting is an error, not the end of the process
local function nested(open, close, n) return (loadstring("x = " .. open:rep(n) .. "1" .. close:rep(n))) ~= nil end
for _, n in ipairs{1, 50, 150, 300, 100000} do
  print(n, nested("(", ")", n), nested("{", "}", n), nested("-", "", n) , nested("not ", "", n), nested("1 .. ", "", n), nested("2 ^ ", "", n), nested("f(", ")", n), nested("a[", "]", n), nested("- -", "", n))
  print(n, loadstring(("do "):rep(n) .. ("end "):rep(n)) ~= nil, loadstring(("while a do "):rep(n) .. ("end "):rep(n)) ~= nil, loadstring(("repeat "):rep(n) .. ("until a "):rep(n)) ~= nil,
    loadstring(("if a then "):rep(n) .. ("end "):rep(n)) ~= nil)
end
for _, n in ipairs{1, 40, 300, 100000} do print(n, loadstring(("local function f() "):rep(n) .. ("end "):rep(n)) ~= nil, loadstring("x = " .. ("function() return "):rep(n) .. "1 " .. ("end "):rep(n)) ~= nil) end
for _, n in ipairs{1, 100, 1000, 5000} do
  print(n, loadstring("x = 1" .. (" + 1"):rep(n)) ~= nil, loadstring("x = a" .. (".b"):rep(n)) ~= nil, loadstring("f" .. ("()"):rep(n)) ~= nil, loadstring("x = a" .. (" and b"):rep(n)) ~= nil,
    loadstring("if a then " .. ("elseif b then x() "):rep(n) .. "end") ~= nil, loadstring("x = a" .. (" * b - c"):rep(n)) ~= nil)
end
print(select(2, loadstring("x = " .. ("("):rep(300) .. "1" .. (")"):rep(300), "=deep")))
print(select(2, loadstring("a = 1;\n;", "=c")))
print(select(2, loadstring("a = f\n(1)", "=c")))
print(select(2, loadstring("\n\na = 3x", "=c")))

-- the iterator of a for statement may be computed
local function list(t) local i = 0 return function() i = i + 1 return t[i] end end
local function collect(v, ...)
  local parts = {}
  for x in type(v) == "table" and list(v) or v do parts[#parts + 1] = tostring(x) end
  for x in (type(v) == "function" and v or list(v)) do parts[#parts + 1] = tostring(x) end
  for x, y in select("#", ...) == 0 and pairs or ipairs, v do parts[#parts + 1] = "never" break end
  return table.concat(parts, " ")
end
print(pcall(collect, { 1, 2, 3 }))
local function words(ok, e) print(ok, (e:gsub("( value): .*$", "%1"))) end -- more is said here of the value
words(pcall(function(v) for a in (type(v) == "table" and v.x) do end end, 6))
words(pcall(function(v) do local q = 1 end for a in (v == 7 and v.x) do end end, 6))
print(pcall(function(v) for a in #v == 2 and list { v } do print(a) end end, "ab"))
print(pcall(function(v) for i = type(v) == "number" and v or 1, tostring(v) == "6" and 8 or 0 do print(i) end end, 6))
for k in nil or list { "k" } do print(k) end
