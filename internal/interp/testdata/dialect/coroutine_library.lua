-- The library coroutine.
local n = 0
local function show(...)
  n = n + 1
  local out = {}
  for i = 1, select("#", ...) do out[i] = tostring((select(i, ...))):gsub("0x%x+", "ADDRESS") end
  print(n .. ": " .. table.concat(out, " "))
end
local create, resume, yield, status, wrap, running = coroutine.create, coroutine.resume, coroutine.yield, coroutine.status, coroutine.wrap, coroutine.running

local co = create(function(...) show("began", ...) local a, b = yield(1, 2) show("went on", a, b) show("again", yield()) return "end", 9 end)
show(type(co), status(co)) show(resume(co, "x", nil, 3)) show(status(co)) show(resume(co, "y")) show(resume(co, nil, nil)) show(status(co)) show(resume(co)) show(resume(co, 1))
show(pcall(create)) show(pcall(create, 1)) show(pcall(create, {})) show(pcall(resume)) show(pcall(resume, 1)) show(pcall(resume, print)) show(pcall(status)) show(pcall(status, {})) show(pcall(wrap)) show(pcall(wrap, {}))
show(running()) show(pcall(yield, 1)) show(pcall(yield))
co = create(function() error "raised" end) show(resume(co)) show(status(co)) show(resume(co)) co = create(function() error { code = 4 } end) local ok, e = resume(co) show(ok, e.code) co = create(function() local x = nil return x.y end) show((resume(co)))
local w = wrap(function(...) local a = yield(...) error(a, 0) end) show(type(w), w(1, 2, 3)) show(pcall(w, "said")) show(pcall(w)) show(pcall(wrap(function() error({ 1 }) end)) == false)
w = wrap(function() return 1 end) show(w()) show(pcall(w)) show(pcall(function() w() end))
co = create(function() show(status(co)) show(resume(co)) show(running() == co) local inner = create(function() show(status(co)) show(resume(co)) show(pcall(w)) end) show(resume(inner)) show(status(inner)) end) show(resume(co))
local self self = wrap(function() return pcall(self) end) show(self())
local function gen(k) return wrap(function() for i = 1, k do yield(i) end end) end local sum = 0 for i in gen(10) do sum = sum + i end show(sum)
show(resume(create(function(...) return select("#", ...), ... end), nil, nil)) show(select("#", resume(create(function() end)))) show(select("#", resume(create(function() yield(nil, nil) end))))
co = create(function() return pcall(function() return 5 end) end) show(resume(co)) co = create(function() return pcall(error, "e") end) show(resume(co)) co = create(function() return yield(yield(1)) end) show(resume(co)) show(resume(co, 2)) show(resume(co, 3, 4))
do local log = {} local function producer() for i = 1, 3 do log[#log + 1] = "p" .. i yield(i) end end local p = create(producer) while true do local _, v = resume(p) if status(p) == "dead" then break end log[#log + 1] = "c" .. v end show(table.concat(log, " ")) end
do local cos = {} for i = 1, 200 do cos[i] = create(function(a) while true do a = a + yield(a) end end) resume(cos[i], i) end local total = 0 for round = 1, 5 do for i = 1, 200 do local _, v = resume(cos[i], round) total = total + v end end show(total) end
local function permutations(a, k) k = k or #a if k <= 1 then yield(table.concat(a)) else for i = 1, k do a[k], a[i] = a[i], a[k] permutations(a, k - 1) a[k], a[i] = a[i], a[k] end end end local all = {} for p in wrap(function() permutations { "a", "b", "c" } end) do all[#all + 1] = p end show(unpack(all))
co = wrap(function() local t = setmetatable({}, { __index = function(_, k) return k .. "!" end }) return t.x, #t end) show(co()) co = create(function() for i, v in ipairs { 1, 2 } do yield(v) end return "done" end) show(resume(co)) show(resume(co)) show(resume(co)) show(resume(co))
co = create(function() local f = function(...) return yield(...) end return f(1), f(2) end) show(resume(co)) show(resume(co, "a")) show(resume(co, "b"))
local up = 0 co = create(function() up = up + 1 yield() up = up + 10 end) resume(co) resume(co) show(up) local envs = create(function() return getfenv(0) == _G end) show(resume(envs))
co = create(function() table.sort({ 3, 2, 1 }, function(a, b) return a < b end) return table.concat({ 1, yield(2) }, "-") end) show(resume(co)) show(resume(co, "x")) co = create(function() return (("abc"):gsub(".", function(c) return c:upper() end)) end) show(resume(co)) co = create(function(x) return tostring(x), #tostring(x) > 0 end) show(resume(co, nil))
show(pcall(resume, create(function() end), 1, 2)) show(tostring(create(function() end))) show(status(create(function() end))) local names = {} for k in pairs(coroutine) do names[#names + 1] = k end table.sort(names) show(unpack(names))
