-- What gopher-lua does otherwise than Lua 5.1, and is put right here. The test
-- runs this with both and compares what they print.

-- assignments of several values
local function same(x) return x end
do local a, b = 1, 2 a, b = b, a print(a, b) end
do local a, b, c = 1, 2, 3 a, b, c = c, a, b print(a, b, c) end
do local a, b = 0, 0 a, b = a + 1, a + b print(a, b) end
do local a, b = 1, 2 a, b = same(b), same(a) print(a, b) end
do local function gcd(a, b) while b ~= 0 do a, b = b, a % b end return a end print(gcd(48, 18)) end
do local a, b = 0, 1 for i = 1, 10 do a, b = b, a + b end print(a, b) end
do local a, t = 1, {x = 5} a, t.x = t.x, a print(a, t.x) end
do local a, t = 1, {x = 5} t.x, a = a, t.x print(a, t.x) end
G = 7
do local a = 1 a, G = G, a print(a, G) G, a = a, G print(a, G) end
do local x, v = 1, 0 for i = 1, 100 do x, v = x + v / 8, v - x / 8 end print(math.floor(x * 1e6), math.floor(v * 1e6)) end
do
  local list
  for i = 1, 3 do list = {v = i, next = list} end
  local r, p = nil, list
  while p do p.next, r, p = r, p, p.next end
  print(r.v, r.next.v, r.next.next.v)
end
do local i, a = 3, {} i, a[i] = i + 1, 20 print(i, a[3], a[4]) end
do local a = {} local old = a a, a.x = {}, 5 print(old.x, a.x) end
do local a = {} local old = a a.x, a = 5, {} print(old.x, a.x) end
do local a = {} local old = a a.x, a = same(5) print(old.x, a) end
do local a, b = 1 a, b = b print(a, b) end
do local a, b = 1, 2 a, b = b, a, same(3) print(a, b) end
do local a, b, c = 1, 2, 3 a, b, c = c, (function() return a, b end)() print(a, b, c) end
do local a, b, c = 1, 2, 3 a, b, c = (same(c)), b print(a, b, c) end
do local a, b = 1, 2 local function get() return a end a, b = 10, get() print(a, b) end
do local a, b = 1, 2 local function swap() a, b = b, a end swap() print(a, b) end
do local function v(...) local a, b = 1, 2 a, b = ... print(a, b) b, a = a, ... print(a, b) end v(5, 6) end
do local t, i, j = {1, 2, 3}, 1, 3 t[i], t[j] = t[j], t[i] print(t[1], t[3]) i, t[i], j = j, i, t[j] print(i, j, t[1], t[3]) end
do local t, k = {n = {}}, "n" t[k].a, k, t[k].b = k, "z", 2 print(t.n.a, t.n.b, k) end
do local a, b = 1, 2 repeat local c = a a, b = b, c + b until a > 50 print(a, b) end
do
  local fs = {}
  for i = 1, 3 do
    local a, b = i, i * 2
    a, b = b, a
    fs[i] = function() a, b = b, a return a, b end
  end
  print(fs[1]()) print(fs[3]()) print(fs[3]())
end
do local a, b = true, false a, b = a and b, a or b print(a, b) a, b = not a, a == b print(a, b) end
do local x, y = 3, 4 x, y = -y, #"abc" print(x, y) x, y = x .. y, y and y print(x, y) end
local nested = {f = function() local a, b = 1, 2 if a then a, b = b, a end return {g = function() a, b = b, a return a, b end} end}
print(nested.f().g())

-- a function that has the name of another one
local print = function(...) print("mine:", ...) end
print(1)
local f = function() return f end
print(f())
local function g(n) return n == 0 and "end" or g(n - 1) end
print(g(3))
local h = function(n) return n end
local h, k = function(n) return n == 0 and "outer" or h(n) end, 2
print(h(0), h(5), k)
do
  local sqrt = math.sqrt
  local sqrt = function(x) return x < 0 and 0 or sqrt(x) end
  print(sqrt(-4), sqrt(16), (function() local sqrt = function() return sqrt(9) end return sqrt() end)())
end

-- numbers in strings
for _, s in ipairs{"1e3", "1E-3", " 1e3 ", "1.5e3", "1.e2", ".5", "5.", "0x10", "0X1f", "-0x10", "1e400", "-1e400", "1e-400", "inf", "nan", "", " ", " 12 ",
    "12a", "1 2", "--1", "+-1", "-5", "+5", "- 5", "1_000", "0b11", "0o7", "010", "0x", "e5", "1e", "1e+", "9007199254740993", "123456789012345678901234567890", "\t7\n", "0x1p4"} do
  local n = tonumber(s)
  print(s:gsub("%c", "."), n ~= n and "NaN" or n == math.huge and "inf" or n == -math.huge and "-inf" or n and ("%.17g"):format(n))
end
for _, c in ipairs{{"ff", 16}, {"FF", 16}, {"0xff", 16}, {"zz", 36}, {"8", 8}, {"7", 8}, {"101", 2}, {"1e1", 10}, {" 11 ", 2}, {"", 16}, {"12", 10}} do
  print(c[1], c[2], tonumber(c[1], c[2]))
end
print(tonumber(5), tonumber({}), tonumber(true), (pcall(tonumber, "1", 1)), (pcall(tonumber, "1", 40)), (pcall(tonumber)))

-- coroutines of library functions
print((pcall(coroutine.create, math.max)), (pcall(coroutine.wrap, print)), (pcall(coroutine.wrap)))
