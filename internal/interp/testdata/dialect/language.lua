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

-- conditions as values
do local x, t = 5, {} x = t.a and 1 print(x) end
do local x, t = 5, {y = 1} x = (t.y or t.z) and x * 2 print(x) end
do local all, ok = true, function(i) return i ~= 3 end for i = 1, 4 do all = ok(i) and all end print(all) end
do local node = {parent = {parent = {}}} local n = 0 while node do node = node.parent and node.parent n = n + 1 end print(n) end
do local x = 1 x = x > 0 and x or -x print(x) x = x < 0 and x or -x print(x) x = not x and 1 or x print(x) x = nil or x print(x) x = x and (nil or false) print(x) end
do local p, q = nil, 2 p = p or q p = p and q and p + 1 print(p) q = (p == 3 and q == 2) or p q = (q and {}) and 7 print(q) end
do local function h(s) s = (s:gsub("a", "b")) return s end print(h("aaa")) end
do local function h(s) s = (same(s)) return type(s) end print(h(1)) end
do local function v(...) local a, b = 1, 2 a = (...) print(a, b) b = (...) print(a, b) end v(8, 9) v() end
do local a = 1 a = (same()) print(a) a = (pcall(same, 1)) print(a) end
-- loops
do local t = {1, 2, 3} do local p, q, r, s, u = 1, 2, 3, 4, 5 end local n = 0 for k, v in next, t do n = n + v end print(n) end
do do local p, q, r, s, u = 1, 2, 3, 4, 5 end local n = 0 for k in next, {1, 2, 3} do n = n + k end print(n) end
do
  local t, s = {1, 2, 3}, 0
  local function add(v) s = s + v end
  for _, v in ipairs(t) do if false then print(v) end add(v) end
  for i = 1, 3 do if s > 100 then s = 0 elseif s > 50 then s = 1 end end
  if s > 1 and s < 3 then s = 9 end
  print(s)
end
do
  local a, b, c = 1, 2, 3 local s = 0
  if a > b then s = 1 end if a > c then s = 2 end if b > c and a > b then s = 3 end
  for _, v in ipairs{1, 2, 3} do if false then s = 1000 end s = s + v end
  print(s)
  local i = 0
  while true do if nil then s = 1000 elseif not true then s = 2000 else i = i + 1 end s = s + i if i >= 3 then break end end
  print(s)
  for k in pairs{1, 2, 3} do local x = true or k s = s + 1 local y = (nil and 1) or 1 s = s + y local z = 1 and same(k, 2) s = s + z end
  print(s)
  for k in pairs{1, 2} do local x, y = false or same(1, 2) print(x, y) if true then s = s + 1 end if "" and 0 then s = s + 1 else s = 0 end end
  print(s)
end
-- tables
do local t = {1, 2, name = tostring(5)} print(#t, t[3], t.name) end
do local function v(...) local t = {1, n = select("#", ...), x = ...} return #t, t[2], t.x, t.n end print(v(7, 8)) end
do local t = {k = same(1), same(2), same(3)} print(#t, t.k, t[2]) end
do
  local list = {}
  for i = 1, 50 do list[i] = tostring(i) end
  local text = table.concat(list, ",")
  local t = assert(loadstring("local f = ... return {" .. text .. ",k=f(99),j=f(98)+1}"))(same)
  print(#t, t[1], t[50], t.k, t.j)
  t = assert(loadstring("local f = ... return {" .. text .. "," .. text .. ",x=1,51,f(52, 53)}"))(function(...) return ... end)
  print(#t, t[1], t[51], t[101], t[102], t[103], t.x)
  t = assert(loadstring("local f = ... return {" .. text .. ",f(51),f(52),k=1}"))(function(...) return ..., 2 end)
  print(#t, t[1], t[51], t[52], t[53], t.k)
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

print((pcall(coroutine.wrap)))

-- coroutines that are resumed with fewer values than they take
do
  local co = coroutine.create(function(a)
    local y = coroutine.yield(1)
    print(y == nil, y or 10, type(y), a)
    local p, q, r = coroutine.yield(2)
    print(p, q, r)
    local t = {coroutine.yield(3)}
    print(#t)
    t[#t + 1] = coroutine.yield(4)
    print(#t, (coroutine.yield(5)))
    print(select("#", coroutine.yield(6)))
    local z = 1 + (coroutine.yield(7) or 5)
    print(z)
    coroutine.yield(8)
  end)
  print(coroutine.resume(co)) print(coroutine.resume(co)) print(coroutine.resume(co, 7)) print(coroutine.resume(co)) print(coroutine.resume(co))
  print(coroutine.resume(co)) print(coroutine.resume(co)) print(coroutine.resume(co)) print(coroutine.resume(co, 1, 2, 3)) print(coroutine.status(co))
  local gen = coroutine.wrap(function() for i = 1, 3 do local got = coroutine.yield(i) print("got", got) end end)
  print(gen()) print(gen()) print(gen("x")) gen()
end

-- strings in arithmetic
print("010"+0, "0017"*1, 5-"3", "6"/"4", "2"^"3", "7"%4, -"2", "0x10"+1, "1e2"+0, -"010")
print(("007"):match("%d+")+1, "5\r"+1, " 10 "*2, 10 .. 5, "3" + 4 .. "")
for _, s in ipairs{"1_000", "0b11", "", "x", "0o7"} do print(s, pcall(function() return s + 1 end) == true) end
local added = {__add = function(a, b) return "added" end, __mul = function(a, b) return type(a) .. type(b) end}
local t = setmetatable({}, added)
print("1" + t, t + "1", "x" * t, t * "x")

-- loops that begin with a jump
do
  local s=0
  for _,v in ipairs{1,2,3} do break end s=s+1
  while true do break end s=s+1
  for _,v in ipairs{1,2,3} do do break end s=1000 end
  for _,v in ipairs{1,2,3} do while true do break end s=s+v end print(s)
  for _,v in ipairs{1,2,3} do while false do s=1000 end s=s+v end print(s)
  for _,v in ipairs{1,2,3} do repeat s=s+v until true s=s+1 end print(s)
  for _,v in ipairs{1,2,3} do repeat break until false s=s+v end print(s)
  while true do while true do s=s+1 if s>60 then break end end s=s+1 if s>70 then break end end print(s)
  while true do repeat until true s=s+1 if s>90 then break end end print(s)
  for k in pairs{1,2} do for j=1,2 do break end s=s+1 end print(s)
  for k in pairs{1,2} do for _,j in ipairs{3,4} do break end s=s+1 end print(s)
  local function f() for _,v in ipairs{1,2,3} do return v end end print(f())
  local function g() while true do return 5 end end print(g())
  local function h(x) while true do if x then return 6 else break end end return 7 end print(h(1),h())
  for i=1,3 do if i==2 then break else s=s+1 end end print(s)
  for _,i in ipairs{1,2,3} do if i==2 then break else s=s+1 end s=s+10 end print(s)
  while s<300 do if s%2==0 then s=s+3 else s=s+1 end end print(s)
end
