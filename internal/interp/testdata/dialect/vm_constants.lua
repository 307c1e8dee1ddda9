-- functions with more constants than instructions can name
local function with(n, before, after)
  local parts = { before or "", "local t = {" }
  for i = 1, n do parts[#parts + 1] = ("%d.5, 's%d', k%d = -%d,"):format(i, i, i, i) end
  parts[#parts + 1] = "} " .. after
  return assert(loadstring(table.concat(parts, "\n"), "=many"))
end
for _, n in ipairs{ 80, 86, 90, 200, 3000 } do
  print(n, with(n, nil, "return #t, t[1], t[2], t.k1, t[#t], t[#t - 1], t['k' .. #t / 2]")())
  local function list() return { each = function(self) return ipairs(self) end, "a", "b" } end
  print(n, with(n, "local list = ...", "local s = '' for i, v in list():each() do s = s .. i .. v end return s")(list))
  print(n, with(n, nil, "local s = 0 for i = 1000001, 1000004 do s = s + i end for i = 7000, 6990, -5 do s = s + i end return s")())
  print(n, with(n, nil, "local x = t.none or 'nothing' local y = t.k1 and 123456 return x, y, not 654321, -777777, 'x' .. 888888, 5 < 999999, 'u' == 'v', t.k2 == -2")())
  print(n, with(n, nil, "function t.f(a) return a or 'default' end function t:g() return self.k1, 'g' end return t.f(), t.f(1), t:g()")())
  print(n, with(n, nil, "t.new, t['other new'], t[123456.5] = 'one', 'two', 'three' local u = t return u.new, u['other new'], u[123456.5], ('text'):upper()")())
  print(n, with(n, nil, "local function inner() return 'in', 424242, t.k3 end return inner()")())
  print(n, with(n, nil, "while t.k1 == -1 do t.k1 = 31337 if t.k1 > 31336 then break end end repeat t.k2 = 'was' until t.k2 == 'was' return t.k1, t.k2")())
  print(n, select(2, pcall(with(n, nil, "\nerror 'here'"))))
  print(n, (select(2, pcall(with(n, nil, "\nlocal x = t.k1 + {}"))):match "^many:%d+: attempt to perform arithmetic on a table value"))
  print(n, 0, -0, with(n, nil, "local minus = -0 return 0, 1 / 0, 0 / 0 ~= 0 / 0")())
end
-- 0 and -0 are one constant, the first of both
local function signs(...) local s = {} for i, v in ipairs{ ... } do s[i] = v == 0 and (1 / v > 0 and "+0" or "-0") or tostring(v) end return table.concat(s, " ") end
for _, code in ipairs{ "0, -0", "-0, 0", "1 / 0, -0, 0", "-0, 1 / 0, 0", "1 / -0, 0", "0, 1 / -0", "(function() return -0 end)(), 0", "0, (function() return -0, 1 / 0 end)()", "0 / 1, -0", "0 * -1, 0",
  "#'' * -1, 0", "-0 * 1, 2", "({ -0, 0 })[2], 1", "({ 0, [0] = -0 })[0], 1", "(0 and -0), 1", "- 0, 1 / 0 > 0", "0 == -0, 1 / 0 > 0", "-0 == 0, 1 / 0 > 0", "-(-0), -0" } do
  print(code, signs(assert(loadstring("return " .. code))()))
end
