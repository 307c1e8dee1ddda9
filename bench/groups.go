package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"time"
)

// groups lists what is measured. build is a folder for what is compiled.
func groups(build string) []*group {
	return []*group{
		{
			name: "start", unit: "s",
			contestants: []*contestant{
				{label: "ours", measure: firstLine(*command, "run", "-n", "4", program("start.lua"))},
				{label: "mpi4py", measure: whole(mpirun(4, *python, "-c", "from mpi4py import MPI")...)},
			},
			rows: []row{{"start", "to the end of a first mpido, 4 workers", 1.3}},
		},
		{
			name: "messages", unit: "µs",
			contestants: []*contestant{
				{label: "ours", measure: printed(*command, "run", program("messages.lua"))},
				{label: "mpi4py", measure: printed(mpirun(2, *python, program("messages.py"))...)},
				{label: "C", measure: compiled(build, "messages.c")},
			},
			rows: []row{
				{"pingpong-8", "ping-pong of 8 B, half a round trip", 0.75},
				{"pingpong-65536", "ping-pong of 64 KiB", 0},
				{"pingpong-4194304", "ping-pong of 4 MiB", 0},
				{"record", "a table (dict) of a string and a list of three", 0},
				{"table-131072", "a table (list) of 131,072 numbers", 0},
				{"exchange-1", "Irecv, Isend and Waitall of 1 float64", 0},
				{"allreduce-1", "Allreduce of 1 float64", 0},
				{"allreduce-1048576", "Allreduce of 2^20 float64", 0},
			},
		},
		{
			name: "mpido", unit: "µs",
			contestants: []*contestant{
				{label: "ours", measure: printed(*command, "run", program("mpido.lua"))},
				{label: "ipyparallel", measure: needs("ipyparallel", printed(*python, program("mpido.py")))},
			},
			rows: []row{{"mpido-empty", "empty mpido (apply_sync), 4 workers", 0.06}},
		},
		{
			name: "calls", unit: "µs",
			contestants: []*contestant{
				{label: "ours", measure: printed(*command, "run", program("calls.lua"))},
				{label: "mpi4py.futures", measure: printed(mpirun(3, *python, "-m", "mpi4py.futures", program("calls.py"))...)},
			},
			rows: []row{
				{"call-empty", "empty remotecall_fetch, 2 workers", 0.35},
				{"map-5000", "an item of a pmap of 5,000", 0.25},
				{"echo-1000", "echo of 10^3 float64", 0.4},
				{"echo-1000000", "echo of 10^6 float64", 0.4},
			},
		},
		{
			name: "idle", unit: "% of a core",
			contestants: []*contestant{{label: "ours", measure: printed(*command, "run", program("idle.lua"))}},
			rows: []row{
				{"idle", "an idle worker", 2},
				{"idle-supervisor", "its supervisor", 0},
				{"recv", "a worker in a Recv", 2},
				{"recv-supervisor", "its supervisor", 0},
			},
		},
	}
}

func program(name string) string { return filepath.Join(*folder, name) }

// whole measures a command from its start to its end.
func whole(words ...string) func() (map[string]float64, error) {
	return func() (map[string]float64, error) {
		begin := time.Now()
		_, err := output(words...)
		return map[string]float64{"start": time.Since(begin).Seconds()}, err
	}
}

// compiled measures a program in C, which is compiled once.
func compiled(build, source string) func() (map[string]float64, error) {
	exe := filepath.Join(build, source+".exe")
	made := false
	return func() (map[string]float64, error) {
		if !made {
			if out, err := exec.Command("mpicc", "-O2", "-o", exe, program(source)).CombinedOutput(); err != nil {
				return nil, fmt.Errorf("mpicc: %w: %s", err, out)
			}
			made = true
		}
		return printed(mpirun(2, exe)...)()
	}
}

// needs keeps a contestant away where its Python module is not installed.
func needs(module string, measure func() (map[string]float64, error)) func() (map[string]float64, error) {
	return func() (map[string]float64, error) {
		if _, err := output(*python, "-c", "import "+module); err != nil {
			return nil, fmt.Errorf("%w: apt-get install python3-%s", errMissing, module)
		}
		return measure()
	}
}
