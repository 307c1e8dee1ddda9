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
		{`return mpi.help("Bcats")`, "there is no mpi.Bcats"},
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
