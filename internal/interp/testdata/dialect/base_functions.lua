-- The basic functions.
local n = 0
local function show(...)
  n = n + 1
  local out = {}
  for i = 1, select("#", ...) do
    out[i] = tostring((select(i, ...))):gsub("0x%x+", "ADDRESS"):gsub("(%a+): ADDRESS", "%1")
  end
  print(n .. ": " .. table.concat(out, " "))
end

print "assert"
show(assert(1, 2, 3)) show(assert("x")) show(select("#", assert(true, nil, nil)))
show(pcall(assert, false)) show(pcall(assert, nil)) show(pcall(assert, false, "said")) show(pcall(assert, nil, "said", 3)) show(pcall(assert, false, 42))
show(pcall(assert)) show(pcall(assert, false, nil)) show(pcall(assert, false, true)) show(pcall(assert, false, print))
show(pcall(function() assert(false, "with a place") end)) show(pcall(function() assert(nil) end)) show(pcall(function() assert() end))

print "type tostring rawequal"
show(type(nil), type(1), type "x", type {}, type(print), type(true), type(coroutine.create(function() end)), type(io.stdout))
show(pcall(type)) show(pcall(function() return type() end))
show(rawequal(1, 1), rawequal("a", "a"), rawequal({}, {}), rawequal(nil, false), rawequal(0, -0), rawequal(0 / 0, 0 / 0))
local eq = setmetatable({}, { __eq = function() return true end }) show(rawequal(eq, setmetatable({}, getmetatable(eq))), eq == setmetatable({}, getmetatable(eq)))
show(pcall(rawequal)) show(pcall(rawequal, 1))
show(rawget({ 5 }, 1), rawget({}, "x"), rawget(setmetatable({}, { __index = { a = 1 } }), "a"))
show(pcall(rawget)) show(pcall(rawget, {})) show(pcall(rawget, 1, 1)) show(pcall(rawget, "x", 1)) show(rawget({}, nil))
local r = {} show(rawset(r, 1, "v") == r, r[1]) show(rawset(r, "k", nil) == r) show(select("#", rawset(r, 1, 2, 3, 4)))
show(pcall(rawset)) show(pcall(rawset, {})) show(pcall(rawset, {}, 1)) show(pcall(rawset, 1, 1, 1)) show(pcall(rawset, {}, nil, 1)) show(pcall(rawset, {}, 0 / 0, 1))
local guarded = setmetatable({}, { __newindex = function() error "no" end }) rawset(guarded, "x", 1) show(guarded.x)

print "next pairs ipairs"
show(next({})) show(next({ 10 })) show(next({ 10 }, 1)) show(next({ a = 1 })) show(next({ a = 1 }, "a")) show(next({ 10, 20 }, nil))
show(pcall(next)) show(pcall(next, 1)) show(pcall(next, {}, 1)) show(pcall(next, {}, "x")) show(pcall(next, { a = 1 }, "b")) show(pcall(next, { 1 }, 2)) show(pcall(next, {}, {})) show(pcall(next, { 1, 2 }, 1.5))
show(pcall(pairs)) show(pcall(pairs, nil)) show(pcall(pairs, 5)) show(pcall(ipairs)) show(pcall(ipairs, "x")) show(pcall(function() for _ in pairs() do end end)) show(pcall(function() for _ in ipairs(nil) do end end))
local f, t, from = pairs { 1 } show(f == next, type(t), from) f, t, from = ipairs { 1 } show(type(f), type(t), from, f(t, 0)) show(select("#", f(t, 1))) show(f({ 7, 8 }, "1"))
show(pcall(f)) show(pcall(f, {})) show(pcall(f, 1, 1))
do
  local seen = {} for i, v in ipairs { 1, 2, nil, 4 } do seen[#seen + 1] = i .. "=" .. v end show(unpack(seen))
  seen = {} for i, v in ipairs(setmetatable({}, { __index = function(_, i) if i < 3 then return i end end })) do seen[#seen + 1] = i end show(#seen)
  seen = {} for k, v in pairs { 10, 20, 30, nil, 50 } do seen[#seen + 1] = k .. "=" .. v end show(unpack(seen))
  local big = {} for i = 1, 100 do big[i] = i big["k" .. i] = i end
  local count = 0 for k in pairs(big) do big[k] = nil count = count + 1 end show(count, next(big))
  for i = 1, 100 do big[i] = i big["k" .. i] = i end
  count = 0 for k in pairs(big) do big[k] = nil count = count + 1 if count % 10 == 0 then local x = #big end end show(count, next(big))
  local list = { 1, 2, 3, 4, 5, a = 1, b = 2 } count = 0
  for k, v in pairs(list) do count = count + 1 if type(k) == "number" then list[k] = nil table.remove(list) end end show(count > 0)
end

print "getmetatable setmetatable"
local mt = {} local m = setmetatable({}, mt) show(getmetatable(m) == mt, setmetatable(m, nil) == m, getmetatable(m))
show(getmetatable "x".__index == string, getmetatable(1), getmetatable(nil), getmetatable(print)) show(pcall(getmetatable))
show(pcall(setmetatable, 1, {})) show(pcall(setmetatable, "x", {})) show(pcall(setmetatable, {})) show(pcall(setmetatable, {}, 1)) show(pcall(setmetatable)) show(pcall(setmetatable, nil, {})) show(pcall(setmetatable, io.stdout, {}))
local locked = setmetatable({}, { __metatable = "locked" }) show(getmetatable(locked)) show(pcall(setmetatable, locked, {})) show(pcall(setmetatable, locked, nil))
local closed = setmetatable({}, { __metatable = false }) show(getmetatable(closed)) show(pcall(setmetatable, closed, {}))

print "newproxy"
local p = newproxy(true) show(type(p), type(getmetatable(p)), getmetatable(newproxy()), getmetatable(newproxy(false)), getmetatable(newproxy(p)) == getmetatable(p))
getmetatable(p).__index = function(_, k) return k .. "!" end getmetatable(p).__len = function() return 7 end getmetatable(p).__call = function(_, a) return a end show(p.x, #p, p(3))
show(pcall(newproxy, 1)) show(pcall(newproxy, {})) show(pcall(newproxy, newproxy())) show(pcall(newproxy, io.stdout)) show(type(newproxy(nil)))

print "getfenv setfenv"
show(getfenv() == _G, getfenv(1) == _G, getfenv(0) == _G, getfenv(print) == _G, getfenv(show) == _G, getfenv(nil) == _G, getfenv "1" == _G)
show(pcall(getfenv, -1)) show(pcall(getfenv, 100)) show(pcall(getfenv, {})) show(pcall(getfenv, "x"))
do
  local function own() return value end
  show(setfenv(own, { value = 5 }) == own, own(), getfenv(own).value)
  local function sets() setfenv(1, { value = "inner", setfenv = setfenv, getfenv = getfenv }) return value, getfenv(1).value end
  show(sets()) show(value)
  local function outer() local function inner() setfenv(2, { w = 9 }) end inner() return w end show(outer())
  show(pcall(setfenv)) show(pcall(setfenv, 1)) show(pcall(setfenv, print, {})) show(pcall(setfenv, 1, 2)) show(pcall(setfenv, {}, {})) show(pcall(setfenv, -1, {})) show(pcall(setfenv, 200, {})) show(pcall(setfenv, "x", {}))
  local chunk = loadstring "return x" setfenv(chunk, { x = "mine" }) show(chunk())
  local function tail() return getfenv(2) end local function calls() return tail() end show(pcall(function() return (calls()) end))
  local co = coroutine.create(function() local e = setmetatable({}, { __index = _G }) setfenv(0, e) fresh = 1 return getfenv(0) == e, loadstring "return getfenv(1)"() == e end) show(coroutine.resume(co))
end

print "load loadstring"
show(loadstring "return 1 + 1"()) show(loadstring("return ...")(1, 2)) show(pcall(loadstring)) show(pcall(loadstring, {})) show(type(loadstring ""))
local _, e = loadstring("x = ", "=name") show((e:gsub(":.*", ""))) _, e = loadstring("x = ", "@file.lua") show((e:gsub(":.*", ""))) _, e = loadstring("x = \ny = ") show((e:gsub("%]:.*", "]")))
_, e = loadstring("x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x") show((e:gsub("%]:.*", "]"))) _, e = loadstring("= 1", "a\nb") show((e:gsub("%]:.*", "]"))) _, e = loadstring("= 1", "") show((e:gsub("%]:.*", "]")))
show(pcall(loadstring "error 'raised'")) show(pcall(loadstring("error 'raised'", "=n"))) show(pcall(loadstring("\n\nerror 'raised'", "@n.lua")))
local pieces = { "return ", "1 ", "+ 41" } local i = 0
show(load(function() i = i + 1 return pieces[i] end)()) show(load(function() return nil end)) show(type(load(function() end)))
i = 0 local parts = { "return 5", "", "garbage (" } show(load(function() i = i + 1 return parts[i] end)())
show(pcall(load)) show(pcall(load, nil)) show(pcall(load, {})) show(pcall(load, function() error("hhi", 0) end)) show(load(function() error({}) end)) show((select(2, load(function() return {} end)):gsub("\n.*", ""):gsub("^.-: ", "")))
show(load(function() return true end) == nil) i = 0 show(load(function() i = i + 1 if i == 1 then return 5 end end) == nil)
local _, where = load(function() i = i + 1 if i == 3 then return "x = = 1" end end) i = 2 _, where = load(function() i = i + 1 if i == 3 then return "x = = 1" end end) show((where:gsub(" .*", "")))
i = 2 _, where = load(function() i = i + 1 if i == 3 then return "x = = 1" end end, "=mine") show((where:gsub(" .*", "")))
show(loadfile "no/such/file.lua") show(pcall(dofile, "no/such/file.lua")) show(loadfile "/tmp") show(pcall(loadfile, {}))
do
  local name = os.tmpname() local function file(text) local h = io.open(name, "w") h:write(text) h:close() return name end
  show(dofile(file "return 1, 2, ...")) show(loadfile(file "#!/usr/bin/lua\nreturn 7")()) show(loadfile(file "# only")()) show(loadfile(file "return\r\n8\r\n")()) show(select("#", dofile(file "")))
  local ok, e = pcall(dofile, file "error 'in it'") show(ok, (e:gsub("^.*/lua_%w+", "FILE"))) ok, e = loadfile(file "x = =") show(ok, (e:gsub("^.*/lua_%w+:(%d+):.*", "FILE %1"))) ok, e = pcall(dofile, file "\n\nlocal t = nil; t.x = 1") show(ok, (e:gsub("^.*/lua_%w+:(%d+):.*", "FILE %1")))
  ok, e = pcall(dofile, file "error({ code = 5 })") show(ok, type(e), e.code)
  os.remove(name)
end

print "collectgarbage gcinfo print"
show(collectgarbage(), collectgarbage "collect", collectgarbage "stop", collectgarbage "restart") show(type(collectgarbage "count"), collectgarbage "count" > 0, type(gcinfo()), gcinfo() % 1 == 0)
show(collectgarbage("setpause", 150), collectgarbage("setpause", 200), collectgarbage("setstepmul", 300), collectgarbage("setstepmul", 200)) show(type(collectgarbage "step"))
show(pcall(collectgarbage, "x")) show(pcall(collectgarbage, 5)) show(pcall(collectgarbage, {})) show(pcall(collectgarbage, "count", "x")) show(collectgarbage(nil))
print() print(nil) print(1, "a", nil, true, 2.5) print(setmetatable({}, { __tostring = function() return "its text" end })) print(1e15, 1e16, 2 ^ 63, 1 / 0)
show(pcall(print, setmetatable({}, { __tostring = function() return {} end }))) show(pcall(print, setmetatable({}, { __tostring = function() error("t", 0) end }))) print(setmetatable({}, { __tostring = function() return 42 end }))
do local old = tostring tostring = function(x) return "<" .. old(x) .. ">" end print(1, "s", nil) tostring = function() return 5 end print(1) tostring = function() end local ok, e = pcall(print, 1) tostring = old show(ok, e) end
show(_VERSION, _G._G == _G, type(arg))
for _, name in ipairs { "assert", "collectgarbage", "dofile", "error", "gcinfo", "getfenv", "getmetatable", "ipairs", "load", "loadfile", "loadstring", "module", "newproxy", "next", "pairs", "pcall", "print", "rawequal", "rawget", "rawset", "require", "select", "setfenv", "setmetatable", "tonumber", "tostring", "type", "unpack", "xpcall" } do show(name, type(_G[name])) end
local names = {} for k in pairs(_G) do names[#names + 1] = tostring(k) end table.sort(names) show(unpack(names))
