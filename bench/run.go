package main

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

var (
	command = flag.String("command", "bin/mpiclus-lua", "the command to measure")
	folder  = flag.String("bench", "bench/programs", "the folder of the measuring programs")
	results = flag.String("results", "bench/results", "the folder where the table is kept as well; \"\": nowhere")
	python  = flag.String("python", "/usr/bin/python3", "a Python that has mpi4py")
	runs    = flag.Int("runs", 5, "runs for each median")
	only    = flag.String("only", "", "the groups to measure: start,messages,mpido,calls,idle,modes,modes-idle,plugin-ops,plugin-calls")
)

// limit ends a run that hangs.
const limit = 2 * time.Minute

// mpirun returns the command line of a peer.
func mpirun(np int, words ...string) []string {
	return append([]string{"mpirun", "--oversubscribe", "-np", strconv.Itoa(np)}, words...)
}

// firstLine measures from the start of a command to its first line, "ready".
func firstLine(words ...string) func() (map[string]float64, error) {
	return func() (map[string]float64, error) {
		cmd, cancel := start(words...)
		defer cancel()
		out, err := cmd.StdoutPipe()
		if err != nil {
			return nil, err
		}
		begin := time.Now()
		if err := cmd.Start(); err != nil {
			return nil, err
		}
		line, err := bufio.NewReader(out).ReadString('\n')
		took := time.Since(begin)
		if waitErr := cmd.Wait(); waitErr != nil || line != "ready\n" {
			return nil, fmt.Errorf("%s: first line %q (%v, %v)", strings.Join(words, " "), line, waitErr, err)
		}
		return map[string]float64{"start": took.Seconds()}, nil
	}
}

// printed reads the "name value" lines that a command prints.
func printed(words ...string) func() (map[string]float64, error) {
	return func() (map[string]float64, error) {
		out, err := output(words...)
		if err != nil {
			return nil, err
		}
		values := map[string]float64{}
		for line := range strings.Lines(string(out)) {
			if f := strings.Fields(line); len(f) == 2 {
				if v, err := strconv.ParseFloat(f[1], 64); err == nil {
					values[f[0]] = v
				}
			}
		}
		return values, nil
	}
}

// output runs a command within the limit and returns what it prints.
func output(words ...string) ([]byte, error) {
	cmd, cancel := start(words...)
	defer cancel()
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %s", strings.Join(words, " "), err, errs.String())
	}
	return out, nil
}

// start prepares a command whose process group ends at the limit. mpirun may
// run as root and use more processes than processors.
func start(words ...string) (*exec.Cmd, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.Env = append(os.Environ(), "OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	return cmd, cancel
}
