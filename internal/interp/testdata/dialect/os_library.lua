-- The library os.
local n = 0
local function show(...)
  n = n + 1
  local out = {}
  for i = 1, select("#", ...) do out[i] = tostring((select(i, ...))) end
  print(n .. ": " .. table.concat(out, " "))
end

print "date"
local times = { 0, 1, 86399, 1e9, 1737201845, 951782400, 951868799, 1109548800, 1230768000, 1293839999, 4102444800, 32503680000, -1, -86400, -2208988800, 68169600000, 253402300799, 253402300800, 1483228799, 915148800 }
for _, t in ipairs(times) do
  for c in ("aAbBcCdDeFgGhHIjklmMnpPrRsStTuUVwWxXyYzZ%"):gmatch "." do
    if c ~= "s" then io.write(c, "=", os.date("!%" .. c, t), "|") end
  end
  print()
  local d = os.date("!*t", t) show(d.year, d.month, d.day, d.hour, d.min, d.sec, d.wday, d.yday, d.isdst)
  show(os.date("!%Y-%m-%dT%H:%M:%SZ", t), os.date("!it is %A the %d of %B, 100%%", t))
end
for year = 1970, 2040, 3 do -- weeks at the turn of the year
  for _, day in ipairs { 1, 2, 3, 4, 5, 362, 363, 364, 365, 366 } do
    io.write(os.date("!%G-%V-%u %U %W %g %j;", os.time { year = year, month = 1, day = day, hour = 12 }), " ")
  end
  print()
end
show(os.date("!%c", 0), os.date("!", 0) == "", os.date("!%", 0), os.date("", 0) == "", os.date("%", 0), os.date("%%", 0), os.date("no letters", 0))
for c = 33, 126 do if not ("aAbBcCdDeFgGhHIjklmMnpPrRsStTuUVwWxXyYzZ%*+"):find(string.char(c), 1, true) then show(string.char(c), os.date("!%" .. string.char(c), 0)) end end
show(os.date("!%Ey %Od %-d %5Y %_m", 0)) show(os.date("!%Y\0%m", 0) == "1970\0" .. "01") show(os.date("!**t", 0), os.date("!*tx", 0), type(os.date "*t"), type(os.date "!*t"))
show(os.date("!%H", "7200"), os.date("!%H", 7200.9), os.date("!%Y", -1e9)) show(pcall(os.date, {})) show(pcall(os.date, "%c", {})) show(pcall(os.date, "%c", "x")) show((pcall(os.date, nil))) show((pcall(os.date, nil, nil)))
show(os.date("!%c", 1e18), os.date("!*t", 1e18), os.date("%c", -1e18)) show(#os.date(), os.date "%d" == os.date("%d", os.time()))
show(os.date("!%x %X %p", 43200), os.date("!%I %p", 0), os.date("!%I %p %l %k", 46800)) show(pcall(function() return os.date(true) end))

print "time"
local function at(t) return pcall(os.time, t) end
show(at { year = 2000, month = 1, day = 1 }) show(at { year = 2000, month = 1, day = 1, hour = 0 }) show(at { year = 2000, month = 13, day = 1, hour = 0 }) show(at { year = 2000, month = 0, day = 0, hour = 0 })
show(at { year = 2000, month = 2, day = 30, hour = 0 }) show(at { year = 1999, month = 2, day = 29, hour = 0 }) show(at { year = 1970, month = 1, day = 1, hour = 0, sec = 86400 * 365 }) show(at { year = 1970, month = 1, day = 1, hour = -25 })
show(at { year = 2000, month = -100, day = 1000, hour = 100, min = -1000, sec = 5000 }) show(at { year = 1970, month = 1, day = 1, hour = 0, sec = -1 }) show(at { year = 1900, month = 1, day = 1, hour = 0 }) show(at { year = 1, month = 1, day = 1, hour = 0 })
show(at { year = 9999, month = 12, day = 31, hour = 23, min = 59, sec = 59 }) show(at { year = -5, month = 1, day = 1, hour = 0 }) show(at { year = "2000", month = "1", day = "1", hour = "0" }) show(at { year = 2000.9, month = 1.9, day = 1.9, hour = 0.9 })
show(at {}) show(at { year = 2025 }) show(at { year = 2025, month = 1 }) show(at { year = 2025, day = 1 }) show(at { month = 2, day = 1 }) show(at { year = 2025, month = "x", day = 1 }) show(at { year = 2025, month = {}, day = 1 }) show(at { year = 2025, month = 1, day = 1, hour = "x" }) show(at { year = 2025, month = 1, day = 1, min = {} })
show(pcall(os.time, 5)) show(pcall(os.time, "x")) show(pcall(function() return os.time { year = 1 } end)) show(type(os.time()), os.time() == math.floor(os.time())) show(pcall(os.time, setmetatable({}, { __index = { year = 2000, month = 1, day = 1 } })))
for _, t in ipairs(times) do local d = os.date("*t", t) show(os.time(d) == t, os.time(d)) end
for month = -30, 30, 7 do for day = -400, 400, 97 do io.write(os.time { year = 2010, month = month, day = day, hour = day, min = month * 100, sec = day * 1000 }, " ") end print() end

print "difftime clock getenv"
show(os.difftime(5, 3), os.difftime(5), os.difftime("7", 2), os.difftime(-1.5, 0)) show(pcall(os.difftime)) show(pcall(os.difftime, "x")) show(pcall(os.difftime, 1, {})) local c = os.clock() show(type(c), c >= 0, os.clock() >= c)
show(os.getenv "no_such_variable_anywhere", type(os.getenv "PATH")) show(pcall(os.getenv)) show(pcall(os.getenv, {})) show(os.getenv "a=b", os.getenv "")

print "files"
local function says(ok, message, number) return ok, message and message:gsub("lua_%w+", "NAME"), number end
local name = os.tmpname() show(io.open(name) ~= nil, name:sub(1, 5)) show(os.remove(name)) show(says(os.remove(name))) show(says(os.rename(name, name .. "x"))) show(says(os.remove "/no/such/folder/file")) show(says(os.remove ""))
io.open(name, "w"):close() show(os.rename(name, name .. "x")) show(says(os.rename(name .. "x", "/no/such/folder/file"))) show(os.remove(name .. "x")) show(pcall(os.remove)) show(pcall(os.remove, {})) show(pcall(os.rename)) show(pcall(os.rename, "x")) show(pcall(os.rename, "x", {})) show(os.remove(5))
show(says(os.remove "/proc")) show(says(os.rename("/proc/version", name)))
os.execute("mkdir " .. name) show(os.remove(name)) show(says(os.remove(name)))

print "execute"
show(os.execute() ~= 0, os.execute "true", os.execute "exit 3", os.execute "exit 255", os.execute "kill -9 $$", os.execute "kill -15 $$", os.execute "no_such_command_at_all 2>/dev/null", os.execute "") show(pcall(os.execute, {})) show(os.execute(nil) ~= 0)
show(os.execute "exit 1; exit 2", os.execute "false || true", os.execute "(exit 7)", os.execute "sleep 0.05; exit 4")

print "setlocale"
show(os.setlocale(), os.setlocale "C", os.setlocale "POSIX", os.setlocale "no_such_locale", os.setlocale(nil, "time"), os.setlocale("C", "all")) show(pcall(os.setlocale, "C", "x")) show(pcall(os.setlocale, {})) show(pcall(os.setlocale, nil, {})) show(os.setlocale(nil, nil))
show(pcall(os.exit, "x")) show(pcall(os.exit, {}))
local names = {} for k in pairs(os) do names[#names + 1] = k end table.sort(names) show(unpack(names))
