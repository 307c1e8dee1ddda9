-- The names of local variables by debug.getlocal, in and behind blocks of all kinds.
local function show(what)
  local t = {}
  for i = 1, 20 do local n = debug.getlocal(2, i) if not n then break end t[#t+1] = n end
  print(what, table.concat(t, " "))
end
local a = 1
do
  local b, c = 2, 3
  show "in do"
end
show "after do"
local d = 4
show "d"
for i = 1, 1 do
  local e = 5
  show "for"
end
show "after for"
for k, v in pairs { 1 } do
  local f = 1
  if k then
    local g = 2
    show "if"
  else
    local h = 2
  end
  show "after if"
end
show "after pairs"
local function fn(p, q, ...)
  do local x, y, z = 1, 2, 3 end
  local r = 1
  show "fn"
  repeat
    local s = 1
    show "repeat"
  until s
  show "after repeat"
  while true do
    local w = 1
    show "while"
    break
  end
  local function inner() return r end
  show "end"
  return p
end
fn(1)
show "main"
local co = coroutine.wrap(function(z) local y = z; show "co"; do local k end
 show "co2" end)
co(1)
