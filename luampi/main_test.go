package luampi

import (
	"context"
	"fmt"
	"os"
	"runtime/pprof"
	"testing"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
)

// scriptVariable names the script that this test binary runs as one rank of
// an MPI job, instead of its tests.
const scriptVariable = "LUAMPI_TEST_SCRIPT"

func TestMain(m *testing.M) {
	if script := os.Getenv(scriptVariable); script != "" {
		os.Exit(runScript(script))
	}
	os.Exit(m.Run())
}

// runScript runs a file of Lua in an MPI process and gives the exit status.
func runScript(file string) int {
	s, err := mpi.Init(mpi.Config{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 3
	}
	if file := os.Getenv("LUAMPI_TEST_PROFILE"); file != "" {
		f, _ := os.Create(file)
		_ = pprof.StartCPUProfile(f)
		defer pprof.StopCPUProfile()
	}
	in := interp.New(interp.Config{})
	in.AddModule("array", array.Open)
	in.AddModule("mpi", Open(in, in.Codec(), s))
	in.Run(context.Background(), file, func(t *interp.Task) {
		source, readErr := os.ReadFile(file)
		if err = readErr; err != nil {
			return
		}
		fn, loadErr := in.Codec().Chunks.Load(t.L(), file, string(source))
		if err = loadErr; err != nil {
			return
		}
		_, err = t.Call(fn)
	})
	if err != nil {
		fmt.Fprintf(os.Stderr, "rank %d: %v\n", s.Info().Rank, err)
		s.Abort(1)
		return 1
	}
	if err := s.Finalize(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}
