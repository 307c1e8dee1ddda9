-- operators and metamethods

-- arithmetic
for _, p in ipairs{{5, 3}, {-5, 3}, {5, -3}, {-5, -3}, {5.5, 2}, {-5.5, 2}, {1, 0.1}, {5, 1/0}, {-5, 1/0}, {1e300, 1e-10}, {0, 5}, {2^53, 3}} do
  print(p[1] % p[2], p[1] / p[2], p[1] * p[2], p[1] ^ 2, p[1] - p[2])
end
print(5 % 3, -5 % 3, 5 % -3, 1 % 0.1, 5.5 % -2, 2 ^ 10, 2 ^ 0.5, 2 ^ -1, (-2) ^ 2, -2 ^ 2, 7 / 2, 2 ^ 3 ^ 2)
print("10" + 5, "0x10" * 2, " 7 " - 1, "3" ^ "2", -"2", "10" / "4", "7" % "4", "1e2" + 0)
print((pcall(function() return "a" + 1 end)), (pcall(function() return {} + 1 end)), (pcall(function() return -{} end)), (pcall(function() return 1 + nil end)))
do local z, m = 0, -1 print(1 / (z * m) == -1/0, 1 / (-z) == -1/0, 1 / (z + z) == 1/0, 1 / (0 * m) == -1/0) end
print(010, 0x10, 1e2, .5, 5., 3e-2, 0xA, 0Xff)

-- more is said here of the value at fault
local function words(ok, e) print(ok, (tostring(e):gsub("(attempt to compare [%a ]+): .*$", "%1"):gsub("(must be a number): .*$", "%1"):gsub("( value): .*$", "%1"))) end

-- numeric for
for i = 1, "3" do print(i) end
for i = "1", 2 do print(i) end
for i = 1, 2, "0.5" do print(i) end
do local n = 0 for x = 0, 1, 0.1 do n = n + 1 end print(n) end
for i = 3, 1 do print("never") end
for i = 1, 3, -1 do print("never") end
for i = 3, 1, -1 do print(i) end
do local n = 0 for i = 1, 3, 0 do n = n + 1 if n > 5 then break end end print(n) end
for i = 1, 3 do local j = i i = i * 10 print(i, j) end
words(pcall(function() for i = "x", 2 do end end)) words(pcall(function() for i = 1, {} do end end)) words(pcall(function() for i = 1, 2, nil do end end))
do local f = {} for i = 1, 3 do f[i] = function() i = i + 1 return i end end print(f[1](), f[1](), f[2](), f[3]()) end

-- comparison
print(1 < 2, 2 <= 2, "a" < "b", "a" <= "a", "Z" < "a", "" < "a", "a\0b" < "a\0c", "10" < "9", 1 == "1", "1" == "1", nil == false, 0/0 == 0/0)
for _, p in ipairs{{1, "1"}, {"a", 1}, {{}, {}}, {{}, 1}, {true, false}, {1, true}, {print, print}} do
  words(pcall(function() return p[1] < p[2] end)) words(pcall(function() return p[1] >= p[2] end))
end
words(pcall(function() return nil < 1 end)) words(pcall(function() return 1 <= nil end)) words(pcall(function() return nil > nil end))
do
  local mt = {} mt.__lt = function(a, b) return a.v < b.v end
  local a, b = setmetatable({v = 1}, mt), setmetatable({v = 2}, mt)
  print(a < b, b < a, a <= b, a >= b, a > b)
  mt.__le = function(a, b) return "yes" end print(b <= a, a <= b)
  mt.__eq = function(a, b) return a.v == b.v end print(a == b, a == setmetatable({v = 1}, mt), a ~= b, rawequal(a, setmetatable({v = 1}, mt)))
  local other = setmetatable({v = 1}, {__eq = mt.__eq, __lt = function() return true end})
  print(a == other, (pcall(function() return a < other end)), a == 1, a == "x")
  print(a == setmetatable({v = 1}, {__eq = function() return true end}), a == {v = 1})
end

-- metamethods that are called, or are tables that can be
do
  local c = setmetatable({}, {__call = function(self, a, b) return 7 end})
  for _, e in ipairs{"add", "sub", "mul", "div", "mod", "pow", "concat"} do
    local o = setmetatable({}, {["__" .. e] = c})
    local f = loadstring("local o = ... return o " .. ({add = "+", sub = "-", mul = "*", div = "/", mod = "%", pow = "^", concat = ".."})[e] .. " 1")
    print(e, f(o))
  end
  print(-setmetatable({}, {__unm = c}), setmetatable({}, {__lt = c}) ~= nil)
  print((pcall(function() return setmetatable({}, {__index = c}).x end)))
  words(pcall(setmetatable({}, {__call = c})))
  print(-setmetatable({}, {__unm = function(a, b) return a == b end}))
  print(#setmetatable({1, 2}, {__len = function() return 42 end}))
  local function args(...) return select("#", ...) end
  print(setmetatable({}, {__add = args}) + 1, 1 + setmetatable({}, {__add = args}), setmetatable({}, {__concat = args}) .. "x", setmetatable({}, {__index = args}).k, setmetatable({}, {__call = args})(1, 2, 3))
  print((setmetatable({}, {__add = function() return 1, 2 end}) + 1))
  print(select("#", setmetatable({}, {__add = function() end}) + 1))
end
do -- concatenation, from the right
  local log = {}
  local mt = {__concat = function(a, b) log[#log + 1] = (type(a) == "table" and "T" or a) .. "|" .. (type(b) == "table" and "T" or b) return "R" end}
  local t = setmetatable({}, mt)
  print("a" .. "b" .. t .. "c" .. "d", t .. 1 .. 2, 1 .. t, t .. t) print(table.concat(log, " "))
  print(1 .. 2, 1.5 .. "", 2^53 .. "", 1e100 .. "", -0.1 .. "x", 10 .. "")
  print((pcall(function() return "a" .. nil end)), (pcall(function() return {} .. "a" end)), (pcall(function() return 1 .. true end)))
  local s = "" for i = 1, 300 do s = s .. i end print(#s)
end
do -- index and newindex
  local log = {}
  local base = {inherited = 1}
  local t = setmetatable({}, {__index = base, __newindex = function(t, k, v) log[#log + 1] = tostring(k) rawset(t, k, v) end})
  t.a = 1 t.a = 2 t[1] = 1 t[1] = 2 t[1] = nil t[1] = 3 print(t.inherited, t.a, t[1], table.concat(log, " "))
  local store = {} local p = setmetatable({}, {__newindex = store, __index = store}) p.x = 5 p[1] = 6 print(rawget(p, "x"), store.x, p.x, p[1], #p, #store)
  local chain = {} for i = 1, 50 do chain = setmetatable({["k" .. i] = i}, {__index = chain}) end print(chain.k1, chain.k50, chain.none)
  local loop = {} setmetatable(loop, {__index = loop}) print((pcall(function() return loop.x end)))
  print(("x").len == string.len, ("abc"):len(), #"abc", (pcall(function() return (1).x end)), (pcall(function() return ("x").y.z end)))
  print(getmetatable("").__index == string, getmetatable("").__add)
  local d = setmetatable({}, {__index = function(t, k) return k * 2 end}) print(d[21], d[1], rawget(d, 1))
  local arr = setmetatable({10, 20}, {__index = function(t, k) return "default" end}) arr[2] = nil print(arr[1], arr[2], arr[3])
  arr[2] = 5 print(arr[2])
end
do -- multiple results and calls in many places
  local function f(...) return ... end
  local t = {f(1, 2), f(3, 4)} print(#t, (f(1, 2)), f(f(1, 2), f(3, 4)))
  print(#{f()}, #{f(nil)}, #{f(1, 2), nil}, (f()))
  local a, b, c = f(1), f(2, 3) print(a, b, c)
  local n = select("#", unpack({}, 1, 200)) print(n)
  print(select("#", f(unpack({}, 1, 250))))
  print(math.max(unpack{3, 9, 2}))
end
do -- arg of old functions
  local function old(...) return arg.n, arg[1], #arg end print(old(5, nil, 7))
  local function new(...) local x = ... return arg end print(new(1) == nil or type(arg))
end
