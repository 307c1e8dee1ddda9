-- The library math: exact results exactly, others to 13 digits.
local function show(...)
  local t = {}
  for i = 1, select("#", ...) do local v = select(i, ...) t[i] = type(v) == "number" and ("%.17g"):format(v) or tostring(v) end
  return table.concat(t, " ")
end
local function near(...)
  local t = {}
  for i = 1, select("#", ...) do local v = select(i, ...) t[i] = type(v) == "number" and ("%.13g"):format(v) or tostring(v) end
  return table.concat(t, " ")
end
local inf, nan = 1/0, -(0/0)
local zero = 0
local numbers = { zero, -zero, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 3, -3.7, 10, 1e15 + 0.5, 2^52 + 0.5, 2^53, -2^53, 2^63, 1e100, -1e300, 5e-324, -1e-320, inf, -inf, nan, 255, 1e-5 }
for _, f in ipairs{ "floor", "ceil", "abs", "sqrt", "frexp", "modf", "deg", "rad" } do
  for _, x in ipairs(numbers) do print(f, show(x), show(math[f](x))) end
end
for _, f in ipairs{ "fmod", "max", "min" } do
  for _, x in ipairs(numbers) do
    local line = {}
    for _, y in ipairs(numbers) do line[#line + 1] = show(math[f](x, y)) end
    print(f, show(x), table.concat(line, " "))
  end
end
for _, e in ipairs{ 0, 1, -1, 10, 52, 1023, 1024, -1022, -1074, -1075, 2000, -2000, 1.9, -1.9, 2^31, 1e10, "3" } do print("ldexp", e, show(math.ldexp(1, e), math.ldexp(-0.7, e), math.ldexp(5e-324, e), math.ldexp(inf, e), math.ldexp(zero, e))) end
for _, x in ipairs(numbers) do local m, e = math.frexp(x) if x - x == 0 then print("frexp ldexp", show(x), math.ldexp(m, e) == x) end end
-- logarithms and powers that have to be exact
for i = -20, 22 do print(i, show(math.log10(10 ^ i) == i), math.floor(math.log10(10 ^ i)), show(math.pow(2, i), 2 ^ i, math.pow(10, math.abs(i))), near(math.log(2 ^ i) / math.log(2), math.log10(2 ^ i))) end
for _, x in ipairs{ 0.5, 2, 5e-324, 1e-320, 2.2250738585072014e-308, 1e308, 7, 0.999999, 1.000001, 123456789 } do print("log", show(x), near(math.log(x), math.log10(x), math.exp(math.log(x)))) end
print(show(math.log(0), math.log10(0), math.log(1), math.log10(1), math.log(inf), math.exp(0), math.exp(-inf), math.exp(inf), math.exp(1000), math.exp(-1000)))
for _, f in ipairs{ "acos", "asin", "atan", "cos", "cosh", "exp", "log", "log10", "sin", "sinh", "tan", "tanh" } do
  for _, x in ipairs{ zero, 1, -1, 0.1, -0.3, 0.5, 0.9, 2, -3, 10, 100, 1e-10, 1e5, 1e10, inf, -inf } do print(f, show(x), near(math[f](x))) end
end
for _, y in ipairs{ zero, 1, -1, 0.5, -3, 1e100, inf, -inf } do for _, x in ipairs{ zero, 1, -1, 2, -0.5, 1e-100, inf, -inf } do print("atan2 pow", show(y, x), near(math.atan2(y, x), math.pow(y, x))) end end
-- arguments
for _, f in ipairs{ "abs", "acos", "asin", "atan", "ceil", "cos", "cosh", "deg", "exp", "floor", "frexp", "log", "log10", "modf", "rad", "sin", "sinh", "sqrt", "tan", "tanh", "max", "min", "fmod", "mod", "pow", "atan2", "ldexp", "randomseed" } do
  print(f, pcall(math[f]))
  print(f, pcall(math[f], nil))
  print(f, pcall(math[f], "x"))
  print(f, pcall(math[f], {}))
  print(f, pcall(math[f], 1, "x"), select("#", math[f]("1", "2", "3")))
end
print(show(math.max(1, 2, 3), math.max(3, 2, 1), math.max("10", 9), math.min(1, "0x0"), math.max(-1), math.min(5), math.max(nan, 1) ~= math.max(nan, 1), math.max(1, nan), math.min(nan, 1) ~= math.min(nan, 1)))
print(pcall(math.max, 1, nil), pcall(math.max, 1, {}, "x"), pcall(math.min, 1, 2, true))
print(show(math.pi, math.huge, -math.huge), math.huge == 1/0, show(math.fmod(7, 3), math.fmod(-7, 3), math.fmod(7, -3), math.fmod(-6, 2), math.fmod(1e308, 0.1), math.fmod(5.5, "2")))
print(show(math.floor(-0.5), math.ceil(-0.5), math.ceil(0.5), math.floor("3.7"), math.floor(2^53 + 0.5), math.floor(-1e300)))
-- random
math.randomseed(42)
local first = { math.random(), math.random(10), math.random(5, 7), math.random(2^31 - 1) }
math.randomseed(42)
print(first[1] == math.random(), first[2] == math.random(10), first[3] == math.random(5, 7), first[4] == math.random(2^31 - 1))
math.randomseed(43)
print(first[1] == math.random())
local lowest, highest, sum = 1, 0, 0
for _ = 1, 10000 do local x = math.random() lowest, highest, sum = math.min(lowest, x), math.max(highest, x), sum + x end
print(lowest >= 0, highest < 1, lowest < 0.01, highest > 0.99, math.abs(sum / 10000 - 0.5) < 0.02)
for _, range in ipairs{ { 1, 1 }, { 6 }, { -3, 3 }, { 0, 1 }, { -10, -8 }, { 100, 105 }, { "2", "4" }, { 2.9, 4.9 } } do
  local seen, list = {}, {}
  for _ = 1, 1000 do seen[math.random(unpack(range))] = true end
  for k in pairs(seen) do list[#list + 1] = k end
  table.sort(list)
  print(show(unpack(range)), show(unpack(list)))
end
for _, args in ipairs{ { 0 }, { -1 }, { 2, 1 }, { 1, 2, 3 }, { "x" }, { {} }, { 1, "x" }, { 0.9 }, { nan }, { -inf } } do print(show(unpack(args)):gsub("table: [%w]+", "table"), pcall(math.random, unpack(args))) end
print(select("#", math.randomseed(1)), pcall(math.randomseed, "7"))
