-- MAX and MIN compare numbers as what they are, with a sign or without (MPI 3.1,
-- section 5.9.2); libraries do not always.
local mpi, array, check = require "mpi", require "array", require "check"
local rank, size = mpi.Comm_rank(), mpi.Comm_size()
local greatest = {
  uint8 = "255", uint16 = "65535", uint32 = "4294967295", uint64 = "18446744073709551615",
  int8 = "127", int16 = "32767", int32 = "2147483647", int64 = "9223372036854775807",
}
local least = { int8 = "-128", int16 = "-32768", int32 = "-2147483648", int64 = "-9223372036854775808" }

-- of returns a number for an array of a type: texts are for those of 64 bits.
local function of(t, number) return t:find "64" and number or tonumber(number) end

-- one returns an array of two: that of rank 0, or that of all others.
local function one(t, ofZero, ofOthers)
  ofZero, ofOthers = of(t, ofZero), of(t, ofOthers)
  local a = array.zeros(2, t)
  a[1] = rank == 0 and ofZero or ofOthers
  a[2] = rank == 0 and ofOthers or ofZero
  return a
end
local function is(a, first, second, what)
  check.eq(a:tostring(1), first, what)
  check.eq(a:tostring(2), second, what)
end

for t, most in pairs(greatest) do
  local low = least[t] or "1"
  local a = one(t, low, most)
  local alone = size == 1
  is(mpi.Allreduce(a, mpi.MAX), alone and low or most, most, t .. " MAX")
  is(mpi.Allreduce(a, mpi.MIN), low, alone and most or low, t .. " MIN")
  local b = array.zeros(2, t)
  mpi.Wait(mpi.Iallreduce(a, b, mpi.MAX))
  is(b, alone and low or most, most, t .. " Iallreduce")
  b = a:copy()
  mpi.Allreduce(mpi.IN_PLACE, b, mpi.MIN)
  is(b, low, alone and most or low, t .. " IN_PLACE")
  local r = mpi.Reduce(a, mpi.MAX, size - 1)
  if rank == size - 1 then is(r, alone and low or most, most, t .. " Reduce") end
  local s = mpi.Scan(a, mpi.MAX)
  is(s, rank == 0 and low or most, most, t .. " Scan")
  local c, d = array.zeros(1, t), array.zeros(1, t)
  c[1], d[1] = of(t, low), of(t, most)
  mpi.Reduce_local(c, d, mpi.MAX)
  check.eq(d:tostring(1), most, t .. " Reduce_local")
  mpi.Reduce_local(c, d, mpi.MIN)
  check.eq(d:tostring(1), low, t .. " Reduce_local")

  -- windows: right, or refused
  local memory = array.zeros(1, t)
  memory[1] = of(t, low)
  local w = mpi.Win_create(memory)
  w:fence()
  c[1] = of(t, most)
  local ok, e = pcall(mpi.Accumulate, c, mpi.MAX, rank, 0, w)
  w:fence()
  if ok then
    check.eq(memory:tostring(1), most, t .. " Accumulate")
  else
    check.eq(tostring(e):find("compares numbers without a sign as if they had one", 1, true) ~= nil, true, tostring(e))
    check.eq(least[t], nil, t)
  end
  w:free()
end

-- the standard's other names of the same types
for name, t in pairs{
  UNSIGNED_CHAR = "uint8", UNSIGNED_SHORT = "uint16", UNSIGNED = "uint32", UNSIGNED_LONG = "uint64", UNSIGNED_LONG_LONG = "uint64",
  SIGNED_CHAR = "int8", SHORT = "int16", INT = "int32", LONG = "int64", LONG_LONG = "int64", OFFSET = "int64", AINT = "int64", COUNT = "int64",
} do
  local low, most = least[t] or "1", greatest[t]
  local a, b = one(t, low, most), array.zeros(2, t)
  mpi.Allreduce({ a, 2, mpi[name] }, { b, 2, mpi[name] }, mpi.MAX)
  is(b, size == 1 and low or most, most, name)

  local memory, c = array.zeros(1, t), array.zeros(1, t)
  memory[1], c[1] = of(t, low), of(t, most)
  local w = mpi.Win_create(memory)
  w:fence()
  local ok, e = pcall(mpi.Accumulate, { c, 1, mpi[name] }, mpi.MAX, rank, 0, w)
  w:fence()
  if ok then
    check.eq(memory:tostring(1), most, name .. " Accumulate")
  else
    check.eq(tostring(e):find("compares numbers without a sign as if they had one", 1, true) ~= nil, true, tostring(e))
  end
  w:free()
end
