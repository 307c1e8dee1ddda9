-- The library io.
local n = 0
local folder = os.tmpname() os.remove(folder) os.execute("mkdir " .. folder)
local function path(name) return folder .. "/" .. name end
local function plain(s) return (tostring(s):gsub(folder:gsub("%p", "%%%0"), "FOLDER"):gsub("0x%x+", "ADDRESS")) end
local function show(...)
  n = n + 1
  local out = {}
  for i = 1, select("#", ...) do local v = select(i, ...) out[i] = type(v) == "string" and ("%q"):format(plain(v)) or plain(v) end
  print(n .. ": " .. table.concat(out, " "))
end
local function file(name, text) local f = assert(io.open(path(name), "wb")) f:write(text) f:close() return path(name) end
local function content(name) local f = assert(io.open(path(name), "rb")) local s = f:read "*a" f:close() return s end

print "open"
show(io.open(path "missing")) show(io.open(path "missing", "r+")) show(io.open(path "no/folder", "w")) show(io.open(folder, "w")) show(io.open("", "r"))
for _, mode in ipairs { "x", "", "b", "+r", "W", "rw", "R" } do local f, e, c = io.open(path "modes", mode) show(mode, type(f), e, c) if f then f:close() end end
for _, mode in ipairs { "r", "rb", "r+", "r+b", "rb+", "w", "wb", "w+", "a", "a+", "rt", "rx", "wx" } do file("modes", "abc") local f, e, c = io.open(path "modes", mode) show(mode, type(f), e, c) if f then show(f:read(2)) show(f:write "XY") show(f:seek "cur") f:close() end show(content "modes") end
show(pcall(io.open)) show(pcall(io.open, {})) show(pcall(io.open, path "x", {})) show(type(io.open(path "made", "w"))) show(io.type(io.open(path "made", nil)))
local f = io.open(path "made", "w") show(f:close()) show(tostring(f), io.type(f)) show(pcall(f.close, f)) show(pcall(f.read, f)) show(pcall(f.write, f, "x")) show(pcall(f.lines, f)) show(pcall(f.seek, f)) show(pcall(f.flush, f)) show(pcall(f.setvbuf, f, "no")) show(pcall(function() f:read() end)) show(pcall(io.close, f))
show(io.type(io.stdout), io.type(5), io.type(nil), io.type {}, io.type "x", io.type(newproxy())) show(pcall(io.type)) show(plain(io.stdout):gsub("ADDRESS", "A")) show(getmetatable(io.stdout).__index == getmetatable(io.stdout), getmetatable(io.stdout).__name)

print "read"
local text = "first line\n\nthird\r\n 12 0x10\t-3.5e2abc\nlast"
file("in", text)
f = io.open(path "in") show(f:read()) show(f:read "*l") show(f:read "*l") show(f:read "*n") show(f:read("*n", "*n")) show(f:read(3)) show(f:read(0)) show(f:read "*l") show(f:read(0)) show(f:read(100)) show(f:read(0)) show(f:read(1)) show(f:read "*l") show(f:read "*n") show(f:read "*a") show(f:read "*a") show(f:read()) show(f:read("*a", "*l")) show(f:read("*l", "*a")) f:close()
f = io.open(path "in") show(f:read "*a") f:close() f = io.open(path "in") show(f:read(5, 0, 5)) show(f:read("*l", "*l", "*l", "*l", "*l", "*l")) f:close()
f = io.open(path "in") show(f:read "*all") show(f:seek "set") show(f:read "*line") show(f:read "*number") show(f:seek "set", f:read "*lx") show(f:read(2.9)) show(f:read(1, 2, 3)) f:close()
f = io.open(path "in") show(pcall(f.read, f, "l")) show(pcall(f.read, f, "*x")) show(pcall(f.read, f, "*")) show(pcall(f.read, f, "")) show(pcall(f.read, f, {})) show(pcall(f.read, f, nil)) show(pcall(f.read, f, true)) show(pcall(f.read, f, "*l", "x")) show(pcall(function() return f:read "x" end)) show(pcall(io.read, "x")) show(f:read "*l") f:close()
show(pcall(f.read)) show(pcall(f.read, 5)) show(pcall(f.read, {})) show(pcall(function() io.stdout.read() end)) show(pcall(function() io.stdout.read(nil) end)) show(pcall(function() local x = io.stdout x.write() end))
for _, s in ipairs { "", "\n", "\n\n", "a", "a\n", "a\nb", "a\n\n", "\0", "a\0" } do file("s", s) local out = {} f = io.open(path "s") repeat local l = f:read(1) out[#out + 1] = tostring(l) until not l f:close() show(#out, table.concat(out, "|"):gsub("%z", "0")) f = io.open(path "s") show(f:read(0), f:read "*a" == s, f:read(0), f:read "*a") f:close() end
for _, s in ipairs { "", "\n", "\n\n", "a", "a\n", "a\nb", "a\n\nb\n" } do file("s", s) local out = {} for l in io.lines(path "s") do out[#out + 1] = l end show(#out, table.concat(out, "|")) end

print "numbers"
for _, s in ipairs { "1", "-1", "+1", " 1 2", "\n\n\t 7", "1.5", ".5", "5.", ".", "1e5", "1e+5", "1e-5x", "1e", "1ex", "1e+", "1e+x", "e5", "0x10", "0X1F", "0x", "0xg", "0x.8", "0x.p1", "0x1p4", "0x1p", "0x1.8p-1z", "inf", "-inf", "infinity", "infinit", "infx", "INF", "nan", "nax", "n", "i", "in", "-", "+", "--1", "+-1", "1-", "1..2", "1.2.3", "1,2", "abc", "12abc", "00012", "0", "-0", "1e400", "-1e400", "1e-400", "123456789012345678901234567890", "0.1e1e1", "1 e5", "- 1", "0x1e+1", "0x1P-2", "1f", "1e5.5", "١" } do
  file("n", s) f = io.open(path "n") local a = f:read "*n" local rest = f:read "*a" f:close() show(s, tostring(a):gsub("nan", "NAN"):gsub("-NAN", "NAN"), rest)
  file("n", s .. "\n42\n") f = io.open(path "n") local b, c = f:read("*n", "*n") rest = f:read "*a" f:close() show(tostring(b):gsub("-?nan", "NAN"), c, rest)
end
file("n", ("1 2.5 -3e1\n"):rep(3)) f = io.open(path "n") local sum = 0 while true do local x = f:read "*n" if not x then break end sum = sum + x end show(sum) show(f:read "*a") f:close()

print "write seek"
f = io.open(path "out", "w") show(f:write()) show(f:write("a", 1, 2.5, "\0", -0.1, 1e100)) show(f:write(1e15, " ", 1e14, " ", 0.1, " ", 2 ^ 53)) show(pcall(f.write, f, {})) show(pcall(f.write, f, nil)) show(pcall(f.write, f, "kept", true)) show(pcall(function() f:write("x", {}) end)) show(f:seek "cur") show(f:close()) show(content "out")
f = io.open(path "in") show(f:write "x") show(f:read(5)) show(f:write "y") show(f:read(5)) f:close() f = io.open(path "out", "w") show(f:read()) show(f:read "*a") show(f:read(0)) show(f:write "still") show(f:read "*n") f:close() show(content "out")
file("seek", "0123456789") f = io.open(path "seek", "r+") show(f:seek()) show(f:seek "end") show(f:seek("set", 3)) show(f:read(2)) show(f:seek()) show(f:seek("cur", -1)) show(f:read(1)) show(f:seek("end", -2)) show(f:read "*a") show(f:seek("cur", 5)) show(f:read(1)) show(f:seek("set", -1)) show(f:seek("set", "4")) show(f:read(1)) show(f:seek("cur", 0)) show(f:write "XX") show(f:seek()) f:seek("set", 0) show(f:read "*a") show(f:seek("set", 20)) show(f:write "far") f:close() show(#content "seek", content "seek" == "01234XX789" .. ("\0"):rep(10) .. "far")
f = io.open(path "seek") show(pcall(f.seek, f, "x")) show(pcall(f.seek, f, {})) show(pcall(f.seek, f, "set", "x")) show(pcall(f.seek, f, 5)) show(f:seek(nil, nil)) show(f:seek("set", 2.9)) show(pcall(f.setvbuf, f)) show(pcall(f.setvbuf, f, "x")) show(pcall(f.setvbuf, f, "full", "x")) show(f:setvbuf "no", f:setvbuf("full", 1024), f:setvbuf("line", nil)) f:close()
f = io.open(path "append", "a") f:write "one" f:close() f = io.open(path "append", "a+") show(f:read "*a") f:write "two" show(f:seek("set", 0)) show(f:read "*a") f:seek "set" f:write "three" f:close() show(content "append")
f = io.open(path "mixed", "w+") f:write "hello\nworld\n" f:seek "set" show(f:read()) f:seek("cur", 0) f:write "WORLD" f:seek "set" show(f:read "*a") f:close()
f = io.open(path "buffered", "w") f:setvbuf "full" f:write "x" show(content "buffered") show(f:flush()) show(content "buffered") f:setvbuf "no" f:write "y" show(content "buffered") f:setvbuf "line" f:write "z" f:write "\n" show(content "buffered") f:close()
f = io.open(path "big", "w") for i = 1, 20000 do f:write(i, "\n") end f:close() f = io.open(path "big") local lines, total = 0, 0 for l in f:lines() do lines = lines + 1 total = total + l end show(lines, total, io.type(f)) f:close() f = io.open(path "big") total = 0 for i = 1, 20000 do total = total + f:read "*n" end show(total, f:read "*l", f:read "*l") f:close()
f = io.open(path "long", "w") f:write(("x"):rep(200000), "\n", ("y"):rep(100000)) f:close() f = io.open(path "long") show(#f:read "*l", #f:read "*l", f:read "*l") f:seek "set" show(#f:read(150000), #f:read(150000), #f:read(150000), f:read(1)) f:close()

print "lines"
show(pcall(io.lines, path "missing")) show(pcall(io.lines, {})) show(pcall(function() for l in io.lines(path "missing") do end end)) show(pcall(io.lines, folder) == true) show(pcall(function() for l in io.lines(folder) do return l end end))
local it = io.lines(file("l", "a\nb\n")) show(type(it), it()) show(it()) show(select("#", it())) show(pcall(it)) show(pcall(it))
f = io.open(path "l") it = f:lines() show(it()) show(f:read()) show(it()) show(io.type(f)) show(f:seek "set", it()) f:close() show(pcall(it)) show(pcall(f.lines))
for l in io.lines(path "l") do if l == "a" then break end end

print "default files"
show(io.input() == io.stdin, io.output() == io.stdout, io.input() == io.input(nil)) show(pcall(io.input, path "missing")) show(pcall(io.output, path "no/folder")) show(pcall(io.input, {})) show(pcall(io.output, 5) == true) os.remove "5" io.output(io.stdout)
local old = io.input() io.input(path "in") show(io.read(), io.read "*l", io.read(3)) show(io.input() == old, io.type(io.input())) for l in io.lines() do show(l) end show(io.read()) show(io.type(io.input())) show(io.input():close()) show(pcall(io.read)) show(pcall(io.lines)) io.input(old)
old = io.output() io.output(path "out") show(io.write("to ", "file\n")) io.output():seek("set", 0) show(io.flush()) show(io.close()) show(pcall(io.write, "x")) show(pcall(io.flush)) show(pcall(io.close)) io.output(old) show(content "out")
f = io.open(path "in") show(io.input(f) == f, io.read()) show(io.input() == f) f:close() show(pcall(io.input, f)) io.input(io.stdin) show(pcall(io.close, 5)) show(pcall(io.close, nil))
show(io.stdout:close()) show(io.stderr:close()) show(io.stdin:close()) show(io.type(io.stdout), pcall(io.stdin.close, io.stdin)) show(io.stdout:setvbuf "no", io.stdout:flush(), io.stderr:flush(), io.stderr:write())

print "popen"
local p = io.popen "echo out; echo more" show(io.type(p), p:read "*a") show(p:close()) show(io.type(p)) show(pcall(p.read, p)) p = io.popen("cat > " .. path "piped", "w") show(p:write("through ", 1, "\n")) show(p:close()) show(content "piped")
p = io.popen "exit 3" show(p:read()) show(p:close()) p = io.popen "kill -9 $$" show(p:close()) show(io.popen("true", "x")) show(io.popen("true", "rw")) show(pcall(io.popen)) show(pcall(io.popen, {})) show(pcall(io.popen, "true", {})) p = io.popen "no_such_command_at_all 2>/dev/null" show(p:read "*a") show(p:close())
p = io.popen "printf 'a\\nb\\n12 13'" show(p:read(), p:read(), p:read("*n", "*n"), p:read()) show(p:seek()) p:close() for l in io.popen "seq 3":lines() do show(l) end p = io.popen("cat", "w") show(p:read()) p:close() p = io.popen "cat" show(p:write "x") p = nil
p = io.popen "cat /dev/zero | head -c 300000" show(#p:read "*a") p:close() p = io.popen("cat > " .. path "large", "w") for i = 1, 3000 do p:write(("z"):rep(100)) end show(p:close()) show(#content "large")

print "tmpfile"
f = io.tmpfile() show(io.type(f), f:write "temporary", f:seek "set", f:read "*a") show(f:close()) show(select("#", io.tmpfile()))
local names = {} for k in pairs(io) do names[#names + 1] = k end table.sort(names) show(unpack(names)) names = {} for k in pairs(getmetatable(io.stdout)) do names[#names + 1] = k end table.sort(names) show(unpack(names))
os.execute("rm -r " .. folder)
