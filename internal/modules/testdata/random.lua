-- Streams and their errors. The process is rank 2 of a job with seed 1.
local random = require "random"
local array = require "array"

-- The same lane is the same stream, each part of it counts.
local function first(o) return random.stream(o):uniform() end
print(first{seed = 1} == first{seed = 1}, first{} == first{rank = 2}, first{seed = 1} == first{seed = 1, rank = 2}) --> true	true	true
local seen = {}
for _, o in ipairs{ {seed = 1}, {seed = 2}, {seed = 1, rank = 0}, {seed = 1, rank = false}, {seed = 1, name = "a"}, {seed = 1, name = "b"} } do seen[first(o)] = true end
local n = 0
for _ in pairs(seen) do n = n + 1 end
print(n, first{name = 7} == first{name = "7"}) --> 6	true
print(first{rank = false} == first{rank = false, seed = 1}) --> true

-- The lower 53 bits of numpy's Philox(key = [7, 0], counter = [0, 0, 4, 0]).random_raw(2), whose
-- first block is our second.
local s = random.stream{seed = 7, rank = 3}
s:seek(4)
print(string.format("%.17g %.17g", s:uniform(), s:uniform())) --> 0.16222405267667872 0.44649569270244727

-- Sizes and types.
print(random.normal(0, 1, 0), random.uniform(3, 3), random.integers(4, 4)) --> float64 array of 0 {}	3	4
print(random.normal(nil, nil, 2):type(), random.poisson(3, 2):type(), random.binomial(5, 0.5, {2, 2}):shape()) --> float64	int64	2	2
print(random.normal(array.from{1, 2, 3}, 0)) --> float64 array of 3 {1, 2, 3}
print(random.uniform(array.matrix{{1, 2}, {3, 4}}, array.matrix{{1, 2}, {3, 4}}):tostring()) --> {{1, 2}, {3, 4}}
print(random.integers(-2^53, 2^53) <= 2^53, random.poisson(0), random.binomial(0, 0.5), random.binomial(7, 1)) --> true	0	0	7
random.normal(array.zeros(2), 1, 2) --! bad argument #3 'size' to 'normal' \(a parameter that is an array says how many
random.normal(array.zeros(2), array.ones(3)) --! bad argument #2 'deviation' to 'normal' \(it has another shape
random.normal(0/0) --! bad argument #1 'mean' to 'normal' \(-?nan is out of range
random.normal("0") --! bad argument #1 'mean' to 'normal' \(number expected, got string\)
random.normal(0, 1, -1) --! bad argument #3 'size' to 'normal' \(-1 is negative\)
random.normal(0, 1, 1e15) --! bad argument #3 'size' to 'normal' \(1000000000000000 float64 elements need
random.normal(0, 1, {1e9, 1e9}) --! bad argument #3 'size' to 'normal' \(more elements than any machine has
print((random.normal(0, 1, {1, 2, 3}):shape()), #random.normal(0, 1, {2, 3, 4})) --> 1	24
random.normal(0, 1, {}) --! bad argument #3 'size' to 'normal' \(a count or \{rows, cols\} expected\)
random.uniform(2, 1) --! uniform: high is less than low
random.uniform(1, 2, 3, 4) --! bad argument #4 to 'uniform' \(uniform\(\[low, high \[, size\]\]\) takes 3 at most, got 4 as well\)
random.integers(2.5, 3) --! bad argument #1 'low' to 'integers' \(2.5 is no whole number\)
random.integers() --! bad argument #1 'low' to 'integers' \(number expected, got nil\)
random.poisson(-1) --! bad argument #1 'mean' to 'poisson' \(-1 is out of range
random.gamma(0) --! bad argument #1 'shape' to 'gamma' \(0 is out of range \(more than 0 to
random.binomial(5, 1.5) --! bad argument #2 'p' to 'binomial' \(1.5 is out of range \(0 to 1\)\)
random.nromal() --! random has no field 'nromal': did you mean 'normal'\?
s:sek(1) --! a random stream has no method "sek": did you mean 'seek'\?
s.uniform(1) --! bad self to 'uniform' \(random stream expected, got number
random.stream{rank = -1} --! bad argument #1 'options.rank' to 'stream' \(-1 is out of range
random.stream{rank = true} --! bad argument #1 'options.rank' to 'stream' \(rank or false expected, got boolean\)
random.stream{name = {}} --! bad argument #1 'options.name' to 'stream' \(string or number expected, got table\)
random.stream{name = "\0math"} --! bad argument #1 'options.name' to 'stream' \(a name must not begin

-- Lists.
local p = random.permutation(1000)
print(p:copy():sort() == array.range(1, 1000), p == array.range(1, 1000)) --> true	false
local m = array.range(1, 200):reshape(100, 2)
local mixed = random.permutation(m)
print(mixed:col(2) - mixed:col(1) == array.ones(100), mixed == m, m == array.range(1, 200):reshape(100, 2)) --> true	false	true
local t = {} for i = 1, 100 do t[i] = tostring(i) end
local u = random.permutation(t)
print(u ~= t, table.concat(t) == table.concat(u)) --> true	false
table.sort(u, function(a, b) return tonumber(a) < tonumber(b) end)
print(table.concat(t) == table.concat(u)) --> true
local some = random.choice(t, 100, {replace = false})
table.sort(some, function(a, b) return tonumber(a) < tonumber(b) end)
print(table.concat(some) == table.concat(t)) --> true
print(random.choice(array.from({5, 6, 7}, "int8"), 3, {replace = false}):sort(), random.choice(array.from({5}, "int8"))) --> int8 array of 3 {5, 6, 7}	5
print(random.choice(4, 2, {replace = false, p = {0, 0.5, 0, 0.5}}):sort()) --> int64 array of 2 {2, 4}
print(#random.choice(0, 0), #random.shuffle{}) --> 0	0
random.choice(0) --! bad argument #1 'items' to 'choice' \(there is nothing to choose from\)
random.choice(3, 4, {replace = false}) --! bad argument #2 'size' to 'choice' \(4 of 3 items that are possible, without replacement\)
random.choice(3, 3, {replace = false, p = {0, 0.5, 0.5}}) --! bad argument #2 'size' to 'choice' \(3 of 2 items that are possible
random.choice(3, 1, {p = {1, 1, 1}}) --! bad argument #3 'options.p' to 'choice' \(the probabilities sum to 3: divide them by that\)
random.choice(3, 1, {p = {1}}) --! bad argument #3 'options.p' to 'choice' \(1 probabilities for 3 items\)
random.choice(3, 1, {p = {-1, 1, 1}}) --! bad argument #3 'options.p' to 'choice' \(entry 1 is -1, which is no probability\)
random.choice({x = 1}) --! bad argument #1 'items' to 'choice' \(list expected
random.choice(true) --! bad argument #1 'items' to 'choice' \(array, list or count expected, got boolean\)
random.shuffle(5) --! bad argument #1 'items' to 'shuffle' \(array or list expected, got number\)

-- Of several variables; a singular covariance is one.
local x = random.multivariate_normal({1, 2}, array.matrix{{1, 1}, {1, 1}}, 100)
print(((x:col(2) - x:col(1)) - 1):abs():max() < 1e-6, #random.multivariate_normal({1, 2}, array.eye(2))) --> true	2
random.multivariate_normal({1, 2}, array.matrix{{1, 2}, {2, 1}}) --! it is not positive semidefinite: an eigenvalue is -1
random.multivariate_normal({1, 2}, array.matrix{{1, 2}, {0, 1}}) --! it is not symmetric: row 2, column 1
random.multivariate_normal({1, 2}, array.eye(3)) --! a matrix of 2x2 expected for a mean of 2
