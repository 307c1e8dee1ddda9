-- What scripts do most, for the profile that the compiler optimizes the
-- executable of the workers with.  Run by `make profile` on two ranks.
local mpi = require "mpi"
local array = require "array"
local profile = require "profile"

local rank, other = mpi.Comm_rank(), 1 - mpi.Comm_rank()
local seconds = 1.5 -- of each part

local function messages()
  local a = array.zeros(8, "uint8")
  for i = 1, 2000 do
    if rank == 0 then mpi.Send(a, 1, 0) mpi.Recv(a, 1, 0) else mpi.Recv(a, 0, 0) mpi.Send(a, 0, 0) end
  end
end

local function requests()
  local a, b = array.zeros(16), array.zeros(16)
  for i = 1, 500 do
    mpi.Waitall{ mpi.Irecv(a, other, 1), mpi.Isend(b, other, 1) }
    mpi.Sendrecv(a, other, 2, b, other, 2)
  end
end

local function collectives()
  local a, b = array.ones(4), array.zeros(4)
  for i = 1, 500 do
    mpi.Allreduce(a, b, mpi.SUM)
    mpi.Bcast(a, 0)
    mpi.Comm_rank()
    mpi.Wtime()
  end
end

local function values()
  local t = { name = "point", 1, 2.5, true, { x = 1, y = { 2, 3 } } }
  for i = 1, 200 do
    if rank == 0 then mpi.send(t, 1, 0) else mpi.recv(0, 0) end
    mpi.allgather(i)
  end
end

local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end

local function numbers()
  local s = 0
  for i = 1, 20000 do
    s = s + i * 0.5 - s / 3
    if s > 1e9 or i % 7 == 0 then s = s - math.floor(s) end
  end
  return s
end

local function tables()
  local t, s = {}, 0
  for i = 1, 3000 do t[i] = { x = i, y = -i } end
  for i, p in ipairs(t) do s = s + p.x * p.y end
  for i = 1, #t do t[i].x = t[i].y + 1 end
  table.sort(t, function(a, b) return a.x < b.x end)
  return s
end

local function texts()
  local t = {}
  for i = 1, 500 do t[#t + 1] = ("%d:%s"):format(i, tostring(i * 0.5)):upper() end
  return #table.concat(t, ",")
end

local Point = {}
Point.__index = Point
Point.__add = function(a, b) return setmetatable({ x = a.x + b.x }, Point) end
function Point:move(d) self.x = self.x + d end

local function objects()
  local p = setmetatable({ x = 0 }, Point)
  for i = 1, 2000 do p:move(i) p = p + p p.x = 0 end
end

local function arrays()
  local a = array.zeros(100)
  for i = 1, #a do a[i] = i * 2 end
  local s = 0
  for i = 1, #a do s = s + a[i] end
  return (a * 2 + 1):sum() + s
end

profile.start(("%s/%d.prof"):format(arg[1], rank))
for _, part in ipairs{ messages, requests, collectives, values } do
  local stop = array.zeros(1)
  local begin = mpi.Wtime()
  repeat
    part()
    if rank == 0 then stop[1] = mpi.Wtime() - begin > seconds and 1 or 0 end
    mpi.Bcast(stop, 0)
  until stop[1] == 1
end
for _, part in ipairs{ function() fib(15) end, numbers, tables, texts, objects, arrays } do
  local begin = mpi.Wtime()
  repeat part() until mpi.Wtime() - begin > seconds
end
profile.stop()
