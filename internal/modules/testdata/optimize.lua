-- Minima, roots, integrals, equations and curves; what callbacks raise.
local array = require "array"
local optimize, integrate, interpolate = array.optimize, array.integrate, array.interpolate
local function near(a, b, tolerance) assert(math.abs(a - b) <= tolerance, ("%.17g is not %.17g"):format(a, b)) end

-- Functions of the literature with their minima.
local function beale(x) return (1.5 - x[1] + x[1] * x[2]) ^ 2 + (2.25 - x[1] + x[1] * x[2] ^ 2) ^ 2 + (2.625 - x[1] + x[1] * x[2] ^ 3) ^ 2 end
local function powell(x) return (x[1] + 10 * x[2]) ^ 2 + 5 * (x[3] - x[4]) ^ 2 + (x[2] - 2 * x[3]) ^ 4 + 10 * (x[1] - x[4]) ^ 4 end
local function sphere(x) return (x - array.range(1, #x)):norm() ^ 2 end
for _, method in ipairs{"bfgs", "lbfgs", "nelder-mead"} do
	local r = optimize.minimize(beale, {1, 1}, {method = method})
	assert(r.converged, method .. ": " .. tostring(r.reason)) near(r.x[1], 3, 1e-4) near(r.x[2], 0.5, 1e-4)
	r = optimize.minimize(powell, {3, -1, 0, 1}, {method = method})
	assert(r.converged, method .. ": " .. tostring(r.reason)) near(r.value, 0, 1e-8)
	r = optimize.minimize(function(x) return (x - 2) ^ 2 + 1 end, 10, {method = method})
	near(r.x, 2, 1e-5) near(r.value, 1, 1e-9)
	r = optimize.minimize(sphere, array.zeros(5), {method = method})
	near((r.x - array.range(1, 5)):norm(), 0, 1e-4)
end
local r = optimize.minimize(sphere, array.zeros(200), {gradient = function(x) return (x - array.range(1, 200)) * 2 end})
near((r.x - array.range(1, 200)):norm(), 0, 1e-8)
print(r.converged, r.calls < 50, r.reason) --> true	true	nil
-- A barrier: infinite where x is not allowed.
r = optimize.minimize(function(x) return x > 0 and x - math.log(x) or math.huge end, 5)
near(r.x, 1, 1e-4)
-- No minimum, and a limit: told, and they end.
print(optimize.minimize(function(x) return -x end, 0, {limit = 500}).converged) --> false
print(optimize.minimize(beale, {1, 1}, {limit = 20, method = "nelder-mead"}).reason) --> the limit of calls was reached before the minimum: see the option limit
print(optimize.minimize(beale, {1, 1}, {limit = 20}).converged) --> false
print(optimize.minimize(function() return 1 end, {1, 2}).converged) --> true

-- What functions raise keeps its line and its value; others can be used afterwards.
optimize.minimize(function(x) error("boom") end, {1}) --! optimize.lua:33: boom
optimize.minimize(function(x) return x.y.z end, {1}) --! optimize.lua:34: float64 array of 1 has no method 'y'
print(select(2, pcall(optimize.minimize, function() error{code = 7} end, 1)).code) --> 7
local calls = 0
print(pcall(optimize.minimize, function(x) calls = calls + 1 if calls == 5 then error("five", 0) end return x * x end, 3)) --> false	five
print(calls) --> 5
optimize.minimize(function(x) return "1" end, 1) --! bad argument #1 'f' to 'minimize' \(the function's result: number expected, got string: it must return a number\)
optimize.minimize(function(x) return 0/0 end, 1) --! minimize: f is no number at \{1\}
optimize.minimize(function(x) return x end, {1, 2}) --! \(the function's result: number expected, got float64 array of 2: it must return a number\)
optimize.minimize(sphere, {1, 2}, {gradient = function() return {1} end}) --! minimize: the result of options.gradient: it returned 1 numbers, and must return 2
optimize.minimize(sphere, {1, 2}, {gradient = function() return {1, 0/0} end}) --! minimize: the slope along variable 2 is -?nan at \{1, 2\}
optimize.minimize(sphere, {1, 2}, {gradient = 5}) --! bad argument #3 'options.gradient' to 'minimize' \(function expected, got number\)
optimize.minimize(sphere, {}) --! bad argument #2 'start' to 'minimize' \(at least 1 numbers expected, got 0\)
optimize.minimize(sphere, {1}, {method = "newton"}) --! bad argument #3 'options.method' to 'minimize' \("newton" is not known: it is one of bfgs, lbfgs, nelder-mead\)
optimize.minimise(sphere, {1}) --! array.optimize has no field 'minimise': did you mean 'minimize'\?
print(optimize.minimize(function(x) return optimize.minimize(function(y) return (y - x) ^ 2 + x * x end, 1).value end, 3).value < 1e-8) --> true

near(optimize.root(function(x) return x ^ 3 - 2 end, 0, 5), 2 ^ (1 / 3), 1e-12)
near(optimize.root(function(x) return math.exp(x) - 1e-8 end, -100, 100), math.log(1e-8), 1e-11)
near(optimize.root(function(x) return x < 0.3 and -1 or 1 end, 0, 1), 0.3, 1e-12)
near(optimize.root(function(x) return (x - 1) ^ 9 end, 0, 3), 1, 1e-3)
near(optimize.root(function(x) return x end, 0, 1), 0, 0)
optimize.root(function(x) return x end, 1, 2, {limit = 3}) --! root: f has the same sign at both ends
optimize.root(function(x) return x < 0.3 and -1 or 1 end, 0, 1, {limit = 3}) --! root: no root to within 1e-12 after 3 steps
optimize.root(function(x) return 0/0 end, 1, 2) --! root: f\(1\) is no number
optimize.root(function(x) error("no") end, 1, 2) --! optimize.lua:58: no
optimize.root(5, 1, 2) --! bad argument #1 'f' to 'root' \(function expected, got number\)

-- Integrals with known values.
for _, c in ipairs{ {function(x) return x ^ 2 end, 0, 3, 9}, {math.log, 0, 1, -1}, {function(x) return 1 / math.sqrt(x) end, 0, 1, 2},
	{function(x) return math.exp(-x) end, 0, math.huge, 1}, {function(x) return 1 / (1 + x * x) end, -math.huge, 0, math.pi / 2},
	{function(x) return math.sin(50 * x) ^ 2 end, 0, math.pi, math.pi / 2}, {function(x) return math.abs(x - 1 / 3) end, 0, 1, 5 / 18},
	{function(x) return x end, 2, 0, -2}, {math.sin, 1, 1, 0}, {function(x) return x > 0.123 and 1 or 0 end, 0, 1, 0.877} } do
	local value, e = integrate.quad(c[1], c[2], c[3])
	near(value, c[4], 1e-9) assert(e < 1e-9)
end
near(integrate.gauss(function(x) return x ^ 9 end, 1, 0, 5), -0.1, 1e-15)
near(integrate.trapezoid({1, 2, 4}, {0, 1, 3}), 7.5, 0)
near(integrate.simpson({0, 1, 8, 27, 64}, 1), 64, 1e-13)
integrate.quad(function(x) return 1 / x end, -1, 1) --! quad: f\(0\) is inf: finite numbers expected
integrate.quad(function() return math.random() end, 0, 1, {limit = 1000}) --! quad: after 9\d\d calls of f the integral is
integrate.quad(math.sin, 0, 0/0) --! quad: from 0 to -?nan is no interval
integrate.quad(function() error("here") end, 0, 1) --! optimize.lua:75: here
integrate.trapezoid({1, 2}, {1, 1}) --! bad argument #2 'x' to 'trapezoid' \(it must ascend: element 2 is 1, after 1\)
integrate.simpson({1, 2}, 1) --! bad argument #1 'y' to 'simpson' \(at least 3 numbers expected, got 2\)

-- Equations with known solutions; a path back comes to where it began.
local path = integrate.ode(function(t, y) return {y[2], -y[1]} end, {0, 1}, {0, 1, 2, 10}, {relative = 1e-10, absolute = 1e-12})
for i, t in ipairs{0, 1, 2, 10} do near(path:at(i, 1), math.sin(t), 1e-8) near(path:at(i, 2), math.cos(t), 1e-8) end
path = integrate.ode(function(t, y) return {y[2], -y[1]} end, array.from{math.sin(10), math.cos(10)}, {10, 0}, {relative = 1e-10, absolute = 1e-12})
near(path:at(2, 1), 0, 1e-8)
near(integrate.ode(function(t, y) return 2 * t end, 0, {0, 3})[2], 9, 1e-6)
near(integrate.ode(function(t, y) return 0 end, 5, {0, 3})[2], 5, 0)
-- Arenstorf's orbit of three bodies (Hairer, Nørsett, Wanner, Solving Ordinary Differential Equations I) closes.
local mu = 0.012277471
local function orbit(t, y)
	local d1, d2 = ((y[1] + mu) ^ 2 + y[2] ^ 2) ^ 1.5, ((y[1] - 1 + mu) ^ 2 + y[2] ^ 2) ^ 1.5
	return {y[3], y[4], y[1] + 2 * y[4] - (1 - mu) * (y[1] + mu) / d1 - mu * (y[1] - 1 + mu) / d2, y[2] - 2 * y[3] - (1 - mu) * y[2] / d1 - mu * y[2] / d2}
end
path = integrate.ode(orbit, {0.994, 0, 0, -2.00158510637908252240537862224}, {0, 17.0652165601579625588917206249}, {relative = 1e-12, absolute = 1e-12})
near(path:at(2, 1), 0.994, 1e-4) near(path:at(2, 2), 0, 1e-3)
integrate.ode(function(t, y) return y * y end, 1, {0, 2}) --! ode: at t = (0.99999|1)
integrate.ode(function(t, y) return -1e9 * y end, 1, {0, 2}, {limit = 1000}) --! ode: at t = .*, after 1000 calls of f, the end is not reached
integrate.ode(function(t, y) return {1} end, {1, 2}, {0, 2}) --! bad argument #1 'f' to 'ode' \(the function's result: it returned 1 numbers, and must return 2\)
integrate.ode(function(t, y) error("at " .. t) end, {1, 2}, {0, 2}) --! optimize.lua:97: at 0
integrate.ode(function(t, y) return y end, 1, {0, 2, 1}) --! bad argument #3 'times' to 'ode' \(they must ascend, or descend: element 3 is 1, after 2\)

-- Curves go through their points; splines have the polynomials that they are made of.
local x = array.from{0, 1, 2.5, 3, 4, 6}
for _, kind in ipairs{"not-a-knot", "natural", "clamped", "akima", "monotone"} do
	local curve = interpolate.spline(x, x ^ 3, {kind = kind})
	near((curve:at(x) - x ^ 3):abs():max(), 0, 1e-11)
end
local cubic = interpolate.spline(x, x ^ 3 - x)
near(cubic:at(5), 120, 1e-9) near(cubic:derivative(5), 74, 1e-9)
near(interpolate.spline({0, 1, 2}, {0, 1, 0}, {kind = "natural"}):at(0.5), 0.6875, 1e-12)
print(interpolate.linear({0, 1}, {0, 2}, {outside = "hold"}):at{-1, 0.25, 9}, cubic) --> float64 array of 3 {0, 0.5, 2}	interpolant (6 points from 0 to 6)
print(interpolate.spline({0, 1}, {0, 2}, {kind = "natural", outside = "hold"}):derivative{-1, 0.5}) --> float64 array of 2 {0, 2}
interpolate.linear({0, 0}, {1, 2}) --! bad argument #1 'x' to 'linear' \(it must ascend: element 2 is 0, after 0\)
interpolate.linear({0, 1}, {1}) --! bad argument #2 'y' to 'linear' \(at least 2 numbers expected, got 1\)
interpolate.linear({0, 1}, {1, 2}):derivative(0.5) --! derivative: straight lines have no slope at their points: use a spline
interpolate.spline({0, 1, 2}, {1, 2, 3}) --! bad argument #1 'x' to 'spline' \(3 points: 4 or more expected; kind = "natural" takes 2\)
interpolate.spline({0, 1}, {1, 2}, {kind = "akima"}):at(0.5)
cubic:at(7) --! bad argument #1 'x' to 'at' \(7 is outside of the points \(0 to 6\): option outside = "hold" takes the nearest\)
-- A product of two small values is 0, and says nothing of their signs.
optimize.root(function(x) return 1e-200 end, 0, 1) --! root: f has the same sign at both ends
