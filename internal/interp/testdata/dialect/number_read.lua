-- How texts are read as numbers: tonumber, and functions that take numbers.
local function show(...)
  local t = {}
  for i = 1, select("#", ...) do local v = select(i, ...) t[i] = type(v) == "number" and ("%.17g"):format(v) or tostring(v) end
  return table.concat(t, " ")
end
local function quoted(s) return (("%q"):format(s):gsub("[%c\128-\255]", function(c) return ("\\%03d"):format(c:byte()) end)) end

local texts = { "0", "1", "-1", "+1", "007", "010", "42", "123456789", "2147483648", "4294967296", "9007199254740993", "18446744073709551615", "123456789012345678901234567890",
  "0.5", ".5", "5.", ".", "-.5", "+.5", "-5.", "1.5", "3.14159265358979", "0.1", "0.30000000000000004", "100.001", "1.", "1.e1", ".1e1", ".e1", "1e1", "1E1", "1e+1", "1e-1", "1e", "1e+", "1e-", "1e1.5", "1e5e5", "e5", "1d5", "1f", "1L",
  "1e308", "1e309", "-1e309", "1e400", "1e-400", "4.9e-324", "2e-324", "2.5e-324", "1.7976931348623157e308", "1.7976931348623159e308", "2.2250738585072011e-308", "1e99999999999", "1e-99999999999", "0e99999999999",
  "0x0", "0x10", "0XFF", "0xff", "0xg", "0x", "0x1g", "-0x10", "+0x10", "0x1p4", "0x1P+3", "0x1p-2", "0x1p", "0x1p+", "0x1.8", "0x.8", "0x1.", "0x.", "0x1.8p1", "0xep1", "0xe+1", "0xffffffffffffffff", "0x10000000000000001", "0xfffffffffffffffff", "0x1p1023", "0x1p1024", "0x1p-1074", "0x1p-1075", "0x1p-1076", "0x.0000000000000000000001p88", "0x0x1",
  "inf", "INF", "-inf", "+inf", "infinity", "Infinity", "INFINITY", "infinit", "infx", "nan", "NaN", "-nan", "+nan", "nan()", "nan(12)", "nan(a_Z)", "nan(", "nan(-)", "nanx", "in", "na",
  "", " ", "\t", "\n", " 1", "1 ", " 1 ", "\t\n\v\f\r 1 \t\n\v\f\r", "1 2", "1\n2", "- 1", "+ 1", "--1", "+-1", "-+1", "++1", "1-", "1+1", "1,5", "1'000", "1_000", "0b1", "0b101", "0o17", "\1601", "1\160", "\0001", "1\0", "1\0002", "1 \0 2", "\000", "x", "one", "true", "nil", "0 x10", "0x 10", "1..2", "1...", "1.2.3", "$1", "1%", "#1", "(1)" }
for _, s in ipairs(texts) do
  local n = tonumber(s)
  print(quoted(s), show(n), show(tonumber(s, 10)), show(tonumber(s, 16)), show(tonumber(s, 2)), show(tonumber(s, 36)), show(tonumber(s, 8)))
end
-- all functions read them so
for _, s in ipairs{ "10", " 10 ", "0x10", "1e1", "10.0", "010", "x", "", "1 0", "10\0x", "nan", "1e400" } do
  print(quoted(s), show(pcall(math.floor, s)), show(pcall(math.max, s, 3)), show(pcall(string.rep, "a", s)), show(pcall(string.sub, "abcdefghijklmnop", s)), show(pcall(string.format, "%d", s)))
end
-- bases
for base = -1, 38 do print(base, show(pcall(tonumber, "10", base)), show(pcall(tonumber, "z", base)), show(pcall(tonumber, "7", base)), show(pcall(tonumber, "-11", base)), show(pcall(tonumber, "", base))) end
for _, base in ipairs{ 10.9, "16", "x", 1e10, 2^32 + 16, 0/0, 1/0, 16.5 } do print(tostring(base):gsub("%+?[iI]nf", "inf"):gsub("-?[nN]a[nN]", "nan"), show(pcall(tonumber, "11", base))) end
print(show(pcall(tonumber)), show(pcall(tonumber, nil)), show(pcall(tonumber, nil, 10)), show(pcall(tonumber, nil, 16)), show(pcall(tonumber, true)), show(pcall(tonumber, {})), show(pcall(tonumber, {}, 16)), show(pcall(tonumber, "10", nil)), show(pcall(tonumber, "10", {})))
print(show(tonumber(10)), show(tonumber(1.5)), show(tonumber(10, 16)), show(tonumber(10.5, 16)), show(tonumber(1e15, 16)), show(tonumber(255, 10)), show(tonumber("1e1", 16)), show(tonumber("7fffffffffffffff", 16)), show(tonumber("ffffffffffffffff", 16)), show(tonumber("10000000000000000", 16)), show(tonumber("-1", 16)), show(tonumber("-ffffffffffffffff", 16)), show(tonumber("-10000000000000000", 16)), show(tonumber("zzzzzzzzzzzzzzzz", 36)))
print(select("#", tonumber("x")), select("#", tonumber("1")), type(tonumber("1")))
