-- Probes for Lua values.
local mpi, array, check = require "mpi", require "array", require "check"
local comm, rank, size = check.comm, check.rank, check.size
local right, left = (rank + 1) % size, (rank - 1) % size

local long = array.range(1, 5000)
for _, value in ipairs{"short", long, ("x"):rep(100000), false} do
  local function same(v) if value == long then return v == long end return v == value end
  local s = mpi.isend(value, right, 5)
  local a = mpi.Isend(array.full(1, rank), right, 5) -- of the other kind, with the same tag
  local st = mpi.probe()
  check.eq({st.source, st.tag}, {left, 5})
  st = comm:probe(left, 5)
  check.eq({st.source, st.tag}, {left, 5})
  local flag, again = mpi.iprobe(mpi.ANY_SOURCE, 5, comm)
  check.eq({flag, again.source}, {true, left})
  check.eq(mpi.Iprobe(left, 6), false)
  check.eq({mpi.iprobe(left, 6)}, {false})
  check.eq(mpi.Probe(left, 5).tag, 5) -- sees the array, not the value
  local v, got = mpi.recv(st.source, st.tag)
  check.eq({same(v), got.source, got.tag}, {true, left, 5})
  check.eq({mpi.iprobe()}, {false})
  local one = array.zeros(1)
  mpi.Recv(one, left, 5)
  check.eq(one[1], left)
  mpi.Waitall{s, a}
  mpi.Barrier()
end

-- a message that was taken goes to who took it, whoever else receives
local s = {mpi.isend({n = 1, long = long}, right, 1), mpi.isend("second", right, 1)}
local msg, st = mpi.mprobe(left, 1)
check.eq({st.source, st.tag}, {left, 1})
check.eq(mpi.recv(left, 1), "second")
local v, got = msg:recv()
check.eq({v.n, v.long == long, got.source, got.tag}, {1, true, left, 1})
check.fails("the message was received already", mpi.mrecv, msg)
mpi.Waitall(s)
check.eq({mpi.improbe()}, {false})
mpi.Barrier()
local r = mpi.isend("third", right, 2)
local flag, m
repeat flag, m, st = mpi.improbe(mpi.ANY_SOURCE, 2) until flag
check.eq({st.source, (mpi.mrecv(m))}, {left, "third"})
r:wait()

-- the two kinds of messages do not mix
r = {mpi.isend("value", right, 3), mpi.Isend(array.full(1, 7), right, 3)}
local value, plain = mpi.mprobe(left, 3), mpi.Mprobe(left, 3)
check.fails("use mpi.mrecv", mpi.Mrecv, array.zeros(1), value)
check.fails("use mpi.Mrecv", mpi.mrecv, plain)
check.fails("message expected, got string", mpi.mrecv, "x")
local one = array.zeros(1)
mpi.Mrecv(one, plain)
check.eq({one[1], (value:mrecv())}, {7, "value"})
mpi.Waitall(r)

-- nobody
check.eq(mpi.probe(mpi.PROC_NULL).source, mpi.PROC_NULL)
local none, st = mpi.mprobe(mpi.PROC_NULL)
local v, got = none:recv()
check.eq({v, got.source}, {nil, mpi.PROC_NULL})
check.fails("rank 99 is not in a communicator", mpi.probe, 99)

-- a communicator of its own
local dup = comm:dup()
local q = dup:isend("there", right, 4)
check.eq({mpi.iprobe()}, {false})
local m = dup:mprobe(left)
check.eq(m:recv(), "there")
q:wait()
mpi.Barrier()
local m = mpi.isend("x", right) and dup:isend("y", right) and dup:mprobe(left)
mpi.recv(left)
mpi.Barrier()
m:recv()
dup:free()
