-- concat, insert, remove, getn, maxn, foreach, setn of the library table, and
-- unpack and select.
local n = 0
local function show(...)
  n = n + 1
  local out = {}
  for i = 1, select("#", ...) do out[i] = tostring((select(i, ...))) end
  print(n .. ": " .. table.concat(out, " "))
end
local function list(t, from, to)
  local out = {}
  for i = from or 1, to or #t do out[#out + 1] = tostring(t[i]) end
  return "[" .. table.concat(out, ",") .. "] " .. #t
end

print "concat"
show(pcall(table.concat, {}))
show(pcall(table.concat, { 1, 2, 3 }))
show(pcall(table.concat, { 1, 2, 3 }, ", "))
show(pcall(table.concat, { "a", 1.5, "b" }, "-", 2))
show(pcall(table.concat, { "a", "b", "c" }, "", 2, 3))
show(pcall(table.concat, { "a", "b", "c" }, 0))
show(type(table.concat { 5 }), table.concat { 5 } == "5")
show(pcall(table.concat, { [0] = "zero", "one" }, ",", 0))
show(pcall(table.concat, { [-1] = "m", [0] = "zero", "one" }, ",", -1, 1))
show(pcall(table.concat, { "a" }, ",", 2))
show(pcall(table.concat, { "a" }, ",", 1, 0))
show(pcall(table.concat, { "a" }, ",", 1, 2))
show(pcall(table.concat, { "a", {}, "c" }, ","))
show(pcall(table.concat, { "a", true, "c" }))
show(pcall(table.concat, { "a", nil, "c" }))
show(pcall(table.concat, { "a", print, "c" }, ",", 1, 3))
show(pcall(table.concat, { "a", "b" }, ",", "1", "2"))
show(pcall(table.concat, { "a", "b" }, ",", 1.9, 2.9))
show(pcall(table.concat, { "a", "b" }, {}))
show(pcall(table.concat, { "a", "b" }, ",", "x"))
show(pcall(table.concat, { "a", "b" }, ",", 1, {}))
show(pcall(table.concat, { "a", "b" }, nil, nil, nil))
show(pcall(table.concat, "ab"))
show(pcall(table.concat))
show(pcall(table.concat, nil, 1))
show(pcall(table.concat, setmetatable({}, { __index = function(_, i) return "m" .. i end }), ",", 1, 2))
show(pcall(table.concat, setmetatable({ "x" }, { __len = function() return 3 end }), ","))
show(pcall(table.concat, { 0.1, 1e15, 1e100, -0.5, 2 ^ 53 }, " "))
show(pcall(table.concat, { "a\0b", "c" }, "\0") == true, #table.concat({ "a\0b", "c" }, "\0"))
show(pcall(function() return table.concat({ {} }) end))
show(pcall(function() local c = table.concat return c({ {} }) end))
show(pcall(function() local x = table.concat(nil) return x end))

print "insert"
do
  local t = {}
  show(select("#", table.insert(t, "a")), list(t))
  table.insert(t, "b") show(list(t))
  table.insert(t, 1, "c") show(list(t))
  table.insert(t, 3, "d") show(list(t))
  table.insert(t, 5, "e") show(list(t))
  table.insert(t, "2", "f") show(list(t))
  table.insert(t, 2.9, "g") show(list(t))
  table.insert(t, 0, "z") show(list(t, 0))
  t = { 1, 2, 3 } table.insert(t, -1, "n") show(list(t, -1, 5), t[0], t[4])
  t = { 1, 2 } table.insert(t, 7, "far") show(t[7], t[6], t[3])
  t = { 1, 2, 3 } table.insert(t, nil) show(list(t))
  t = { 1, 2, 3 } table.insert(t, 2, nil) show(t[1], t[2], t[3], t[4])
  t = { 1, 2, 3 } t[#t] = nil table.insert(t, "x") show(list(t))
  t = { 1, 2, 3 } t[3] = nil t[2] = nil table.insert(t, "y") show(list(t))
  t = { 1, 2, 3 } t[3] = nil table.insert(t, 1, "y") show(list(t))
  t = { n = 10 } table.insert(t, "q") show(list(t), t.n)
  show(pcall(table.insert, { 1 }))
  show(pcall(table.insert, { 1 }, 1, 2, 3))
  show(pcall(table.insert))
  show(pcall(table.insert, nil, 1))
  show(pcall(table.insert, "x", 1))
  show(pcall(table.insert, {}, "x", 1))
  show(pcall(table.insert, {}, {}, 1))
  show(pcall(function() table.insert(nil, 1) end))
  show(pcall(function() table.insert({}) end))
  t = setmetatable({}, { __newindex = function() error "called" end }) table.insert(t, 1) show(rawget(t, 1))
end

print "remove"
do
  local t = { "a", "b", "c", "d" }
  show(table.remove(t), list(t))
  show(table.remove(t, 1), list(t))
  show(table.remove(t, 2), list(t))
  show(table.remove(t, 5), list(t))
  show(table.remove(t, 0), list(t))
  show(table.remove(t, -1), list(t))
  show(table.remove(t), list(t))
  show(select("#", table.remove(t)))
  show(select("#", table.remove({ 1 }, 5)))
  t = { 1, 2, 3 } t[#t] = nil show(table.remove(t), list(t))
  t = { 1, 2, 3 } t[#t] = nil t[#t] = nil show(table.remove(t), list(t)) show(table.remove(t), list(t))
  t = { 1, 2, 3, 4 } show(table.remove(t, "2"), list(t))
  t = { 1, 2, 3, 4 } show(table.remove(t, 2.5), list(t))
  show(pcall(table.remove))
  show(pcall(table.remove, 5))
  show(pcall(table.remove, {}, "x"))
  show(pcall(table.remove, {}, {}))
  t = { n = 3, "a" } show(table.remove(t), t.n)
  t = {} for i = 1, 100 do t[i] = i end
  local sum = 0 while #t > 0 do sum = sum + table.remove(t, 1) + (table.remove(t) or 0) end show(sum, #t)
  t = {} for i = 1, 50 do table.insert(t, 1, i) end show(t[1], t[50], #t)
  for i = 1, 49 do t[#t] = nil end show(#t, t[1], table.remove(t), #t)
end

print "getn maxn setn foreach"
show(table.getn {}, table.getn { 1, 2 }, table.getn { n = 5 })
show(table.getn(setmetatable({}, { __len = function() return 9 end })))
show(pcall(table.getn)) show(pcall(table.getn, "x"))
show(pcall(table.setn, {}, 1)) show(pcall(table.setn)) show(pcall(table.setn, 1, 1))
show(table.maxn {}, table.maxn { 1, 2, 3 }, table.maxn { [10] = 1 }, table.maxn { 1, 2, [2.5] = 1, [1e9] = 1 })
show(table.maxn { [-5] = 1 }, table.maxn { x = 1 }, table.maxn { [0.5] = 1 }, table.maxn { [1 / 0] = 1 })
show(pcall(table.maxn)) show(pcall(table.maxn, 3))
show(table.foreach({ 10, 20, 30 }, function(k, v) if v == 20 then return k, v end end))
show(select("#", table.foreach({ 10 }, function() end)))
show(table.foreach({ a = 1 }, function(k, v) return k .. v end))
show(table.foreach({ 1 }, function() return false end))
show(pcall(table.foreach, {})) show(pcall(table.foreach)) show(pcall(table.foreach, {}, 1)) show(pcall(table.foreach, 1, print))
show(table.foreachi({ 10, 20, 30 }, function(i, v) if i == 2 then return v end end))
show(table.foreachi({ "x", "y" }, function(i, v) show(i, v) end))
show(select("#", table.foreachi({}, print)))
show(pcall(table.foreachi, {})) show(pcall(table.foreachi)) show(pcall(table.foreachi, {}, {})) show(pcall(table.foreachi, {1}, function() error("in it", 0) end))

print "unpack select"
show(unpack { 1, 2, 3 }) show(unpack({ 1, 2, 3 }, 2)) show(unpack({ 1, 2, 3 }, 2, 3)) show(unpack({ 1, 2, 3 }, 0)) show(unpack({ 1, 2, 3 }, -1, 1))
show(unpack({ 1, 2, 3 }, 3, 2)) show(unpack({}, 1, 3)) show(unpack({ 1, 2, 3 }, "2", "3")) show(unpack({ 1, 2, 3 }, 1.7, 2.7)) show(unpack({ 1, nil, 3 }, 1, 3))
show(unpack({ [0] = "z", [-2] = "m" }, -2, 1)) show(unpack({ 1, 2 }, nil, nil)) show(unpack({ 1, 2 }, nil, 1))
show(pcall(unpack)) show(pcall(unpack, "x")) show(pcall(unpack, {}, "x")) show(pcall(unpack, {}, 1, {}))
show(pcall(unpack, {}, 1, 1e8)) show(pcall(unpack, {}, -1e8, 1e8))
show(unpack(setmetatable({}, { __index = function(_, k) return k end }), 1, 2)) show(select("#", unpack({}, 1, 1000)))
show(select("#")) show(select("#", nil, nil)) show(select("#x", 1)) show(select(1, "a", "b")) show(select(2, "a", "b")) show(select(3, "a", "b"))
show(select(-1, "a", "b")) show(select(-2, "a", "b")) show(pcall(select, -3, "a", "b")) show(pcall(select, 0)) show(pcall(select)) show(pcall(select, {})) show(pcall(select, "x"))
show(select("2", "a", "b")) show(select(1.9, "a", "b")) show(select(1e9, "a")) show(pcall(select, nil)) show(pcall(select, "")) show(pcall(select, 2 ^ 40, 1))

print "length"
do
  local t = {} for i = 1, 10 do t[i] = i end
  for i = 10, 1, -1 do t[i] = nil show(#t) end
  show(#{ 1, 2, nil }, #{ nil }, #{ nil, nil, 3 }, #{ n = 1 }, #"abc")
  t = { 1, 2, 3 } t[5] = 5 show(t[5], t[4])
end
