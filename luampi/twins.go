package luampi

// twins lists the calls that take any Lua value.
func (m *module) twins() map[string]implementation {
	out := map[string]implementation{}
	for _, name := range []string{"send", "recv", "sendrecv", "isend", "irecv", "bcast", "gather", "scatter", "allgather", "alltoall", "reduce", "allreduce", "scan", "exscan"} {
		out[name] = nothing
	}
	return out
}
