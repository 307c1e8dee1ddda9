-- string.format: C's printf for what Lua takes.
local function text(v)
  if type(v) == "string" then return '"' .. string.gsub(v, "[^%w%p ]", function(c) return ("\\%03d"):format(c:byte()) end) .. '"' end
  return (type(v) == "nil" or type(v) == "boolean" or type(v) == "number") and tostring(v) or type(v)
end
local function show(...)
  local t = {}
  for i = 1, select("#", ...) do t[i] = text((select(i, ...))) end
  return table.concat(t, " ")
end
local function try(...) return show(pcall(string.format, ...)) end

-- all flags, some widths and precisions, all letters for numbers
local nan = -(0/0)
local numbers = { 0, 1, -1, 42, -3.75, 2.5, 255, 1e15, -1e100, 1/0, -1/0, nan, 0.1, 123456.789, 5e-324, 2^53, 2^63, -2^63, 2^64, 1e-5, 1 / 3, 99999.5, 0.00001234, 1e300 }
for _, letter in ipairs{ "d", "i", "u", "o", "x", "X", "c", "e", "E", "f", "g", "G" } do
  for _, flags in ipairs{ "", "-", "+", " ", "#", "0", "-+", "0+", "# ", "-0", "+ #0" } do
    local line = {}
    for _, size in ipairs{ "", "1", "12", ".0", ".", ".3", "9.2", "14.10" } do
      for i = 1, #numbers, 3 do line[#line + 1] = try("%" .. flags .. size .. letter, numbers[(i + #flags + #size) % #numbers + 1]) end
    end
    print(letter .. flags, table.concat(line, " "))
  end
  for _, n in ipairs(numbers) do print(letter, try("%" .. letter .. "|%5" .. letter .. "|%.3" .. letter .. "|%-12.5" .. letter .. "|%+012" .. letter, n, n, n, n, n)) end
end
print(try("%.99f", 1 / 3), #string.format("%99.99f", 1e308), try("%.20e", 1e100), try("%99d", 1), try("%.99d", 1), try("%.50g", 0.1), try("%#.50g", 0.5), try("%.17g", 0.1), try("%.16g", 0.1), try("%.15g", 0.1))
print(try("%.0f", 0.5), try("%.0f", 1.5), try("%.0f", 2.5), try("%.1f", 0.25), try("%.2f", 1.005), try("%.3f", 2.0005), try("%5.1f|%-8.2f|", 3.14159, 2.5), try("%g", 100000), try("%g", 1e6), try("%g", 1e-4), try("%g", 1e-5), try("%#g", 1), try("%#x", 0), try("%#o", 0), try("%.0d", 0), try("%+.0d", 0), try("%#.0o", 0), try("%#.0x", 0), try("%#05o", 8), try("%#5.3o", 8))
-- numbers as strings, strings as numbers
for _, v in ipairs{ "10", "0x10", " 5 ", "1e2", "3.99", "-0", "x", "", "5x", "1e400", "nan", "inf" } do print(text(v), try("%d", v), try("%5.2f", v), try("%x", v), try("%s", v), try("%c", v), try("%g", v)) end
for _, v in ipairs{ 1, 1.5, -0.1, 1e15, 1e14, 2^53, 1e100, 0.1 + 0.2, 1 / 3 } do print(try("%s", v), try("%q", v), try("%10s", v), try("%.3s", v), try("%-10s|", v)) end
-- %s and %q
for _, s in ipairs{ "", "a", "hello", "a\0b", "\0", "\200", "a\nb", "\r", "\t", '"', "\\", "\r\n\0\1\2\127\255", ("x"):rep(99), ("x"):rep(100), ("a\0b"):rep(40) } do
  print(#s, try("%s", s), try("%5s", s), try("%-5s|", s), try("%.2s", s), try("%.0s", s), try("%.s", s), try("%3.1s", s), try("%+05s", s), try("%q", s), try("%5q", s))
  print(#s, loadstring("return " .. ("%q"):format(s))() == s, #("%q"):format(s))
end
for i = 0, 255 do local c = string.char(i) print(i, try("%q", c), try("%s", c), try("%c", i), try("%3c", i), try("%-3c|", i)) end
print(try("%c%c%c", 72, 0, 73), try("%c", 321), try("%c", -191), try("%c", 2^32 + 65), try("%c", 65.9), try("%.0c", 65), try("%05c", 65))
-- several, and %
print(try("%d%%", 50), try("100%%"), try("%%"), try("%% %d %% %s %%", 1, "x"), try("%5d|%-5d|%05d", 42, 42, 42), try("%s %s %s", 1, "two", 3), try("no items"), try(""), try("a\0b"), try("%s", "x", "y"), try(42), try(1.5), try("%d items at %s each = %.2f", 3, "5.25", 15.75))
-- what is refused
for _, f in ipairs{ "%", "x%", "%y", "%5", "%.", "%-", "%5.3", "%l", "%ld", "%n", "%p", "%a", "%A", "%F", "%h", "%100d", "%.100d", "%123s", "%1.123f", "%-----d", "%------d", "%+-+-+-d", "%5%", "%\200", "%!", "%$", "%1$d", "%*d", "%#", "% ", "%0" } do
  print(text(f), try(f, 1), try(f), try(f, "x"))
end
for _, letter in ipairs{ "d", "i", "u", "o", "x", "X", "c", "e", "f", "g", "s", "q" } do
  print(letter, try("%" .. letter), try("%" .. letter, nil), try("%" .. letter, true), try("%" .. letter, {}), try("%" .. letter, print) , try("%s %" .. letter, 1), try("%s %" .. letter, 1, {}))
end
print(try(), try(nil), try({}), try(print), pcall(function() return ("%d"):format("x") end), pcall(function() return ("%d %d"):format(1) end))
