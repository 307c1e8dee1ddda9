-- require, module and the library package.
local n = 0
local folder = os.tmpname() os.remove(folder) os.execute("mkdir -p " .. folder .. "/sub")
local function show(...)
  n = n + 1
  local out = {}
  for i = 1, select("#", ...) do out[i] = tostring((select(i, ...))):gsub(folder:gsub("%p", "%%%0"), "FOLDER"):gsub("0x%x+", "ADDRESS") end
  print(n .. ": " .. table.concat(out, " "))
end
local function file(name, text) local f = assert(io.open(folder .. "/" .. name .. ".lua", "w")) f:write(text) f:close() end
package.path = folder .. "/?.lua;" .. folder .. "/?/init.lua" package.cpath = ""
while #package.loaders > 2 do table.remove(package.loaders) end -- those of C, or of others

file("simple", "return { name = ..., count = select('#', ...) }") show(require "simple".name, require "simple".count, require "simple" == require "simple", package.loaded.simple == require "simple")
file("nothing", "loads = (loads or 0) + 1") show(require "nothing", package.loaded.nothing, loads) show(require "nothing", loads)
file("no", "return false") show(require "no", package.loaded.no) show(require "no", package.loaded.no)
file("zero", "return 0") show(require "zero") file("text", "return 'text', 'more'") show(require "text") show(select("#", require "text"))
file("own", "package.loaded[...] = { own = true }") show(require "own".own) file("both", "package.loaded[...] = 1 return 2") show(require "both", package.loaded.both) file("sub/inner", "return ...") show(require "sub.inner") file("sub/init", "return 'init of ' .. ...") show(require "sub")
show(pcall(require, "missing")) show(pcall(require, "missing.sub")) show(pcall(require)) show(pcall(require, {})) show(pcall(require, 5)) show((select(2, pcall(function() require "missing" end)):gsub("\n.*", "")))
file("raises", "error 'in the module'") show(pcall(require, "raises")) file("raises2", "error({ code = 7 })") local ok, e = pcall(require, "raises2") show(ok, type(e), type(e) == "table" and e.code)
file("wrong", "x = = 1") ok, e = pcall(require, "wrong") show(ok, (e:gsub(":1:.*", "")))
file("nested", "return require 'simple'") show(require "nested" == require "simple")

print "preload loaders"
package.preload.pre = function(...) return { ... } end show(require "pre"[1], #require "pre") package.preload.fails = function() error("of preload", 0) end show(pcall(require, "fails")) package.preload.m = function() return "mod" end package.loaded.m = false show(pcall(require, "m"))
package.preload.wrong = 5 show(pcall(require, "wrong2")) package.preload.wrong = nil
table.insert(package.loaders, function(name) return "\n\tnothing virtual '" .. name .. "'" end) table.insert(package.loaders, function(name) if name:find "^virtual" then return function(...) return "made of " .. table.concat({ ... }, ",") end end end)
show(pcall(require, "virtual.module")) show(pcall(require, "still.missing")) table.insert(package.loaders, 1, function(name) if name == "first" then return function() return 1 end end return 42 end) show(require "first") show(pcall(require, "nowhere")) table.remove(package.loaders, 1) table.remove(package.loaders) table.remove(package.loaders)
table.insert(package.loaders, function() error("of a loader", 0) end) show(pcall(require, "again")) table.remove(package.loaders)
local loaders = package.loaders package.loaders = nil show(pcall(require, "x")) package.loaders = 5 show(pcall(require, "x")) package.loaders = loaders
local preload = package.preload package.preload = nil show(pcall(require, "y")) package.preload = preload local path = package.path package.path = nil show(pcall(require, "y")) package.path = {} show(pcall(require, "y")) package.path = "" show(pcall(require, "y")) package.path = ";;a?b?;;" show(pcall(require, "y.z")) package.path = path
package.loaded.simple = nil show(require "simple".name) package.loaded.given = "given" show(require "given") show(pcall(function() package.loaded = {} return require "given" end))
package.loaded = debug.getregistry()._LOADED show(type(package.loaded), package.loaded._G == _G, package.loaded.string == string, package.loaded.table == table, package.loaded.io == io, package.loaded.package == package, package.loaded.coroutine == coroutine, package.loaded.debug == debug, package.loaded.os == os, package.loaded.math == math)
show(type(package.path), type(package.cpath), package.config, type(package.loadlib), #package.loaders) show(pcall(package.loadlib)) show(pcall(package.loadlib, "x")) show(select("#", package.loadlib("no.so", "f")), (package.loadlib("no.so", "f")))

print "module"
file("old", "module(..., package.seeall) function greet() return 'hello from ' .. _NAME end x = 1") local m = require "old" show(m.greet(), old == m, m._NAME, m._M == m, m._PACKAGE, m.x, x, getmetatable(m).__index == _G, package.loaded.old == m)
file("a_b", "module('a.b.c') value = 5") show(type(require "a_b"), a.b.c.value, a.b.c._NAME, a.b.c._PACKAGE, package.loaded["a.b.c"] == a.b.c) file("options", "local p = print module(..., function(m) m.option = 'set' end, package.seeall) shown = print == p") show(require "options".option, options.shown)
show(pcall(module)) show(pcall(module, {})) show(pcall(module, "through.pcall")) taken = 5 show(pcall(function() module("taken", package.seeall) end)) show(pcall(function() module("taken.sub", package.seeall) end)) show(pcall(function() module("fine", 5) end))
local function f() module("again.b", package.seeall) y = 1 module("again.b", package.seeall) z = 2 return y, z end show(f()) show(again.b.y, again.b.z) show(pcall(package.seeall)) show(pcall(package.seeall, 1)) local t = setmetatable({}, {}) package.seeall(t) show(t.print == print, select("#", package.seeall {}))

print "strict"
file("strict", "local mt = getmetatable(_G) or {} setmetatable(_G, mt) mt.__newindex = function(t, k, v) local w = debug.getinfo(2, 'S').what if w ~= 'main' and w ~= 'C' then error('assign to undeclared ' .. k, 2) end rawset(t, k, v) end mt.__index = function(_, k) error('undeclared ' .. k, 2) end")
require "strict" fresh = 1 show(fresh) show(pcall(function() undeclared = 1 end)) show(pcall(function() return nosuch end)) file("uses", "in_module = 5 return in_module") show(require "uses", in_module) loadstring "of_string = 6"() show(of_string) setmetatable(_G, nil)
os.execute("rm -r " .. folder)
