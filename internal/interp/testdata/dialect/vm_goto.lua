-- oracle: luajit
-- goto and break close the variables of the blocks that they leave, and no others

do
  local n = 0
  local function inc() n = n + 1 end
  for i = 1, 3 do if i == 2 then goto continue end inc() ::continue:: end
  print(n)
end
do
  local fs = {}
  for i = 1, 5 do
    local x = i * 10
    if i == 3 then goto skip end
    fs[#fs + 1] = function() x = x + 1 return x end
    ::skip::
  end
  for _, f in ipairs(fs) do print(f(), f()) end
end
do -- backwards, with a variable that the jump leaves
  local fs, i = {}, 0
  ::again::
  do
    local y = i
    fs[#fs + 1] = function() y = y + 1 return y end
    i = i + 1
    if i < 4 then goto again end
  end
  for _, f in ipairs(fs) do print(f(), f()) end
end
do -- out of several blocks
  local fs = {}
  for i = 1, 3 do
    for j = 1, 3 do
      local p = i * j
      do
        local q = p
        fs[#fs + 1] = function() q = q + 1 p = p + 2 return p, q end
        if j == 2 then goto outer end
      end
    end
    ::outer::
    local a, b, c, d, e = 1, 2, 3, 4, 5
  end
  for _, f in ipairs(fs) do print(f()) print(f()) end
end
do -- break out of nested blocks
  local f = {}
  for i = 1, 3 do if i == 2 then local x = i f[1] = function() return x end break end end
  do local a, b, c, d, e = 11, 12, 13, 14, 15 end
  print(f[1]())
  while true do local x = 1 while true do local y = 2 f[2] = function() return x, y end break end break end
  do local a, b, c, d, e = 11, 12, 13, 14, 15 end
  print(f[2]())
  repeat local z = 3 do local w = 4 f[3] = function() return z, w end if w then break end end until false
  do local a, b, c, d, e = 11, 12, 13, 14, 15 end
  print(f[3]())
  for k, v in pairs {a = 1} do do local u = v f[4] = function() u = u + 1 return k, u end break end end
  do local a, b, c, d, e = 11, 12, 13, 14, 15 end
  print(f[4]()) print(f[4]())
end
do -- until sees the variables of the body
  local fs, n = {}, 0
  repeat local k = n fs[#fs + 1] = function() return k end n = n + 1 until k >= 3
  for _, f in ipairs(fs) do print(f()) end
end
do -- captured after the jump in the text
  local fs = {}
  for i = 1, 4 do
    local v = i
    if i % 2 == 0 then goto next end
    do local w = v fs[#fs + 1] = function() w = w + v return w end end
    ::next::
  end
  for _, f in ipairs(fs) do print(f(), f()) end
end
print((loadstring("goto nowhere")) == nil, (loadstring("do goto l end local a ::l:: print(a)")) == nil, (loadstring("goto l; local a ::l::")) ~= nil)
print((loadstring("break")) == nil, (loadstring("::a:: ::a::")) == nil)
do
  local i = 0
  ::top:: while true do i = i + 1 break end
  if i < 3 then goto top end
  ::more:: do i = i + 10 end
  if i < 30 then goto more end
  print(i)
end
