-- What the scripts of this folder share: checks, and lists to loop over.
local mpi, array = require "mpi", require "array"
local check = {}

check.comm = mpi.COMM_WORLD
check.rank, check.size = check.comm:rank(), check.comm:size()
check.types = {"int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64", "complex64", "complex128"}
check.real = {"int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64"}
check.integers = {"int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"}
check.lengths = {0, 1, 7}

local function show(v)
  if type(v) == "string" then return string.format("%q", v) end
  if type(v) ~= "table" then return tostring(v) end
  local parts = {}
  for i = 1, #v do parts[i] = show(v[i]) end
  return "{" .. table.concat(parts, ", ") .. "}"
end

local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  for k, v in pairs(a) do if not same(v, b[k]) then return false end end
  for k in pairs(b) do if a[k] == nil then return false end end
  return true
end

-- eq raises unless got is want; what says what was looked at.
function check.eq(got, want, ...)
  if not same(got, want) then
    error("rank " .. check.rank .. ": " .. show{...} .. ": got " .. show(got) .. ", want " .. show(want), 2)
  end
end

-- make gives an array of n elements f(1) … f(n).
function check.make(n, typ, f)
  local a = array.zeros(n, typ)
  for i = 1, n do a[i] = f(i) end
  return a
end

-- elements raises unless a has n elements f(1) … f(n).
function check.elements(a, n, f, ...)
  if #a ~= n then error("got " .. #a .. " elements, want " .. n .. ": " .. show{...}, 2) end
  for i = 1, n do
    local v = a[i]
    if v ~= f(i) and v ~= array.complex(f(i), 0) then
      error("rank " .. check.rank .. ": " .. show{...} .. ": element " .. i .. " is " .. tostring(a[i]) .. ", want " .. tostring(f(i)), 2)
    end
  end
end

-- fails raises unless f raises an error whose text contains what.
function check.fails(what, f, ...)
  local ok, err = pcall(f, ...)
  if ok then error("no error, want " .. what, 2) end
  if not tostring(err):find(what, 1, true) then error("got error " .. tostring(err) .. ", want " .. what, 2) end
  return err
end

-- long says what is known of a message of so many bytes that did not fit:
-- MPICH does not tell its length.
function check.long(bytes)
  if mpi.Get_library_version():find("Open MPI", 1, true) then return "has " .. bytes .. " bytes" end
  return "is longer"
end

-- range gives {first, …, last}.
function check.range(first, last)
  local list = {}
  for i = first, last do list[#list + 1] = i end
  return list
end

-- both runs body with collectives that sit in C and with those that can be left.
function check.both(body)
  for _, on in ipairs{false, true} do
    local before = mpi.cancellable(on)
    body(on)
    mpi.cancellable(before)
  end
end

return check
