-- The library debug.
local n = 0
local function plain(v) return (tostring(v):gsub("0x%x+", "ADDRESS")) end
local function show(...)
  n = n + 1
  local out = {}
  for i = 1, select("#", ...) do out[i] = plain((select(i, ...))) end
  print(n .. ": " .. table.concat(out, " "))
end
local function fields(t)
  if type(t) ~= "table" then return plain(t) end
  local keys, out = {}, {}
  for k in pairs(t) do keys[#keys + 1] = tostring(k) end
  table.sort(keys)
  for i, k in ipairs(keys) do out[i] = k .. "=" .. (type(t[k]) == "string" and ("%q"):format(t[k]) or type(t[k]) == "number" and t[k] or type(t[k])) end
  return table.concat(out, " ")
end

print "getinfo"
local function here(what) return debug.getinfo(2, what) end
local function named() local up = n return (here()) end
show(fields(debug.getinfo(1))) show(fields(debug.getinfo(1, "S"))) show(fields(debug.getinfo(1, "l"))) show(fields(debug.getinfo(1, "n"))) show(fields(debug.getinfo(1, "u"))) show(fields(debug.getinfo(1, "f"))) show(fields(debug.getinfo(1, ""))) show(fields(debug.getinfo(1, "lS")))
show(fields(debug.getinfo(0))) show(fields(debug.getinfo(print))) show(fields(debug.getinfo(print, "S"))) show(fields(debug.getinfo(here))) show(fields(debug.getinfo(here, "nSlu"))) show(debug.getinfo(here, "f").func == here) show(fields(debug.getinfo(100))) show(debug.getinfo(1e6))
show(fields(named())) show(fields((function() return (here "nS") end)())) local t = {} function t.field() return (here "n") end function t:method() return (here "n") end show(fields(t.field())) show(fields(t:method())) show(fields(t["field"]()))
function globally() return (here "n") end show(fields(globally())) local up = here local function upvalue() local i = (up "n") return i end show(fields(upvalue()))
local lines = {} for l in pairs(debug.getinfo(named, "L").activelines) do lines[#lines + 1] = l end table.sort(lines) show(#lines, lines[1] == debug.getinfo(named, "S").linedefined) show(fields(debug.getinfo(print, "L")))
show(pcall(debug.getinfo)) show(pcall(debug.getinfo, {})) show(pcall(debug.getinfo, "x")) show(pcall(debug.getinfo, 1, "x")) show(pcall(debug.getinfo, 1, {})) show(pcall(debug.getinfo, nil)) show(pcall(debug.getinfo, print, "k")) show(fields(debug.getinfo("1", "l")))
local s = loadstring "return debug.getinfo(1, 'S')" show(fields(s())) s = loadstring("return debug.getinfo(1, 'S')", "=named") show(fields(s())) s = loadstring("return debug.getinfo(1, 'S')", "@a/file.lua") show(fields(s())) s = loadstring("return debug.getinfo(1, 'S')", "some name") show(fields(s())) s = loadstring "return debug.getinfo(1, 'S') --\n-- second line" show(fields(s())) s = loadstring("return debug.getinfo(1, 'S')", "@" .. ("x"):rep(100)) show(fields(s())) s = loadstring("return debug.getinfo(1, 'S')", ("y"):rep(100)) show(#s().short_src) s = loadstring "return function() return debug.getinfo(1, 'S') end" show(fields(s()()))
local function varargs(...) local i = debug.getinfo(1, "u") return i.nups end show(varargs(1, 2)) show(debug.getinfo(function() return n, up, t end, "u").nups, debug.getinfo(print, "u").nups >= 0)
local co = coroutine.create(function(a) local b = a coroutine.yield() return b end) coroutine.resume(co, 5) show(fields(debug.getinfo(co, 1, "Sl"))) show(fields(debug.getinfo(co, 0, "Sn").what)) show(debug.getinfo(co, 5)) show(pcall(debug.getinfo, co)) show(fields(debug.getinfo(co, print, "S")))
local function level(i) local d = debug.getinfo(i, "Sl") return d and d.what .. d.currentline end show(level(1), level(2)) show(pcall(function() return (level(3)) end))

print "tail calls"
local function tailed() return fields(debug.getinfo(2)) end local function tails() return tailed() end show((tails()))
local function deep(i) if i == 0 then local out = {} for l = 1, 6 do local d = debug.getinfo(l, "Sl") out[l] = d and d.what .. ":" .. d.currentline or "none" end return table.concat(out, " ") end return deep(i - 1) end show((deep(2)))

print "locals"
do
  local function f(a, b) local c = a + b local out = {} for i = 1, 4 do local name, v = debug.getlocal(1, i) out[#out + 1] = tostring(name) .. "=" .. (type(v) == "number" and v or type(v)) end return table.concat(out, " ", 1, 3) end show(f(1, 2))
  local function g(...) local x = 5 local name, v = debug.getlocal(1, 1) return name, v end show(g(9, 8))
  local function h(x) debug.setlocal(1, 1, "set") return x end show(h(1)) local function k() local y = 1 local name = debug.setlocal(1, 1, 42) return y, name end show(k())
  local function outer() local mine = "outer's" local function inner() return debug.getlocal(2, 1) end local name, v = inner() return name, v end show(outer())
  show(pcall(debug.getlocal)) show(pcall(debug.getlocal, 100, 1)) show(pcall(debug.getlocal, "x", 1)) show(pcall(debug.getlocal, 1)) show(debug.getlocal(1, 1e6)) show(debug.getlocal(1, 0) == nil) show(pcall(debug.setlocal, 1, 1)) show(pcall(debug.setlocal, 100, 1, 1)) show(debug.setlocal(1, 1e6, 1)) show(pcall(debug.getlocal, {}, 1))
  show(debug.getlocal(co, 1, 1)) show(debug.getlocal(co, 1, 2)) show(debug.setlocal(co, 1, 2, "changed")) show(coroutine.resume(co)) show(pcall(debug.getlocal, co, 1, 1))
end

print "upvalues"
do
  local a, b = 1, 2 local function f() return a, b end show(debug.getupvalue(f, 1)) show(debug.getupvalue(f, 2)) show(select("#", debug.getupvalue(f, 3)), select("#", debug.getupvalue(f, 0)), select("#", debug.getupvalue(f, -1))) show(debug.setupvalue(f, 1, "new"), a) show(f()) show(select("#", debug.setupvalue(f, 9, 1)))
  show(select("#", debug.getupvalue(print, 1))) show(pcall(debug.getupvalue)) show(pcall(debug.getupvalue, 1, 1)) show(pcall(debug.getupvalue, f)) show(pcall(debug.getupvalue, f, "x")) show(pcall(debug.setupvalue, f, 1)) show(pcall(debug.setupvalue, 1, 1, 1)) show(pcall(debug.setupvalue))
end

print "metatables environments registry"
do
  local mt = { __metatable = "hidden" } local v = setmetatable({}, mt) show(debug.getmetatable(v) == mt, getmetatable(v)) show(debug.setmetatable(v, nil), debug.getmetatable(v)) show(debug.getmetatable(1), debug.getmetatable(nil), debug.getmetatable(print), type(debug.getmetatable "x"), type(debug.getmetatable(io.stdout)))
  show(debug.setmetatable(10, { __index = function(x, k) return k .. x end, __call = function(x, y) return x + y end })) show((5).name, (5)(3)) debug.setmetatable(10, nil) show(pcall(function() return (5).name end) == false)
  debug.setmetatable(nil, { __index = function() return "of nil" end }) local no show(no.x, no.y) debug.setmetatable(nil, nil) show(debug.getmetatable(nil)) debug.setmetatable(print, { __index = { f = 1 } }) show(print.f, show.f, debug.getmetatable(show) ~= nil) debug.setmetatable(print, nil)
  show(pcall(debug.getmetatable)) show(pcall(debug.setmetatable, {})) show(pcall(debug.setmetatable, {}, 1)) show(pcall(debug.setmetatable)) local smt = getmetatable "" smt.__metatable = "no" show(getmetatable "", debug.getmetatable "" == smt) smt.__metatable = nil
  show(debug.getfenv(show) == _G, debug.getfenv(print) ~= nil, debug.getfenv {}, debug.getfenv(1)) local f = function() return x end show(debug.setfenv(f, { x = "env" }) == f, f()) show(pcall(debug.setfenv, {}, {})) show(pcall(debug.setfenv, 1, {})) show(pcall(debug.setfenv, f)) show(pcall(debug.setfenv, f, 1)) show(pcall(debug.getfenv)) local u = newproxy() show(debug.setfenv(u, { 1 }) == u, debug.getfenv(u)[1])
  show(type(debug.getregistry()), debug.getregistry()._LOADED == package.loaded, debug.getregistry()["FILE*"] == getmetatable(io.stdout))
end

print "traceback"
show(debug.traceback()) show(debug.traceback "message") show(debug.traceback("message", 1)) show(debug.traceback("message", 2)) show(debug.traceback("message", 0)) show(debug.traceback(nil)) show(debug.traceback {} ~= nil) show(debug.traceback(5)) show(debug.traceback(true)) show(debug.traceback("m", "1")) show(debug.traceback("m", 100)) show(debug.traceback "")
local function inner() return (debug.traceback "in inner") end local function outer() local s = inner() return s end show(outer()) function t.deep() local s = outer() return s end show(t.deep()) show((select(2, pcall(function() local s = inner() return s end)))) show((select(2, xpcall(function() error "raised" end, debug.traceback))))
local function recurse(i) if i == 0 then return (debug.traceback "deep") end local s = recurse(i - 1) return s end for _, i in ipairs { 1, 5, 15, 17, 18, 19, 20, 21, 22, 23, 30, 200 } do show(recurse(i)) end
local function tail() return (debug.traceback "tail") end local function calls() return tail() end show((calls()))
co = coroutine.create(function() local x = 1 coroutine.yield(x) x.y.z = 1 end) show(debug.traceback(co)) coroutine.resume(co) show(debug.traceback(co)) show(debug.traceback(co, "msg")) show(debug.traceback(co, "msg", 1)) show(debug.traceback(co, nil)) show(debug.traceback(co, {}) ~= nil)
show(coroutine.wrap(function() local s = inner() return s end)()) table.sort({ 2, 1 }, function(a, b) show((debug.traceback "in a comparison")) return a < b end) string.gsub("x", "x", function() show((debug.traceback "in gsub")) end)
show((loadstring("return (debug.traceback 'of a chunk')", "=chunk")()))  show((loadstring "return (debug.traceback 'of a chunk')"()))

print "hooks"
show(debug.gethook()) show(select("#", debug.sethook())) show(pcall(debug.sethook, nil))
local names = {} for k in pairs(debug) do names[#names + 1] = k end table.sort(names) show(unpack(names))
do -- the whole name of a chunk, also of two with one short name
  local long = ("long name "):rep(20)
  for i, name in ipairs{ long, "=" .. long, "@" .. long, "a\nb", "=a\nb", "short", "=one", "@one" } do
    local info = loadstring("local x = " .. i .. " return debug.getinfo(1, 'S')", name)()
    show(info.source, info.short_src)
  end
end
do -- one name of very many chunks
  local last
  for i = 1, 1100 do last = loadstring("local x = " .. i .. " return debug.getinfo(1, 'S')", "=same") end
  show(last().source)
end
