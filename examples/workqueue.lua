-- A queue of work without anybody who hands it out: the next item is a number
-- in a window on rank 0, which each rank takes and increments in one step,
-- also while rank 0 computes.  Run it with:  mpiclus-lua run workqueue.lua [workers]
local cluster = require "cluster"
local mpi = require "mpi"
local array = require "array"

local n = tonumber(arg[1]) or 4
local manager = cluster.MPIManager{ np = n }
cluster.addprocs(manager)

local items = 40 * n

local shares = cluster.mpido(manager, function()
    local rank = mpi.Comm_rank()
    local win, counter = mpi.Win_allocate(rank == 0 and 1 or 0, "int64")
    local one, next_item = array.full(1, 1, "int64"), array.zeros(1, "int64")

    -- Item i is how long Collatz's sequences from some numbers on are: nobody
    -- knows before how much work that is.
    local function work(i)
        local steps = 0
        for first = 100 * i + 1, 100 * i + 100 do
            local x = first
            while x ~= 1 do
                x = x % 2 == 0 and x / 2 or 3 * x + 1
                steps = steps + 1
            end
        end
        return steps
    end

    local done, sum = 0, 0
    win:lock_all()
    mpi.Barrier() -- nobody takes an item before all windows are open
    while true do
        win:Fetch_and_op(one, next_item, mpi.SUM, 0)
        win:flush(0)
        local i = next_item[1]
        if i >= items then break end
        sum, done = sum + work(i), done + 1
    end
    win:unlock_all()

    -- Every item was taken once: the sums of all ranks are those of one.
    local total, taken = mpi.Allreduce(sum, mpi.SUM), mpi.Allreduce(done, mpi.SUM)
    win:free()
    if rank == 0 then
        local alone = 0
        for i = 0, items - 1 do alone = alone + work(i) end
        assert(taken == items and total == alone)
    end
    return done
end)

for rank, done in cluster.each(shares) do print(("rank %d took %d of %d items"):format(rank, done, items)) end
