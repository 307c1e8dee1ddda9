-- tables: keys, removal, length, next, constructors

do -- sparse keys
  local t = {}
  t[10000000] = "far" t[5] = "five" t[1e15] = "further" t[-1] = "negative" t[0] = "zero" t[2.5] = "half" t[3] = 3
  print(t[10000000], t[5], t[1e15], t[-1], t[0], t[2.5], t[3], t[4], t[9999999])
  t[1] = 1 t[2] = 2 t[4] = 4
  print(#t, t[5])
  local n = 0 for k, v in pairs(t) do n = n + 1 end print(n)
  t[10000000] = nil print(t[10000000])
  local keys = {} for k in pairs(t) do keys[#keys + 1] = tostring(k) end table.sort(keys) print(table.concat(keys, " "))
end
do -- filled from the end, from the middle, by steps
  local t = {} for i = 1000, 1, -1 do t[i] = i end print(#t, t[1], t[500], t[1000])
  local s = 0 for i, v in ipairs(t) do s = s + v end print(s)
  t = {} for i = 500, 1000 do t[i] = i end for i = 1, 499 do t[i] = i end print(#t) t[1001] = 1 print(#t)
  t = {} for i = 1, 100000, 1000 do t[i] = i end local n = 0 for k, v in pairs(t) do n = n + (k == v and 1 or 0) end print(n)
  for i = 1, 100000, 1000 do t[i] = nil end print(next(t))
  t = {} for i = 2, 2000, 2 do t[i] = i end for i = 1, 2000, 2 do t[i] = i end print(#t)
  n = 0 for k, v in pairs(t) do n = n + v end print(n)
  t = {[3] = 3, [2] = 2, [1] = 1} print(#t, t[3]) t[4] = 4 print(#t)
  t = {[200] = "x", 1, 2, 3} print(#t, t[200]) for i = 4, 199 do t[i] = i end print(#t) t[200] = nil print(#t)
end
do -- as a queue and as a stack
  local t = {} for i = 1, 30000 do t[i] = i end
  for i = 1, 30000 do t[#t] = nil end print(#t, next(t))
  for i = 1, 10 do t[#t + 1] = i end print(#t)
  local head = 1 for i = 1, 5 do t[head] = nil head = head + 1 end
  local n = 0 for k in pairs(t) do n = n + 1 end print(n, t[6])
  t = {1, 2, 3, nil} print(#t) t = {nil, nil, 3} print(#t) t = {n = 1} print(#t) t = {1, 2, 3} t[3] = nil t[2] = nil print(#t)
  t = {1, 2, 3} t[#t + 1] = 4 t[#t] = nil t[#t] = nil print(#t, t[2], t[3])
end
do -- removal while next goes
  local t = {} for i = 1, 100 do t[i] = i t["k" .. i] = i end
  local n = 0 for k, v in pairs(t) do t[k] = nil n = n + 1 end print(n, next(t))
  t = {} for i = 1, 50 do t[i] = i end
  n = 0 for k, v in pairs(t) do t[k] = nil if #t > 0 then t[#t] = nil end n = n + 1 end print(n > 20, next(t))
  t = {1, 2, 3, a = 4, b = 5} n = 0
  for k in pairs(t) do t[3] = nil t[2] = nil t[1] = nil n = n + 1 end print(n)
  t = {} for i = 1, 1000 do t["a" .. i] = i end for i = 1, 990 do t["a" .. i] = nil end
  n = 0 for k, v in next, t do n = n + v end print(n)
  for i = 1, 100 do t["b" .. i] = 1 end n = 0 for k, v in pairs(t) do n = n + v end print(n)
  t.a991 = nil t.a991 = 5 n = 0 for k, v in pairs(t) do n = n + v end print(n)
  for k in pairs(t) do t[k] = true end n = 0 for k, v in pairs(t) do n = n + (v and 1 or 0) end print(n)
end
do -- nested loops over one table, and leaving them
  local t = {a = 1, b = 2, c = 3, 10, 20} local n = 0
  for k in pairs(t) do for l in pairs(t) do n = n + 1 end end print(n)
  for k in pairs(t) do for l in pairs(t) do n = n + 1 break end end print(n)
  for a, b, c, d in pairs{7} do print(a, b, c, d) end
  for a in ipairs{7, 8} do print(a) end
  for a, b, c in ipairs{7} do print(a, b, c) end
  for i, v in ipairs{1, 2, nil, 4} do print(i, v) end
end
print((pcall(next, {}, 1)), (pcall(next, {1, 2}, 10)), (pcall(next, {x = 1}, "y")), pcall(next, {}, nil))
print(next({}), next({5}), next({x = 1}), select("#", next({})))
do local t = {} print(rawset(t, 1, 2) == t, rawget(t, 1), (pcall(rawset, t, nil, 1)), (pcall(rawset, t, 0/0, 1))) end
print((pcall(function() local t = {} t[nil] = 1 end)), (pcall(function() local t = {} t[0/0] = 1 end)), ({})[nil], ({})[0/0])
do local t = {} t[1.0] = "a" t["1"] = "b" t[2^53] = "c" print(t[1], t["1"], t[2^53], t[-0]) t[-0] = "z" print(t[0]) end

-- constructors
do
  local function numbers(n, tail) local p = {} for i = 1, n do p[i] = i % 97 end return "local f = ... return {" .. table.concat(p, ",") .. tail .. "}" end
  local function three() return "a", "b", "c" end
  for _, n in ipairs{1, 49, 50, 51, 100, 101, 511, 25549, 25550, 25551, 30001} do
    local t = loadstring(numbers(n, ""))() print(n, #t, t[1], t[n], t[n + 1])
    t = loadstring(numbers(n, ",f()"))(three) print(n, #t, t[n], t[n + 1], t[n + 3], t[n + 4])
    t = loadstring(numbers(n, ",(f())"))(three) print(n, #t, t[n + 1])
    t = loadstring(numbers(n, ",f(),x=f()"))(three) print(n, #t, t[n + 1], t.x)
    t = loadstring(numbers(n, ",x=1,y=2"))(three) print(n, #t, t[n], t.x, t.y)
    t = loadstring(numbers(n, ",x=f(),f()"))(three) print(n, #t, t[n], t[n + 1], t[n + 3], t.x)
  end
  local t = loadstring("local f = ... return {f(),{1,2,f()},f()}")(three) print(#t, #t[2], t[2][5], t[5])
  local order = {}
  local function note(x) order[#order + 1] = x return x end
  local s = {} for i = 1, 60 do s[i] = "f(" .. i .. ")" end
  s[20] = "x=f('x')" s[50] = "y=f('y')" s[52] = "z=f('z')"
  t = loadstring("local f = ... return {" .. table.concat(s, ",") .. "}")(note)
  print(table.concat(order, " "), #t, t.x, t.y, t.z, t[57])
end

-- fields of constants
do
  local a, b, c, d = {}, {}, {}, {}
  getmetatable("").__newindex = function(s, k, v) print("set", s, k, v) end
  ;("s").y = 1
  ;("s").y, a = 1, 2
  ;("s")[("t").z], b.x = 1, 2
  ;("s")["k"], ("t")["l"] = 1, 2
  local function two() return 1, 2 end
  ;("s")["k"], ("t")["l"] = two()
  print((pcall(function() (5).x = 1 end)), (pcall(function() local t = {} ;(nil).x = t.x and t.y end)), type(a), b.x, next(c), next(d))
  getmetatable("").__newindex = nil
end
