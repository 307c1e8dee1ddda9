-- table.sort makes lua5.1's comparisons in its order.
local n = 0
local function show(...)
  n = n + 1
  local out = {}
  for i = 1, select("#", ...) do out[i] = tostring((select(i, ...))) end
  print(n .. ": " .. table.concat(out, " "))
end
local seed = 12345
local function random(m) seed = (seed * 16807) % 2147483647 return seed % m end
local function sorted(t, less) table.sort(t, less) return table.concat(t, " ") end

show(sorted {}) show(sorted { 1 }) show(sorted { 2, 1 }) show(sorted { 3, 1, 2 }) show(sorted { 1, 1, 1 })
show(sorted { "b", "a", "C", "B", "" }) show(sorted({ 3, 1, 2 }, nil)) show(select("#", table.sort { 2, 1 }))
show(sorted({ 1, 2, 3, 4, 5 }, function(a, b) return a > b end))
show(sorted { 0.5, -1, 1e300, -1e300, 1 / 0, -1 / 0, 0 })
show(sorted { "10", "9", "1", "a\0b", "a\0a", "a" } == "1 10 9 a a\0a a\0b")
for size = 1, 40 do
  local t = {}
  for i = 1, size do t[i] = random(size) end
  show(sorted(t))
end
for size = 1, 60 do -- which of equal values comes first
  local t = {}
  for i = 1, size do t[i] = { key = random(5), was = i } end
  local compared = {}
  table.sort(t, function(a, b)
    compared[#compared + 1] = a.was .. "<" .. b.was
    return a.key < b.key
  end)
  local out = {}
  for i, v in ipairs(t) do out[i] = v.key .. "." .. v.was end
  show(table.concat(out, " "), #compared, size < 12 and table.concat(compared, " ") or "")
end
local function class(x) return setmetatable({ x = x }, class_mt) end
class_mt = { __lt = function(a, b) return a.x < b.x end }
do
  local t = {}
  for i = 1, 20 do t[i] = class(random(100)) end
  table.sort(t)
  local out = {} for i, v in ipairs(t) do out[i] = v.x end
  show(table.concat(out, " "))
end
show(pcall(table.sort)) show(pcall(table.sort, 1)) show(pcall(table.sort, {}, 1)) show(pcall(table.sort, {}, "x")) show(pcall(table.sort, { 1 }, {}))
show(pcall(table.sort, { 1, "x" })) show(pcall(table.sort, { "x", 1 })) show(pcall(table.sort, { {}, {} })) show(pcall(table.sort, { 1, nil, 3 }))
show(pcall(table.sort, { true, false })) show(pcall(table.sort, { {}, 1 })) show(pcall(table.sort, { print, print })) show(pcall(table.sort, { 1, 2, {} }))
show(pcall(function() table.sort { 1, "x" } end)) show(pcall(function() table.sort({ 1, 2 }, 5) end))
show(pcall(table.sort, { 3, 1, 2 }, function() error("stop", 0) end))
show(pcall(table.sort, { 3, 1, 2 }, function(a, b) return a.x < b end) == false)
show(pcall(table.sort, { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }, function() return true end))
show(pcall(table.sort, { 1, 2, 3 }, function() return true end))
show(pcall(table.sort, { 1, 2, 3, 4 }, function(a, b) return a <= b end))
for size = 4, 16 do
  local t = {} for i = 1, size do t[i] = 1 end
  show(pcall(table.sort, t, function(a, b) return a and b and true end))
end
do
  local t = { 5, 3, 4, 1, 2 }
  local calls = 0
  show(pcall(table.sort, t, function(a, b) calls = calls + 1 if calls == 4 then error("four", 0) end return a < b end))
  show(table.concat(t, " "))
end
do
  local t = { 3, 2, 1 } t[3] = nil
  show(sorted(t))
  t = { 4, 3, 2, 1 } t[#t] = nil t[#t] = nil show(sorted(t))
  t = { n = 1, 3, 2 } show(sorted(t))
end
do -- sorts inside sorts
  local t = { { 3, 1 }, { 2, 9 }, { 1, 5 } }
  table.sort(t, function(a, b) table.sort(a) table.sort(b) return a[1] < b[1] end)
  show(t[1][1], t[2][1], t[3][1], t[3][2])
end
for round = 1, 20 do -- orders that are none
  local t = {} for i = 1, 12 do t[i] = random(10) end
  show(pcall(table.sort, t, function(a, b) return (a * 7 + b * 3) % 5 < 2 end), table.concat(t, " "))
end
