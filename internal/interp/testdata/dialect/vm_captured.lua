-- captured variables outlive the error or the break that ends their block, wherever that is raised
local keep
local function churn(n) local a, b, c, d, e, f, g = 1, 2, 3, 4, 5, 6, 7 if n > 0 then return churn(n - 1) end return a + b + c + d + e + f + g end
local function case(name, f)
  keep = nil
  pcall(f)
  churn(20) churn(3)
  local t = {} for i = 1, 50 do t[i] = { i } end
  print(name, keep(), keep())
end
case("error", function() local n = 41 keep = function() n = n + 1 return n end error("x") end)
case("error in a loop body", function() for i = 1, 5 do local n = i * 10 keep = function() n = n + 1 return n end if i == 3 then error("x") end end end)
case("error in a for in", function() for k, v in pairs{ 7 } do keep = function() v = v + 1 return v end error("x") end end)
case("break", function() while true do local n = 5 keep = function() n = n + 1 return n end do local m = n if m then break end end end local z, y = 100, 200 churn(2) end)
case("break of nested", function() for i = 1, 3 do do do local n = i keep = function() n = n + 1 return n end if i == 2 then break end end end end local a, b, c = 9, 9, 9 churn(1) end)
case("repeat", function() repeat local n = 1 keep = function() n = n + 1 return n end if n == 1 then break end until n == 2 local q, r, s = 0, 0, 0 churn(2) end)
case("two levels", function() local n = 10 local function inner() local m = 20 keep = function() n, m = n + 1, m + 1 return n + m end error("in") end pcall(inner) n = n + 100 error("out") end)
case("xpcall with handler", function() xpcall(function() local n = 3 keep = function() n = n + 1 return n end error("x") end, function(e) local a, b, c, d = 1, 2, 3, 4 churn(2) return e end) end)
case("coroutine", function() local co = coroutine.create(function() local n = 3 keep = function() n = n + 1 return n end error("x") end) coroutine.resume(co) co = nil collectgarbage() end)
case("coroutine yields", function() local co = coroutine.wrap(function() local n = 3 keep = function() n = n + 1 return n end coroutine.yield() end) co() co = nil end)
case("runtime error", function() local n = 3 keep = function() n = n + 1 return n end local x = nil; return x.y end)
case("error in metamethod", function() local n = 3 local m = setmetatable({}, { __index = function(_, k) local w = 50 keep = function() w = w + n return w end error(k) end }) return m.foo end)
case("error in sort", function() table.sort({ 3, 2, 1 }, function(a, b) local w = 5 keep = function() w = w + 1 return w end error("x") end) end)
case("error in gsub", function() ("abc"):gsub(".", function(c) local w = 5 keep = function() w = w + 1 return w end error("x") end) end)
case("error object", function() local n = 1 keep = function() n = n + 1 return n end error({}) end)
case("stack overflow", function() local n = 1 keep = function() n = n + 1 return n end local function f() return 1 + f() end f() end)
-- shared between two closures
local get, set
pcall(function() local v = 1 get, set = function() return v end, function(x) v = x end error("x") end)
churn(10) set(77) churn(10) print(get())
