-- for statements whose iterator is computed
local function it() return nil end
local t = {y = it, m = function() return {y = it} end, [1]=it}
local function f() return t end
local function run(name, fn, ...) print(name, pcall(fn, ...)) end
run("(...).y", function(...) for k in (...).y do end end, t)
run("f().y", function(...) for k in f().y do end end, t)
run("f()[g]", function(...) local y='y' for k in f()[y] do end end, t)
run("t:m().y", function(...) for k in t:m().y do end end, t)
run("({...})[1].y", function(...) for k in ({...})[1].y do end end, t)
run("(f()).y", function(...) for k in (f()).y do end end, t)
run("t[(...)]", function(...) for k in t[(...)] do end end, 'y')
run("t[f2()]", function(...) local function f2() return 'y' end for k in t[f2()] do end end, 'y')
run("f()[f2()]", function(...) local function f2() return 'y' end for k in f()[f2()] do end end, 'y')
run("(...)[f2()]", function(...) local function f2() return 'y' end for k in (...)[f2()] do end end, t)
run("(...):m()", function(...) for k in (...):m2() do end end, {m2=function() return it end})
run("(...)", function(...) for k in (...) do end end, it)
run("...", function(...) for k in ... do end end, it)
run("f().m().y", function(...) for k in f().m().y do end end, it)
run("2nd", function(...) for k in it, f().y do end end, it)
run("2nd ...", function(...) for k, v in function(s, c) if c then return nil end return s end, (...).y do print(k == it) end end, t)
run("3rd ...", function(...) for k, v in function(s, c) assert(c == it) end, 1, (...).y do print(k == it) end end, t)
run("3rd f", function(...) for k, v in function(s, c) assert(c == it) end, 1, f().y do print(k == it) end end, t)
run("for n", function(...) for i = (...).n, 1 do print(i) end end, {n=1})
run("for n2", function(...) for i = 1, (...).n do print(i) end end, {n=1})
run("for n3", function(...) for i = 1, 1, (...).n do print(i) end end, {n=1})
run("local", function(...) local a, b = (...).n, (...).n  print(a, b) end, {n=1})
run("local2", function(...) local a, b, c = (...).n, (...)[1]  print(a, b, c) end, {n=1, 5})
local function gives(...) local n = select('#', ...) local i = 0 return {it = function(s, c) i = i + 1 if i <= 2 then return i, s, c end end, all = function(self, ...) return self.it, ... end, make = function(...) return function(...) i = i + 1 if i <= 2 then return i, select('#', ...) end end end} end
local function loop(name, f, ...) local s = {} for a, b, c in f(...) do end end
for i, s, c in gives().it, 'state', 5 do print(1, i, s, c) end
for i, s, c in gives():all('state', 6) do print(2, i, s, c) end
for i, s, c in gives().all(gives(), 'state', 6) do print(2.5, i, s, c) end
for i, s, c in gives().make(1, 2, 3)  do print(3, i, s, c) end
for i, s, c in (gives().make(1, 2, 3))  do print(4, i, s, c) end
for i, s, c in gives().make(1, 2, 3), 'x', 7  do print(5, i, s, c) end
for i, s, c in (gives()).make(1, 2, 3), 'x', 7  do print(6, i, s, c) end
for i, s, c in (function(x) return function(y) return gives().it, x, y end end)(1)(2) do print(7, i, s, c) end
(function(...) for i, s, c in (...).it, 8, 9 do print(8, i, s, c) end end)(gives())
;(function(...) for i, s, c in (...):all(...) do print(9, i, type(s), c) end end)(gives())
;(function(...) for i, s, c in ({...})[1]:all(1, 2) do print(10, i, s, c) end end)(gives())
;(function(...) for i, s, c in ({...})[select('#', ...)].it do print(11, i, s, c) end end)(1, gives())
;(function(...) for k, v in ({...})[1], {7} do print(12, k, type(v)) break end end)(next)
local t = {a = {b = function() return next, {1, 2} end}}
for k, v in t.a.b() do print(13, k, v) end
for k, v in t['a']['b'](1, t) do print(14, k, v) end
for k, v in ("a,b"):gmatch("%a") do print(15, k, v) end
for k, v in ("a"):rep(2):gmatch("%a") do print(16, k, v) end
for k, v in tostring("abc"):sub(1, 2):gmatch("()(%a)") do print(17, k, v) end
for k, v in (setmetatable({}, {__call = function(self, ...) return next, {5} end}))(1, 2) do print(18, k, v) end
for k in pcall and next, {x = 1} do print(19, k) end
