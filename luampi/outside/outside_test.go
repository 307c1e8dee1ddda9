package outside

import (
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

func newState(t *testing.T) (*lua.LState, *lua.LTable) {
	L := lua.NewState()
	t.Cleanup(L.Close)
	L.PreloadModule("mpi", Open("v1.2.3"))
	if err := L.DoString(`mpi = require "mpi"`); err != nil {
		t.Fatal(err)
	}
	return L, L.GetGlobal("mpi").(*lua.LTable)
}

// Every name of the tables is there, and each is a value of its own, so that
// it can travel by name.
func TestEveryName(t *testing.T) {
	_, module := newState(t)
	seen := map[lua.LValue]string{}
	look := func(name string) {
		v := module.RawGetString(name)
		if v == lua.LNil {
			t.Errorf("no mpi.%s", name)
		}
		if other := seen[v]; other != "" {
			t.Errorf("mpi.%s is mpi.%s", name, other)
		}
		seen[v] = name
	}
	for _, c := range table.All {
		look(c.Name)
	}
	for _, c := range table.Constants {
		look(c.Name)
	}
}

func TestScripts(t *testing.T) {
	for _, script := range []struct{ source, want string }{
		{`return tostring(mpi.COMM_WORLD)`, "mpi.COMM_WORLD"},
		{`return mpi.Initialized()`, "false"},
		{`local t = mpi.Wtime() while mpi.Wtime() == t do end return mpi.Wtime() > t and mpi.Wtick() < 1`, "true"},
		{`return mpi.Get_library_version()`, "none (v1.2.3, outside of MPI)"},
		{`return (mpi.help("Send"):gsub("\n.*", ""))`, "mpi.Send(send, dest, [tag=0], [comm=COMM_WORLD])"},
		{`return select(2, pcall(mpi.Send)).kind`, "mpi"},
		{`return mpi.Comm_rank()`, "mpi.Comm_rank: this process is not part of an MPI job: run it on workers with cluster.mpido, or start with mpirun"},
		{`return mpi.COMM_WORLD:rank()`, "mpi.rank: this process is not part of an MPI job"},
		{`return mpi.bcast({})`, "<string>:1: mpi.bcast: this process"},
		{`return mpi.help("Bcats")`, "there is no mpi.Bcats: did you mean mpi.Bcast?"},
		{`return mpi.SUMM`, "<string>:1: there is no mpi.SUMM: did you mean mpi.SUM?"},
		{`return mpi.INT_OF_MINE`, "<string>:1: there is no mpi.INT_OF_MINE"},
		{`return mpi.FLOAT64`, "there is no mpi.FLOAT64: did you mean mpi.DOUBLE?"},
		{`return mpi.FLOAT32`, "there is no mpi.FLOAT32: did you mean mpi.FLOAT?"},
		{`return mpi.COMPLEX128`, "there is no mpi.COMPLEX128: did you mean mpi.C_DOUBLE_COMPLEX?"},
		{`return mpi.MODE_READ`, "there is no mpi.MODE_READ: did you mean mpi.MODE_RDONLY?"},
		{`return mpi.MODE_WRITE`, "there is no mpi.MODE_WRITE: did you mean mpi.MODE_WRONLY?"},
		{`return mpi.MPI_COMM_WORLD`, "there is no mpi.MPI_COMM_WORLD: did you mean mpi.COMM_WORLD?"},
		{`return mpi.MPI_INT`, "there is no mpi.MPI_INT: did you mean mpi.INT?"},
		{`return mpi.MPI_Comm_spawn("x")`, "mpi.MPI_Comm_spawn is not offered by mpiclus-lua: start more workers"},
		{`return (mpi.help("MPI_Send"):gsub("\n.*", ""))`, "mpi.Send(send, dest, [tag=0], [comm=COMM_WORLD])"},
		{`return (mpi.help("mpi.Send"):gsub("\n.*", ""))`, "mpi.Send(send, dest, [tag=0], [comm=COMM_WORLD])"},
		{`return mpi.help("Compute_dims")`, "there is no mpi.Compute_dims: did you mean mpi.Dims_create?"},
		{`return mpi.help("MPI_Bcats")`, "there is no mpi.MPI_Bcats: did you mean mpi.Bcast?"},
		{`mpi.MINE = 7 return mpi.MINE + (rawget(mpi, "SUMM") or 0)`, "7"},
		{`return mpi.Comm_spawn("x")`, "mpi.Comm_spawn is not offered by mpiclus-lua: start more workers"},
		{`return tostring(mpi.Bcats)`, "nil"},
	} {
		L, _ := newState(t)
		var got string
		if err := L.DoString(script.source); err != nil {
			got = L.ToStringMeta(err.(*lua.ApiError).Object).String()
		} else {
			got = L.Get(-1).String()
		}
		if !strings.Contains(got, script.want) {
			t.Errorf("%s: got %q, want %q", script.source, got, script.want)
		}
	}
}
