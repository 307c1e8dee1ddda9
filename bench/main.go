// Command bench measures this software against mpi4py, mpi4py.futures,
// ipyparallel and C on this machine and prints a table; `make bench` runs it.
// The figures are medians of runs that take turns, so that a busy machine is
// unfair to nobody.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

func main() {
	flag.Parse()
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run() (err error) {
	build, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(build)) }()
	out := io.Writer(os.Stdout)
	if *results != "" {
		if err := os.MkdirAll(*results, 0o777); err != nil {
			return err
		}
		file, err := os.Create(filepath.Join(*results, time.Now().Format("2006-01-02-150405")+".txt"))
		if err != nil {
			return err
		}
		defer file.Close()
		out = io.MultiWriter(os.Stdout, file)
	}
	fmt.Fprintln(out, machine())
	for _, g := range append(append(groups(build), modeGroups()...), pluginGroups(build)...) {
		if *only != "" && !strings.Contains(","+*only+",", ","+g.name+",") {
			continue
		}
		if err := g.measure(*runs); err != nil {
			return fmt.Errorf("%s: %w", g.name, err)
		}
		g.print(out)
	}
	return nil
}

// machine says where the figures come from, and how busy it is.
func machine() string {
	model := ""
	info, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(info)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			model = strings.TrimSpace(value)
			break
		}
	}
	load, _ := os.ReadFile("/proc/loadavg")
	text, _ := output(*command, "version")
	return fmt.Sprintf("%s\n%s, %d processors, load %s\nmedians of %d runs; ratio: ours to the first peer",
		strings.TrimSpace(string(text)), model, runtime.NumCPU(), strings.TrimSpace(string(load)), *runs)
}
