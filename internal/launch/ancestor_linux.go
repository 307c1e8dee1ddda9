package launch

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// launcherNames are the processes that start ranks, as the system names them:
// launchers, and what they run on each host.
var launcherNames = []string{"mpirun", "mpiexec", "mpiexec.hydra", "orterun", "prterun", "orted", "prted", "prte", "hydra_pmi_proxy", "slurmstepd"}

// Ancestor is the launcher's process that started this one on its machine.
type Ancestor struct {
	ProcessID
	Name  string
	words *os.File // the launcher's standard error, nil where it cannot be had
}

// FindAncestor looks for the launcher's process among the ancestors of this
// one (in a container it may be the first process); ok is false where there is none that is known.
func FindAncestor() (a Ancestor, ok bool) {
	for pid := os.Getppid(); pid > 0; pid = parentOf(pid) {
		name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
		if err != nil {
			break
		}
		if a.Name = strings.TrimSpace(string(name)); slices.Contains(launcherNames, a.Name) {
			a.ProcessID = ProcessID{pid, startOf(pid)}
			return a, a.Start != ""
		}
	}
	return Ancestor{}, false
}

// KeepWords keeps a way to the launcher's standard error, which is there for
// words about its own end: what ranks write goes through the launcher.
func (a *Ancestor) KeepWords() {
	f, err := os.OpenFile(fmt.Sprintf("/proc/%d/fd/2", a.Pid), os.O_WRONLY|os.O_APPEND|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
	if err == nil {
		a.words = f
	}
}

// Say writes a line to the launcher's standard error, if there is a way.
func (a *Ancestor) Say(line string) {
	if a.words != nil {
		_, _ = a.words.WriteString(line + "\n")
	}
}

// Hears reports whether there is a way for Say.
func (a *Ancestor) Hears() bool { return a.words != nil }
