-- What a call could not free can be used as before, and be freed later, once.
local mpi, array = require "mpi", require "array"
local comm = mpi.COMM_WORLD
local file = os.getenv("REFUSE_WHILE")

local function refuse(on)
  comm:Barrier()
  if comm:rank() == 0 then
    if on then io.open(file, "w"):close() else os.remove(file) end
  end
  comm:Barrier()
end

local win, mem = mpi.Win_allocate(2)
local name = mpi.bcast(os.tmpname(), 0)
local objects = {
  Comm_free = {comm:dup(), function(c) return c:Allreduce(1, mpi.SUM) == c:size() and c:allreduce(1, mpi.SUM) == c:size() end, "was freed"},
  Group_free = {comm:group(), function(g) return g:size() == comm:size() end, "was freed"},
  Type_free = {mpi.Type_contiguous(2, mpi.DOUBLE), function(t) return t:size() == 16 end, "was freed"},
  Info_free = {mpi.Info_create(), function(i) return i:get_nkeys() == 0 end, "was freed"},
  Win_free = {win, function(w)
    w:fence()
    mem[1] = 7
    w:Put(array.full(1, 8), comm:rank(), 1)
    w:fence()
    return mem[1] == 7 and mem[2] == 8
  end, "was freed"},
  File_close = {mpi.File_open(name, mpi.MODE_RDWR + mpi.MODE_CREATE), function(f) return f:get_size() >= 0 end, "was closed"},
}
for _, call in ipairs{"Comm_free", "Group_free", "Type_free", "Info_free", "Win_free", "File_close"} do
  local object, works, gone = objects[call][1], objects[call][2], objects[call][3]
  refuse(true)
  local ok, e = pcall(mpi[call], object)
  assert(not ok and e.class == "ERR_OTHER", call .. " did not fail: " .. tostring(e))
  assert(works(object), call .. ": the object is of no use after the call failed")
  refuse(false)
  assert(works(object), call)
  mpi[call](object)
  for _, f in ipairs{mpi[call], works} do
    local ok, e = pcall(f, object)
    assert(not ok and tostring(e):find(gone, 1, true), call .. " twice: " .. tostring(e))
  end
end
collectgarbage()
comm:Barrier()
if comm:rank() == 0 then mpi.File_delete(name) end
