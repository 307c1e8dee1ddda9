package luampi

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime/pprof"
	"sort"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
)

const (
	scriptsVariable = "LUAMPI_TEST_SCRIPTS" // files, separated by colons
	callsVariable   = "LUAMPI_TEST_CALLS"   // file for the names of the calls that ran
	profileVariable = "LUAMPI_TEST_PROFILE" // file for a CPU profile
)

// scriptRank runs scripts, each as a task of its own, and says which
// functions of the module they called.
func scriptRank() int {
	s, err := mpi.Init(mpi.Config{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 3
	}
	if name := os.Getenv(profileVariable); name != "" {
		f, _ := os.Create(name)
		_ = pprof.StartCPUProfile(f)
		defer pprof.StopCPUProfile()
	}
	in := interp.New(interp.Config{})
	called := map[string]bool{}
	if os.Getenv(callsVariable) != "" {
		onCall = func(name string) { called[name] = true }
	}
	in.AddModule("array", array.Open)
	in.AddModule("mpi", Open(in, in.Codec(), s))
	for _, file := range strings.Split(os.Getenv(scriptsVariable), ":") {
		if err := runFile(in, file); err != nil {
			fmt.Fprintf(os.Stderr, "rank %d: %v\n", s.Info().Rank, err)
			s.Abort(1)
			return 1
		}
	}
	if name := os.Getenv(callsVariable); name != "" && s.Info().Rank == 0 {
		_ = os.WriteFile(name, []byte(strings.Join(sorted(called), "\n")), 0o600)
	}
	if err := s.Finalize(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func sorted(set map[string]bool) []string {
	var names []string
	for name := range set {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func runFile(in *interp.Interp, file string) (err error) {
	in.Run(context.Background(), file, func(t *interp.Task) {
		L := t.L()
		L.SetField(L.GetGlobal("package"), "path", lua.LString(filepath.Join(filepath.Dir(file), "?.lua")))
		L.SetGlobal("__fails", L.NewFunction(mustFail))
		source, e := os.ReadFile(file)
		if err = e; err != nil {
			return
		}
		fn, e := in.Codec().Chunks.Load(L, filepath.Base(file), checked(string(source)))
		if err = e; err != nil {
			return
		}
		_, err = t.Call(fn)
	})
	return err
}

var mark = regexp.MustCompile(`^(.*?)\s*--! (.*)$`)

// checked turns a line that ends in "--! regexp" into a check that it raises
// an error that matches.
func checked(script string) string {
	lines := strings.Split(script, "\n")
	for i, line := range lines {
		if m := mark.FindStringSubmatch(line); m != nil {
			lines[i] = fmt.Sprintf("__fails(%d, function() %s end, [==[%s]==])", i+1, m[1], m[2])
		}
	}
	return strings.Join(lines, "\n")
}

func mustFail(L *lua.LState) int {
	line, want := L.CheckInt(1), L.CheckString(3)
	L.Push(L.Get(2))
	err := L.PCall(0, 0, nil)
	if err == nil {
		L.RaiseError("line %d: no error, want %s", line, want)
	}
	text := L.ToStringMeta(err.(*lua.ApiError).Object).String()
	if !regexp.MustCompile(want).MatchString(text) {
		L.RaiseError("line %d: error %s, want %s", line, text, want)
	}
	return 0
}
