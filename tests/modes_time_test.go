package tests

import (
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/mpiclus/mpiclus-lua/tests/mpitest"
)

// attempts is how often a bound on time may be missed: other programs run on
// the machine, too.
const attempts = 4

// measured runs a job and returns the numbers that a pattern captures in its
// output.
func measured(t *testing.T, c mpitest.Command, pattern string) []float64 {
	t.Helper()
	c.Alone = true
	c.Env = append(c.Env, "OMPI_MCA_mpi_yield_when_idle=0") // as mpirun has it where ranks do not outnumber processors
	r := mpitest.Run(t, c)
	var numbers []float64
	for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(r.Stdout, -1) {
		for _, text := range m[1:] {
			n, err := strconv.ParseFloat(text, 64)
			if err != nil {
				t.Fatal(err)
			}
			numbers = append(numbers, n)
		}
	}
	if r.Status != 0 || len(numbers) == 0 {
		t.Fatal(r)
	}
	return numbers
}

// crowded reports whether so much else runs that not even a plain sleep ends in
// time.
func crowded() bool {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return false
	}
	load, err := strconv.ParseFloat(strings.Fields(string(text))[0], 64)
	return err == nil && load > 2*float64(runtime.NumCPU())
}

// within tries until a measurement keeps its bounds. try gives what is wrong,
// "" for nothing.
func within(t *testing.T, try func() string) {
	t.Helper()
	if os.Getenv(soak) == "" {
		t.Skip("bounds on time are for a quiet machine: make soak, or make bench for the figures")
	}
	if raceEnabled {
		t.Skip("the race detector makes everything slower")
	}
	var wrong string
	for range attempts {
		if wrong = try(); wrong == "" {
			return
		}
		t.Log(wrong)
	}
	if crowded() {
		t.Skip("the machine is busy with other work")
	}
	t.Error(wrong)
}

// TestIdle: a job that has nothing to do takes at most 2.5 % of a core for
// each rank, and the first message after a pause takes at most 5 ms.
func TestIdle(t *testing.T) {
	for _, mode := range allInMPI {
		t.Run(mode, func(t *testing.T) {
			within(t, func() string {
				n := measured(t, ranked(t, 2, "idle.lua", mode, "4", "100"), `(?:idle|p99) ([\d.]+) (?:%|ms)`)
				t.Log(n)
				if n[0] > 2.5 || n[1] > 2.5 || n[2] > 5 {
					return fmt.Sprintf("idle ranks take %.2f %% and %.2f %% of a core, a first message %.3f ms (p99)", n[0], n[1], n[2])
				}
				return ""
			})
		})
	}
}

// TestCallsDuringBarrier: ranks that wait in a barrier answer at once.
func TestCallsDuringBarrier(t *testing.T) {
	for _, mode := range allInMPI {
		t.Run(mode, func(t *testing.T) {
			within(t, func() string {
				n := measured(t, ranked(t, 3, "barrier.lua", mode, "5"), `p99 ([\d.]+) ms`)
				if n[0] > 5 {
					return fmt.Sprintf("during a barrier of 5 s a remote call takes %.3f ms (p99)", n[0])
				}
				return ""
			})
		})
	}
}

// TestEcho: messages over MPI are no slower than over TCP.
func TestEcho(t *testing.T) {
	within(t, func() string {
		const pattern = `(?:8KB|8MB) ([\d.]+) ms`
		tcp := measured(t, ranked(t, 2, "echo.lua", overTCP), pattern)
		mpi := measured(t, ranked(t, 2, "echo.lua", overMPI), pattern)
		t.Logf("8 KB: %.3f ms over MPI, %.3f over TCP; 8 MB: %.3f, %.3f", mpi[0], tcp[0], mpi[1], tcp[1])
		if mpi[0] > 1.1*tcp[0] || mpi[1] > 1.1*tcp[1] {
			return fmt.Sprintf("over MPI echoes of 8 KB and 8 MB take %v ms, over TCP %v ms", mpi, tcp)
		}
		return ""
	})
}
