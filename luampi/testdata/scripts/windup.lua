-- A file that is dropped between the two steps of an access. It is the last script: Open MPI refuses File_sync on any file from then on.
local mpi, array, check = require "mpi", require "array", require "check"
local comm, rank = check.comm, check.rank
local name = comm:bcast(rank == 0 and os.tmpname() or nil, 0)
do
  local file = mpi.File_open(name, mpi.MODE_CREATE + mpi.MODE_RDWR, comm)
  check.fails("was not called", file.read_all_end, file)
  file:write_all_begin(array.full(1000, 1))
end
for i = 1, 4 do collectgarbage() end
mpi.Barrier()
if rank == 0 then os.remove(name) end

-- A window that is left with an epoch open, which ends with the job.
left = mpi.Win_allocate(4, "float64", nil, comm)
left:lock_all()
mpi.Put(array.full(1, rank), (rank + 1) % comm:size(), 0, left)
