-- captured variables and the stack after errors

-- a closure that outlives the function that failed
do
  local handler
  local function register() local count = 41 handler = function() count = count + 1 return count end error("not today") end
  print((pcall(register)))
  local function other(a, b, c, d, e) local x, y, z = print, "s", {} return x, y, z, a, b, c, d, e end
  other(1, 2, 3, 4, 5)
  print(handler(), handler())
end
do -- one that calls another
  local f
  pcall(function() local h = function() return 7 end f = function() return h() end error("x") end)
  print(pcall(f))
end
do -- a pcall inside does not cut off what is in use outside
  local n = 0
  local function inc() n = n + 1 end
  for i = 1, 5 do
    pcall(function() pcall(error, "x") inc() error("y") end)
    inc()
  end
  print(n)
end
do -- several levels, several variables, in loops
  local fs = {}
  for i = 1, 4 do
    local a, b = i, i * 10
    local ok = pcall(function()
      local c = a + b
      fs[#fs + 1] = function() a = a + 1 c = c + 1 return a, b, c end
      local ok2 = pcall(function()
        local d = c * 2
        fs[#fs + 1] = function() d = d + a return d, c end
        if i % 2 == 0 then error({}) end
      end)
      b = b + 1
      if i > 2 then error("e", 0) end
    end)
    a = a + 100
  end
  for _, f in ipairs(fs) do print(f()) end
end
do -- coroutines that die of an error
  local f
  local co = coroutine.create(function() local x = 5 f = function() x = x + 1 return x end coroutine.yield() error("dead") end)
  print(coroutine.resume(co)) print(f())
  print((coroutine.resume(co))) print(f(), f(), coroutine.status(co))
  local g
  local w = coroutine.wrap(function() local y = 1 g = function() y = y * 2 return y end error("dead") end)
  print((pcall(w))) print(g(), g())
end
do -- xpcall: the stack stands while the handler runs
  local depth
  local function fail() error("deep") end
  print(xpcall(function() local v = 3 fail(v) end, function(e)
    depth = 0
    while debug.getinfo(depth + 1, "l") do depth = depth + 1 end
    return "handled " .. e
  end))
  print(depth > 3)
  print(xpcall(function() error("a") end, function() error("b") end))
  print(xpcall(function() error("a") end, 5))
  print(xpcall(function(...) return select("#", ...), 1, nil end, print))
  print((pcall(xpcall)), (pcall(xpcall, print)), (pcall(pcall)))
end

-- values of errors
for _, v in ipairs{1, "s", true, 2.5} do print(pcall(error, v, 0)) end
print(pcall(error)) print(pcall(error, nil)) print(select("#", pcall(error)))
do local t = {} print(select(2, pcall(error, t)) == t) end
print(pcall(function() error(5) end))
print(pcall(pcall, error, "x")) print(pcall(pcall, pcall, error, "x"))
do
  local function words(ok, e) print(ok, (e:gsub("( value): .*$", "%1"))) end -- here it says where that was
  words(pcall(1)) words(pcall(nil)) words(pcall({}))
end
print(pcall(setmetatable({}, {__call = function(self, a, b) return a, b end}), 1, 2))
print(pcall(function(...) return ... end, 1, nil, 3, nil))
print(select("#", pcall(function(...) return ... end, 1, nil, 3, nil)))

-- places
local function check(x, level)
  error("bad argument", level) end
local function user(level)
  check(1, level)
  return 1 end
for level = 0, 4 do
  print(pcall(user, level)) end
local function tail(level)
  return check(1, level) end
for level = 0, 3 do
  print(pcall(function()
    tail(level)
    return 1 end)) end
print(pcall(function()
  local s = "x" .. {} end) == false)
print(pcall(string.rep) == false, (select(2, pcall(error, "a", 2)):gsub("^.-:%d+: ", "at a place: ")))
print(pcall(function() error("one", 1) end))
print(pcall(function() error("two", 2) end))
print(pcall(coroutine.wrap(function() error("x") end)))
local f = coroutine.wrap(function() error("x") end)
print(pcall(function()
  f() end))
print(coroutine.resume(coroutine.create(function() error("x", 2) end)))

-- many errors, and deep ones
do
  local n = 0
  for i = 1, 20000 do if not pcall(error, i) then n = n + 1 end end
  print(n)
  local function deep(k) if k == 0 then error("bottom", 0) end return (deep(k - 1)) end
  print(pcall(deep, 5000))
  local function nested(k) if k == 0 then error("bottom", 0) end local ok, e = pcall(nested, k - 1) error(e, 0) end
  print(pcall(nested, 100))
  local function again() return again() end
  local function forever(k) return 1 + forever(k + 1) end
  print((pcall(forever, 1)))
  print(pcall(pcall, deep, 100))
end
do -- at every depth of the stack
  local function at(k, f) if k == 0 then return f() end local r = at(k - 1, f) return r end
  for k = 0, 20 do
    if at(k, function() local ok = pcall(nil) local ok2, v = pcall(function() return k end) return v end) ~= k then print("wrong at", k) end
    local fn
    at(k, function() pcall(function() local x = k fn = function() x = x + 1 return x end error("x") end) return 1 end)
    if fn() ~= k + 1 or fn() ~= k + 2 then print("closure wrong at", k) end
  end
end

-- coroutines
print((pcall(coroutine.yield)))
do
  local co = coroutine.create(function(a) local b = coroutine.yield(a + 1) return coroutine.yield(b * 2) end)
  print(coroutine.resume(co, 1)) print(coroutine.resume(co, 5)) print(coroutine.resume(co, "last", "values")) print(coroutine.resume(co))
  co = coroutine.wrap(function(...) return select("#", ...), coroutine.yield(...) end)
  print(co(1, nil, nil)) print(co(4, nil))
  co = coroutine.create(function() return (coroutine.yield()) end)
  coroutine.resume(co) print(coroutine.resume(co, 1, 2, 3))
  -- not across a metamethod, an iterator or a library function
  co = coroutine.create(function()
    print((pcall(function() return setmetatable({}, {__add = function() coroutine.yield() end}) + 1 end)))
    print((pcall(function() for k in function() coroutine.yield() end do end end)))
    print((pcall(table.sort, {3, 2, 1}, function() coroutine.yield() end)))
    print((pcall(string.gsub, "x", "x", function() coroutine.yield() end)))
    return "end"
  end)
  print(coroutine.resume(co))
  print(coroutine.resume(coroutine.running() or coroutine.create(function() return coroutine.running() ~= nil end)))
  local outer
  outer = coroutine.create(function() print(coroutine.resume(outer)) print(coroutine.status(outer)) end)
  coroutine.resume(outer)
  local function gen(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i) end end) end
  local s = 0
  for i in gen(10) do for j in gen(i) do s = s + j end end
  print(s)
end
