package mpitest

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Process is a living process of a job.
type Process struct {
	Pid, Parent int
	Args        []string
}

// Name is the base name of its program.
func (p Process) Name() string {
	if len(p.Args) == 0 {
		return ""
	}
	return filepath.Base(p.Args[0])
}

// Env returns a variable of the environment that it was started with, or "".
func (p Process) Env(name string) string {
	environ, _ := os.ReadFile(fmt.Sprintf("/proc/%d/environ", p.Pid))
	for entry := range strings.SplitSeq(string(environ), "\x00") {
		if value, ok := strings.CutPrefix(entry, name+"="); ok {
			return value
		}
	}
	return ""
}

func list(processes []Process) string {
	var b strings.Builder
	for _, p := range processes {
		fmt.Fprintf(&b, "  %d (child of %d): %s\n", p.Pid, p.Parent, strings.Join(p.Args, " "))
		threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", p.Pid))
		for _, thread := range threads {
			name, _ := os.ReadFile(filepath.Join(thread, "comm"))
			wchan, _ := os.ReadFile(filepath.Join(thread, "wchan"))
			state, _, _ := strings.Cut(after(thread+"/status", "State:"), "\n")
			fmt.Fprintf(&b, "      %s %s: %s in %s\n", filepath.Base(thread), bytes.TrimSpace(name), strings.TrimSpace(state), wchan)
		}
	}
	return b.String()
}

func after(file, label string) string {
	text, _ := os.ReadFile(file)
	_, rest, _ := strings.Cut(string(text), label)
	return rest
}
