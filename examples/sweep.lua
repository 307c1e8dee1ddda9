-- A parameter sweep whose items may fail: retries, results for what failed for
-- good, results saved as they come.  Run it with:
--   mpiclus-lua run sweep.lua [workers]
local cluster = require "cluster"

local n = tonumber(arg[1]) or 4
local manager = cluster.MPIManager{ np = n }
cluster.addprocs(manager)

-- The model to be run for each setting. Some settings have no solution, and
-- some fail the first time, as a busy licence server or a full disk would
-- make them.
local function simulate(setting)
    if setting.friction < 0 then error("friction must not be negative") end
    attempts = attempts or {}                     -- a global: it stays on its worker
    attempts[setting.id] = (attempts[setting.id] or 0) + 1
    if setting.id % 7 == 0 and attempts[setting.id] == 1 then
        error{ temporary = true }
    end
    local v, x, dt = setting.speed, 0, 0.001
    while v > 0.001 do                            -- a body that friction slows down
        x, v = x + v * dt, v - setting.friction * v * dt
    end
    return x
end

local settings = {}
for i = 1, 40 do
    settings[i] = { id = i, speed = i, friction = i % 10 == 0 and -1 or 1 + i % 3 }
end

local delays = {}                                 -- in seconds; one more try than there are workers:
for i = 1, n do delays[i] = (i - 1) * 0.01 end    -- then one of them tries for the second time

local saved = 0
local distances = cluster.pmap(simulate, settings, {
    retry_delays = delays,
    retry_check = function(e) return type(e.value) == "table" and e.value.temporary end,
    on_error = function(e, setting) return false end,         -- false: no solution
    on_result = function(distance, setting, i) saved = saved + 1 end,
})

local solved = 0
for i, distance in ipairs(distances) do
    if distance then
        solved = solved + 1
        local s = settings[i]                     -- v falls from speed to 0.001: x = (speed - 0.001) / friction
        assert(math.abs(distance - (s.speed - 0.001) / s.friction) < 0.01, "setting " .. i)
    else
        assert(settings[i].friction < 0)
    end
end
assert(#distances == 40 and saved == 40 and solved == 36)
print(("%d of %d settings have a solution"):format(solved, #settings))
