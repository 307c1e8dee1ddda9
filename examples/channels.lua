-- A pipeline through channels: one process makes items, some work on them, the
-- master collects the results as they come.  Run it with:
--   mpiclus-lua run channels.lua [workers]
local cluster = require "cluster"

local n = math.max(tonumber(arg[1]) or 4, 2)
local manager = cluster.MPIManager{ np = n }
local pids = cluster.addprocs(manager)

-- Few places in the first channel: the producer waits when nobody keeps up.
local jobs = cluster.RemoteChannel(pids[1], 4)
local results = cluster.RemoteChannel(1, 16)

local producer = cluster.remotecall(function(last)
    for i = 2, last do jobs:put(i) end
    jobs:close()                                  -- the loops over it end when it is empty
end, pids[1], 200)

local workers = {}
for i = 2, #pids do
    workers[#workers + 1] = cluster.remotecall(function()
        local done = 0
        for number in jobs do                     -- takes items until the channel is closed
            local prime = true
            for d = 2, math.sqrt(number) do
                if number % d == 0 then prime = false break end
            end
            results:put{ number = number, prime = prime }
            done = done + 1
        end
        return done
    end, pids[i])
end

local primes, seen = 0, 0
while seen < 199 do
    local result = results:take(60)               -- an error after a minute without any
    seen = seen + 1
    if result.prime then primes = primes + 1 end
end
cluster.wait(producer)
local total = 0
for i, done in ipairs(cluster.fetch(workers)) do total = total + done end
assert(total == 199 and primes == 46, primes .. " primes below 200")
print(primes .. " primes up to 200, found by " .. #workers .. " workers")
