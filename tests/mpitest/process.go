package mpitest

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
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

// Processes lists the living processes of the job, wherever they moved to:
// all have the job's mark in their environment. Where there is no /proc it
// knows of none.
func (j *Job) Processes() (found []Process) {
	dirs, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range dirs {
		environ, err := os.ReadFile(filepath.Join(dir, "environ"))
		if err != nil || !bytes.Contains(environ, []byte(j.mark)) {
			continue
		}
		stat, err := os.ReadFile(filepath.Join(dir, "stat"))
		if err != nil {
			continue
		}
		// "pid (any name) state ppid …", see proc(5).
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		if fields[0] == "Z" || fields[0] == "X" {
			continue
		}
		words, _ := os.ReadFile(filepath.Join(dir, "cmdline"))
		p := Process{Args: strings.Split(strings.TrimRight(string(words), "\x00"), "\x00")}
		p.Pid, _ = strconv.Atoi(filepath.Base(dir))
		p.Parent, _ = strconv.Atoi(fields[1])
		found = append(found, p)
	}
	return found
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

// expire ends a job whose limit has passed. First the processes at the ends
// of the tree tell their stacks, while those that pass output on still live.
func (j *Job) expire() {
	processes := j.Processes()
	j.mu.Lock()
	j.expired = true
	j.stuck = list(processes)
	j.mu.Unlock()
	isParent := func(p Process) bool {
		return slices.ContainsFunc(processes, func(c Process) bool { return c.Parent == p.Pid })
	}
	for _, parents := range []bool{false, true} {
		var told []int
		for _, p := range processes {
			if isParent(p) == parents && !On().Launches(p) {
				_ = syscall.Kill(p.Pid, syscall.SIGABRT)
				told = append(told, p.Pid)
			}
		}
		j.awaitEnd(told, dumpWait)
		time.Sleep(passWait)
	}
	j.killAll()
}

// awaitEnd returns when processes of the job are gone, or after a limit.
func (j *Job) awaitEnd(pids []int, limit time.Duration) {
	lives := func(p Process) bool { return slices.Contains(pids, p.Pid) }
	for end := time.Now().Add(limit); time.Now().Before(end) && slices.ContainsFunc(j.Processes(), lives); {
		time.Sleep(10 * time.Millisecond)
	}
}

// killAll kills what is left, the command first: it may start others.
func (j *Job) killAll() {
	for range 500 {
		left := j.Processes()
		if len(left) == 0 {
			return
		}
		for _, p := range left {
			_ = syscall.Kill(p.Pid, syscall.SIGKILL)
		}
		time.Sleep(10 * time.Millisecond)
	}
}
