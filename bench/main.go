// Command bench measures this software against mpi4py and C on this machine
// and prints a table; `make bench` runs it. The figures are medians of runs
// that take turns, so that a busy machine is unfair to nobody.
package main

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

var (
	command = flag.String("command", "bin/mpiclus-lua", "the command to measure")
	folder  = flag.String("bench", "bench/programs", "the folder of the measuring programs")
	python  = flag.String("python", "/usr/bin/python3", "a Python that has mpi4py")
	runs    = flag.Int("runs", 5, "runs for each median")
)

// limit ends a run that hangs.
const limit = 2 * time.Minute

func main() {
	flag.Parse()
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run() error {
	build, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(build)
	inC := filepath.Join(build, "bench")
	if out, err := exec.Command("mpicc", "-O2", "-o", inC, filepath.Join(*folder, "bench.c")).CombinedOutput(); err != nil {
		return fmt.Errorf("mpicc: %w: %s", err, out)
	}
	if err := starts(); err != nil {
		return err
	}
	return messages(inC)
}

// mpirun gives the command line of a peer.
func mpirun(np int, words ...string) []string {
	return append([]string{"mpirun", "--oversubscribe", "-np", strconv.Itoa(np)}, words...)
}

// starts measures from the start of the command to the end of a first mpido.
func starts() error {
	var ours, theirs []float64
	for range *runs {
		t, err := toReady(*command, "run", "-n", "4", filepath.Join(*folder, "start.lua"))
		if err != nil {
			return err
		}
		ours = append(ours, t.Seconds())
		begin := time.Now()
		if _, err := output(mpirun(4, *python, "-c", "from mpi4py import MPI")...); err != nil {
			return err
		}
		theirs = append(theirs, time.Since(begin).Seconds())
	}
	fmt.Printf("%-34s %10s %10s %10s   %s\n", "", "ours", "mpi4py", "C", "ours/mpi4py")
	fmt.Printf("%-34s %9.3fs %9.3fs %10s   %5.2f (goal: at most 1.3)\n", "start to end of a first mpido, n=4", median(ours), median(theirs), "", median(ours)/median(theirs))
	return nil
}

// toReady runs a command and tells when its first line came.
func toReady(words ...string) (time.Duration, error) {
	cmd, cancel := group(words...)
	defer cancel()
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	took := time.Since(begin)
	if waitErr := cmd.Wait(); waitErr != nil || line != "ready\n" {
		return 0, fmt.Errorf("%s: first line %q (%v, %v)", strings.Join(words, " "), line, waitErr, err)
	}
	return took, nil
}

// messages compares what the three programs print.
func messages(inC string) error {
	programs := [][]string{{*command, "run", filepath.Join(*folder, "bench.lua")}, mpirun(2, *python, filepath.Join(*folder, "bench.py")), mpirun(2, inC)}
	values := make([]map[string][]float64, len(programs))
	var names []string
	for range *runs {
		for i, words := range programs {
			out, err := output(words...)
			if err != nil {
				return err
			}
			if values[i] == nil {
				values[i] = map[string][]float64{}
			}
			for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
				f := strings.Fields(lines.Text())
				if len(f) != 2 {
					continue
				}
				if v, err := strconv.ParseFloat(f[1], 64); err == nil {
					values[i][f[0]] = append(values[i][f[0]], v)
					if i == 0 && !slices.Contains(names, f[0]) {
						names = append(names, f[0])
					}
				}
			}
		}
	}
	for _, name := range names {
		row := fmt.Sprintf("%-34s", name)
		for i := range programs {
			cell := ""
			if v := values[i][name]; len(v) > 0 {
				cell = strconv.FormatFloat(median(v), 'f', 2, 64) + "µs"
			}
			row += fmt.Sprintf(" %10s", cell)
		}
		if peer := values[1][name]; len(peer) > 0 {
			row += fmt.Sprintf("   %5.2f", median(values[0][name])/median(peer))
		}
		if name == "pingpong-8" {
			row += " (goal: at most 0.75)"
		}
		fmt.Println(row)
	}
	return nil
}

// output runs a command within the limit and gives what it prints.
func output(words ...string) ([]byte, error) {
	cmd, cancel := group(words...)
	defer cancel()
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %s", strings.Join(words, " "), err, errs.String())
	}
	return out, nil
}

// group prepares a command whose process group ends at the limit. mpirun may
// run as root and use more processes than processors.
func group(words ...string) (*exec.Cmd, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.Env = append(os.Environ(), "OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	return cmd, cancel
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}
