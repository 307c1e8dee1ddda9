// Package rankenv lists what the environment of a process must say before it
// calls MPI_Init, whoever starts it. It needs no MPI.
package rankenv

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Releases are versions of MPI libraries.
type Releases int

// The releases that settings are for.
const (
	All   Releases = iota
	To4            // Open MPI 4 and older, whose launcher is ORTE's orterun
	From5          // Open MPI 5 and newer, whose launcher is PRRTE's prterun
	MPICH          // none of Open MPI: MPICH's
)

// A Setting is one variable, with its value and the reason.
type Setting struct {
	Of               Releases
	Name, Value, Why string
}

// Settings holds what each rank needs. What was measured is from Open MPI 4.1.4 and
// 5.0.7, on 2 cores.
//
// Open MPI's BTLs can read or write a message's memory in one step ("get" and "put";
// between the ranks of a machine by CMA, KNEM or XPMEM). PML ob1 does this with the length of the message, also when the array of
// the receive is shorter: what lies behind the array is overwritten, and then the
// receive ends with MPI_ERR_TRUNCATE. Without the two, the parts of a message are
// unpacked into the array up to its end. Larger parts make up for it: 8 MiB between
// two ranks take 0.33 ms instead of 0.74 ms, 4 KiB 1.0 µs instead of 2.6 µs (4.1.4).
//
// Of Open MPI 4's components for windows, rdma ends the process in Compare_and_swap.
// Without it Win_allocate and Win_allocate_shared take sm, which needs nothing of
// the target. For Win_create ucx is next: of 1 MB that is put, a part is missing
// after the fence in one of 1,000 cases, its table of attached arrays frees entries
// twice, and memory of a window that it has read into cannot be given back. Without
// it pt2pt is taken, which waits until the target calls MPI (docs/mpi.md has a table).
// In Open MPI 5 the next choice without rdma, ucx, fails for every window.
var Settings = []Setting{
	{All, "UCX_DEBUG_SIGNO", "0", "UCX must leave a hang-up to the ranks: it would only write its own state"},
	{All, "UCX_ERROR_SIGNALS", "SIGILL,SIGBUS,SIGFPE", "UCX must leave SIGSEGV to the Go runtime"},
	{All, "UCX_MEMTYPE_CACHE", "no", "its hooks in memory calls are of no use to a Go program"},
	{MPICH, "UCX_LOG_LEVEL", "error", "UCX warns, on standard output, of each operation that was left when MPI ends"},
	{To4, "OMPI_MCA_osc", "^rdma,ucx", "rdma and ucx have wrong results"},
	{All, "OMPI_MCA_btl_self_flags", "send,inplace", "a message that is too long would overwrite what lies behind the array of its receive"},
	{All, "OMPI_MCA_btl_tcp_flags", "send,inplace", "the same"},
	{To4, "OMPI_MCA_btl_vader_flags", "send,inplace", "the same"},
	{From5, "OMPI_MCA_smsc", "^cma,knem,xpmem", "the same"},
	{All, "OMPI_MCA_btl_tcp_max_send_size", "524288", "parts of this size are as fast as put"},
	{To4, "OMPI_MCA_btl_vader_max_send_size", "262144", "parts of this size are faster than one copy of all"},
	{From5, "OMPI_MCA_btl_sm_max_send_size", "262144", "the same"},
}

// Of returns the settings for a major version of Open MPI; 0 is one that is not
// known, and counts as the newest.
func Of(major int) []Setting {
	return slices.DeleteFunc(slices.Clone(Settings), func(s Setting) bool { return !s.Of.Include(major) })
}

// Include reports whether a major version of Open MPI is among the releases.
func (r Releases) Include(major int) bool {
	older := major > 0 && major < 5
	return r == All || r == To4 && older || r == From5 && !older
}

// parameterFolders are where users keep files of parameters, by the prefix of the
// variables that say the same.
var parameterFolders = map[string]string{"OMPI_MCA_": ".openmpi", "PRTE_MCA_": ".prte", "PMIX_MCA_": ".pmix"}

// InParameterFile returns what the user, whose folder home is, has set in their file
// of parameters of what a variable is for; ok is false when they have not. Variables
// would win over it.
func InParameterFile(home, variable string) (value string, ok bool) {
	for prefix, folder := range parameterFolders {
		if parameter, ok := strings.CutPrefix(variable, prefix); ok {
			return setting(filepath.Join(home, folder, "mca-params.conf"), parameter)
		}
	}
	return "", false
}

// setting returns what a file sets last of a parameter.
func setting(file, parameter string) (value string, ok bool) {
	f, err := os.Open(file)
	if err != nil {
		return "", false
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		key, text, isSetting := strings.Cut(lines.Text(), "=")
		if isSetting && strings.TrimSpace(key) == parameter {
			value, ok = strings.TrimSpace(text), true
		}
	}
	return value, ok
}
