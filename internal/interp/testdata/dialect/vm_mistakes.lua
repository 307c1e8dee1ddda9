-- what is said of sources that cannot be compiled
-- bare leaves what stands behind Lua 5.1's words out: what Lua has in place of +=.
local function bare(e) return e and (e:gsub("( near '.*'): [^']*$", "%1")) end
for _, s in ipairs{ "x = = 1", "method_missing", "if x then", "for i = 1 do end", "x = }", "local 1", "f(", "x = 'abc", "x = [[abc", "return return", "for a b in c do end", "x = {1, 2", "if x else end end", "local function end", "a.b:c = 1", "f() = 1", "x = 1 2", "until x", "break", "x = '\\400'", "function f(a,) end", "repeat x()", "while true x() end", "x = #", "@", "x = 3..4", "return ...", "function f() return ... end", "local x = function f() end", "a, b", "a.1", "x = 1 +", "elseif", "local t = {a = }", "(a)", "a.b.c", "f{", "x = not", "for 1 = 2", "function a.b:c.d() end", "x='\n'", "--[[ abc", "x = \"abc\\" } do
  print(s, "|", bare(select(2, loadstring(s, "=c"))))
end
-- a source with one word too many or too few, or cut off, anywhere
local source = [===[
local M, n = { list = { 1, 2, [3] = "x", y = 'a\tb' } }, 0
function M.a.b:c(x, ...)
  if x == nil then return ... elseif not x then return -x ^ 2 else M[x] = #x .. "y" end
  for i = 1, 10, 2 do if i > 5 then break end n = n + i end
  for k, v in pairs(M) do while k do k = nil end repeat local z = v until z and z(1){ 2 }"3" end
  local function f(a, b) return function() return a, (b) end end
  do f(1, [==[long
string]==])(); M.list, n = M, 1 end --[[ a comment ]] return f -- another
end
]===]
local seed = 7
local function random(n) seed = seed * 16807 % 2147483647 return seed % n + 1 end
local words = { "(", ")", "{", "}", "[", "]", "end", "do", "if", "then", "else", "elseif", "for", "in", "while", "repeat", "until", "function", "local", "return", "break", "x", "'s'", "12", "=", "==", "..", "...", ",", ";", ".", ":", "+",
  "-", "not", "#", "nil", "\n", "--[[", "[=", "'", "3x", "and", "@", "\\", "~", "'\\300'" }
for i = 1, 900 do
  local at = random(#source)
  local from = source:find("[%s%p]", at) or at
  local to = source:find("[%s%p]", from + 1) or from + 1
  local other = ({ source:sub(1, from) .. " " .. words[random(#words)] .. " " .. source:sub(from + 1), source:sub(1, from) .. source:sub(to), source:sub(1, from) })[random(3)]
  local f, message = loadstring(other, "=c")
  local nested = other:find("%[%[.*%[%[") -- which Lua 5.1 refuses
  print(i, nested and "nested" or f and "compiled" or bare(message))
end

-- What a function has too many of.
do
  local function limit(source)
    local _, e = loadstring(source, "=chunk")
    print(bare(e or "compiled"):match("^[^\n]*"))
  end
  local function lines(n, form, from)
    local t = {}
    for i = 1, n do t[i] = (form:gsub("#", i)) end
    return table.concat(t, "\n")
  end
  limit(lines(200, "local a# = 1"))
  limit(lines(201, "local a# = 1"))
  limit("x = 1\nfunction f()\n" .. lines(201, "local a# = 1") .. "\nend")
  limit(lines(60, "local a# = 1") .. "\nfunction f() return {\n" .. lines(60, "a#,") .. "} end")
  limit(lines(61, "local a# = 1") .. "\nfunction f() return function() return { " .. lines(61, "a#,"):gsub("\n", " ") .. "} end end")
end
