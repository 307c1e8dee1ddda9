-- The same reductions as reduce.c, in Lua: the two must print the same, bit for bit.
local mpi, array = require "mpi", require "array"
local rank, n = mpi.Comm_rank(), 9
local out = io.open(os.getenv("ORACLE_OUT") .. "." .. rank, "w")

local function real(r, i) return math.fmod(r * 31 + i * 17, 23) - 11 end
local function run(typ, op)
  local float = typ:find("float")
  local a = array.zeros(n, typ)
  for i = 0, n - 1 do a[i + 1] = float and real(rank, i) / 7 or (rank * 7 + i * 3) % 5 + 1 end
  local b, c, d = array.zeros(n, typ), array.zeros(n, typ), array.zeros(n, typ)
  mpi.Allreduce(a, b, mpi[op])
  mpi.Scan(a, c, mpi[op])
  mpi.Exscan(a, d, mpi[op])
  local line = rank .. " " .. typ .. " " .. op .. ":"
  for _, x in ipairs(rank > 0 and {b, c, d} or {b, c}) do
    for i = 1, n do line = line .. " " .. string.format("%.17g", x[i]) end
  end
  out:write(line, "\n")
end
for _, op in ipairs{"SUM", "PROD", "MAX", "MIN"} do
  run("float64", op)
  run("float32", op)
end
for _, op in ipairs{"SUM", "PROD", "MAX", "MIN", "LAND", "LOR", "LXOR", "BAND", "BOR", "BXOR"} do
  for _, typ in ipairs{"int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"} do run(typ, op) end
end
out:close()
