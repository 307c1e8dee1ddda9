package launch

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strconv"
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
// one; ok is false where there is none that is known.
func FindAncestor() (a Ancestor, ok bool) {
	for pid := os.Getppid(); pid > 1; pid = parentOf(pid) {
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

// stat returns the fields of a process that follow its name, from its state on
// (proc(5)); nil when it is gone.
func stat(pid int) [][]byte {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return nil
	}
	return bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
}

func parentOf(pid int) int {
	fields := stat(pid)
	if len(fields) < 2 {
		return 0
	}
	parent, _ := strconv.Atoi(string(fields[1]))
	return parent
}

// startOf reports when a process started, in ticks since the system did; "" for
// one that has ended.
func startOf(pid int) string {
	fields := stat(pid)
	if len(fields) < 20 || fields[0][0] == 'Z' || fields[0][0] == 'X' {
		return ""
	}
	return string(fields[19])
}

// mappedFiles lists the files that this process has mapped into its memory.
func mappedFiles() (files []string) {
	text, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(text)) {
		if at := strings.IndexByte(line, '/'); at >= 0 {
			files = append(files, strings.TrimSuffix(line[at:], "\n"))
		}
	}
	return slices.Compact(files)
}
