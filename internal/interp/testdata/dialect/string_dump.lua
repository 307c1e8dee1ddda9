-- string.dump, and what is made of it again.
local function outer(a, b)
  local function inner(x) return x * 2, a end
  return inner, a .. b
end
local d = string.dump(outer)
print(type(d), d:sub(1, 4) == "\27Lua", d:byte(5), d:byte(6), table.concat({ d:byte(7, 12) }, " "))
local inner, text = loadstring(d)("x", 1.5)
print(text, inner(21))
print(loadstring(string.dump(inner))(4)) -- what it captured is nil
print(loadstring(string.dump(loadstring("local a, b = ... return a, b, 'loaded'")))(1, nil))
local captured = 7
print(pcall(loadstring(string.dump(function() return captured end))))
print(pcall(loadstring(string.dump(function(...) return select("#", ...), ... end)), 1, nil, 3))
local f = loadstring(string.dump(function() return global end))
setfenv(f, { global = "its own" })
print(f())
local pieces = { d:sub(1, 20), d:sub(21) }
print(load(function() return table.remove(pieces, 1) end)(1, 2) ~= nil)
print(pcall(string.dump), pcall(string.dump, 1), pcall(string.dump, {}))
print(pcall(string.dump, print), pcall(string.dump, string.rep))
print(loadstring("\27nothing") == nil, loadstring("\27") == nil, loadstring("\27Lua") == nil)
