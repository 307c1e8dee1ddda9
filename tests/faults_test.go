package tests

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/mpiclus/mpiclus-lua/tests/mpitest"
)

// The matrix of faults: in each mode, each fault comes while the ranks are at
// each activity. A cell looks at the time until all processes are gone, at the
// exit status, at the words, and (mpitest does) that no process, socket or file
// is left.

// faultsAll is the environment variable that makes all cells run, and its
// value the seed of their order and of the moments of the faults.
const faultsAll = "MPICLUS_FAULTS"

// fault is one row of the matrix.
type fault struct {
	name string
	// victim is the process that gets the signal, by its kind; "": the script
	// does it itself.
	victim string
	signal syscall.Signal
	modes  string // "LTM": where it can happen
	// words are what standard error must match, by mode; "" for nothing.
	words map[byte]string
	// status are the exit statuses that are right, by mode; nil: any but 0.
	status map[byte][]int
	// around is what the command runs in: a limit of the system, a reader of its
	// output.
	around func(t *testing.T, words []string) []string
	limit  time.Duration // until all is gone; 0: faultLimit
}

// faultLimit is how long a job may take to end after a fault, when the machine
// has other work as well.
const faultLimit = 12 * time.Second

const lostWords = `rank 1: (\S+:\d+: )?worker lost on host \S+: `

var faults = []fault{
	{name: "kill", victim: "worker", signal: syscall.SIGKILL, modes: "LTM", words: words3(lostWords+"signal: killed", `rank 1|signal 9`), status: status3(4)},
	{name: "term", victim: "worker", signal: syscall.SIGTERM, modes: "LTM", words: words3(lostWords+"signal: terminated", `rank 1: host \S+: a signal \(terminated\)|terminated`), status: status3(4)},
	{name: "hup", victim: "worker", signal: syscall.SIGHUP, modes: "LTM", words: words3(lostWords+"signal: hangup", `rank 1: host \S+: a signal \(hangup\)|hangup`), status: status3(4)},
	{name: "segv", victim: "worker", signal: syscall.SIGSEGV, modes: "LTM", words: words3(lostWords+`.*segmentation fault`, `SIGSEGV`), status: status3(4)},
	{name: "abort", victim: "worker", signal: syscall.SIGABRT, modes: "LTM", words: words3(lostWords+`.*aborted`, `SIGABRT`), status: status3(4)},
	{name: "stop", victim: "worker", signal: syscall.SIGSTOP, modes: "LTM"}, // see stopped
	{name: "exit", modes: "LTM", words: words3(lostWords+`it called os\.exit\(3\) at \S+`, `called os\.exit\(3\) at`), status: status3(4)},
	{name: "exit0", modes: "LTM", words: words3(lostWords+`it called os\.exit\(0\) at \S+`, `called os\.exit\(0\) at`), status: status3(4)},
	{name: "Abort", modes: "LTM", words: words3(`called mpi\.Abort`, `called mpi\.Abort`)},
	{name: "supervisor", victim: "supervisor", signal: syscall.SIGKILL, modes: "L", words: words3(`rank 1: `, ""), status: map[byte][]int{'L': {3, 4}}},
	{name: "launcher", victim: "launcher", signal: syscall.SIGKILL, modes: "LTM", words: words3(`launcher|mpirun`, `the launcher \((mpirun|prterun), pid \d+\) on host \S+ has ended before its ranks`), status: map[byte][]int{'L': {3, 4}, 'T': {137}, 'M': {137}}},
	{name: "master", victim: "master", signal: syscall.SIGKILL, modes: "LTM", status: map[byte][]int{'L': {137}, 'T': {137}, 'M': {137}}},
	{name: "interrupt", victim: "command", signal: syscall.SIGINT, modes: "LTM", words: words3(`interrupt`, ""), status: map[byte][]int{'L': {130}}},
	{name: "hangup", victim: "command", signal: syscall.SIGTERM, modes: "LTM", words: words3(`interrupted \(terminated\)`, ""), status: map[byte][]int{'L': {130}}},
	{name: "files", modes: "LTM", around: shell("ulimit -n 200"), words: words3("(?i)too many open files", "(?i)too many open files"), status: status3(1)},
	{name: "memory", modes: "LTM", around: shell("ulimit -v 4000000"), words: words3(`'zeros' \(out of memory: .*ulimit -v`, `'zeros' \(out of memory: .*ulimit -v`), status: status3(1)},
	{name: "heap", modes: "L", around: shell("ulimit -v 2200000"), words: words3(lostWords+`out of memory \(a limit of the process: ulimit -v`, ""), status: status3(4)},
	{name: "nofiles", modes: "LTM", around: bash(`ulimit -n 30; exec timeout -k 2 8 "$@"`), words: words3(`ulimit -n`, `(?i)files|pipes|resource`)},
	{name: "nofolder", modes: "LTM", around: fullFolder, words: words3("has 0 MiB free", "no space left on device")},
	{name: "reader", modes: "L", around: bash(`"$@" | head -n 2 >/dev/null; exit ${PIPESTATUS[0]}`), status: map[byte][]int{'L': {141}}},
	{name: "fulldevice", modes: "L", around: fullDevice, words: words3(`cannot be written to: no space left on device`, ""), status: map[byte][]int{'L': {5}}},
	{name: "fulldisk", modes: "L", around: fullDisk, words: words3(`cannot be written to: no space left on device`, ""), status: map[byte][]int{'L': {5}}},
}

var activities = []string{"idle", "lua", "native", "Barrier", "Recv", "Allreduce", "Win_fence", "plugin", "file", "output", "pmap", "remote", "startup", "shutdown"}

func words3(launched, inMPI string) map[byte]string {
	return map[byte]string{'L': launched, 'T': inMPI, 'M': inMPI}
}

func status3(launched int) map[byte][]int { return map[byte][]int{'L': {launched}} }

// possible tells whether a fault can come while the ranks are at an activity.
func (f fault) possible(activity string) bool {
	switch f.name {
	case "exit", "exit0", "Abort", "files", "memory", "heap":
		return activity != "startup" && activity != "shutdown"
	case "nofiles", "nofolder":
		return activity == "startup"
	case "reader", "fulldevice", "fulldisk":
		return activity == "output"
	case "stop":
		return activity == "Barrier" || activity == "Recv" || activity == "Allreduce" || activity == "lua" || activity == "native" || activity == "plugin"
	}
	return true
}

// cell is one place of the matrix.
type cell struct {
	mode     byte
	fault    fault
	activity string
	after    time.Duration // from when all are at the activity
}

func (c cell) String() string { return fmt.Sprintf("%c/%s/%s", c.mode, c.fault.name, c.activity) }

func cells(random *rand.Rand) (all []cell) {
	for _, f := range faults {
		for _, mode := range []byte(f.modes) {
			for _, activity := range activities {
				if f.possible(activity) {
					all = append(all, cell{mode, f, activity, time.Duration(random.IntN(300)) * time.Millisecond})
				}
			}
		}
	}
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

// some leaves one cell of each fault, in the modes by turns.
func some(all []cell) (few []cell) {
	seen := map[string]int{}
	for _, c := range all {
		if seen[c.fault.name] == 0 && (len(few)%3 == strings.IndexByte("LTM", c.mode) || len(c.fault.modes) == 1) {
			seen[c.fault.name]++
			few = append(few, c)
		}
	}
	return few
}

// TestFaults runs the matrix: with MPICLUS_FAULTS=SEED all, or else a part of it.
func TestFaults(t *testing.T) {
	mpitest.Need(t)
	seed, err := strconv.ParseUint(os.Getenv(faultsAll), 10, 64)
	whole := err == nil
	if text := os.Getenv(faultsAll); text != "" && !whole {
		t.Fatalf("%s=%q: a number expected", faultsAll, text)
	}
	if !whole {
		mpitest.Long(t, "test-faults")
	}
	if !whole {
		seed = 1
	}
	todo := cells(rand.New(rand.NewPCG(seed, 0)))
	if !whole {
		todo = some(todo)
	}
	results := newTable()
	t.Run("cells", func(t *testing.T) {
		for _, c := range todo {
			t.Run(c.String(), func(t *testing.T) {
				t.Parallel() // a cell looks at what belongs to its own job only
				begin := time.Now()
				defer func() { results.note(c, t.Failed(), time.Since(begin)) }()
				c.run(t)
			})
		}
	})
	fmt.Printf("faults, seed %d: %d cells\n%s", seed, len(todo), results)
}

// command is the job of a cell.
func (c cell) command(t *testing.T) mpitest.Command {
	t.Helper()
	if err := inputs(); err != nil {
		t.Fatal(err)
	}
	words := []string{command, "run", filepath.Join("testdata", "faults.lua"), string(c.mode), c.activity, c.fault.name}
	job := mpitest.Command{Args: words}
	if c.mode != 'L' {
		job = mpitest.Mpirun(3, words...)
	}
	if c.fault.around != nil {
		job.Args = c.fault.around(t, job.Args)
	}
	job.Bare, job.Limit, job.Keep = true, time.Minute, 1<<20
	job.Untidy = c.launcherCrashes()
	return job
}

func (c cell) run(t *testing.T) {
	j := mpitest.Start(t, c.command(t))
	begin := c.strike(t, j)
	if c.mode != 'L' && c.activity == "startup" {
		go endLauncher(t.Context(), j)
	}
	r := j.Wait()
	took := time.Since(begin)
	if limit := max(c.fault.limit, faultLimit); took > limit && !raceEnabled {
		t.Errorf("it took %v to end, the limit is %v\n%s", took, limit, r)
	}
	if c.fault.name == "stop" && c.activity != "lua" && c.activity != "native" && !stoppedNote.MatchString(r.Stderr) {
		t.Errorf("no note about rank 1\n%s", r)
	}
	if c.mode == 'L' && c.activity == "pmap" && strings.Contains(r.Stderr, "pmap goes on without pid") {
		if r.Status != 0 || !strings.Contains(r.Stdout, "the end") {
			t.Errorf("pmap did not go on\n%s", r)
		}
		return // it has coped
	}
	over := c.activity == "shutdown" && strings.Contains(r.Stdout, "the end") // it came too late to be a fault
	if want := c.statuses(); len(want) > 0 && !slices.Contains(want, r.Status) && !(over && r.Status == 0) {
		t.Errorf("status %d, want one of %v\n%s", r.Status, want, r)
	} else if r.Status == 0 && !over && !c.statusLost() {
		t.Errorf("status 0\n%s", r)
	}
	want := c.fault.words[c.mode]
	if c.activity == "startup" && (c.fault.victim == "worker" || r.Status == 128+int(c.fault.signal)) || over {
		want = "" // whoever is there by then tells it, in its own words
	}
	if c.fault.victim == "launcher" && c.mode != 'L' && mpitest.On().MPICH() {
		want = "" // Hydra's proxy, which lives on, kills all ranks at once
	}
	if want != "" && !regexp.MustCompile(want).MatchString(r.Stdout+r.Stderr) {
		t.Errorf("no words like %q\n%s", want, r)
	}
	// A signal that comes before the process has begun is for Go's runtime.
	if early := c.activity == "startup" && c.fault.name == "abort" && c.mode != 'L'; !early && !c.launcherCrashes() {
		silent(t, r)
	}
}

// launcherCrashes tells whether mpirun, which the user has started, comes to its
// end by a crash of its own, before there is a rank.
func (c cell) launcherCrashes() bool { return c.fault.name == "nofiles" && c.mode != 'L' }

// statusLost tells whether the launcher, which the user has started, may lose the
// status of the ranks: Hydra does when it is told to end itself.
func (c cell) statusLost() bool {
	return c.fault.victim == "command" && c.mode != 'L' && mpitest.On().MPICH()
}

// statuses are the exit statuses that are right; none: any but 0. At the start
// the workers are not there yet, and the master may not even catch signals.
func (c cell) statuses() []int {
	want := c.fault.status[c.mode]
	if c.activity != "startup" || c.mode != 'L' {
		return want
	}
	switch c.fault.victim {
	case "worker":
		return append(slices.Clone(want), 3)
	case "command":
		return append(slices.Clone(want), 128+int(c.fault.signal))
	}
	return want
}

// strike brings the fault, and gives the time when it came.
func (c cell) strike(t *testing.T, j *mpitest.Job) time.Time {
	if c.fault.victim == "" {
		if c.activity != "startup" && c.fault.modes != "L" {
			j.Await("rank 1 is there")
		}
		return time.Now().Add(2 * time.Second) // the script does it, soon
	}
	pid := 0
	switch {
	case c.activity == "startup":
		if c.mode == 'L' && (c.fault.victim == "command" || c.fault.victim == "master") {
			time.Sleep(c.after)
		}
		for begin := time.Now(); pid == 0 && time.Since(begin) < 10*time.Second; time.Sleep(time.Millisecond) {
			pid = c.victim(j)
		}
	default:
		for rank := range 3 {
			if c.activity != "remote" || rank == 1 || c.mode == 'L' {
				j.Await(fmt.Sprintf("rank %d is there", rank))
			}
		}
		if c.activity != "shutdown" {
			time.Sleep(c.after)
		}
		pid = c.victim(j)
	}
	if pid == 0 {
		if c.activity == "shutdown" {
			return time.Now() // it has ended already
		}
		t.Fatalf("there is no %s", c.fault.victim)
	}
	begin := time.Now()
	_ = syscall.Kill(pid, c.fault.signal) // it may have ended
	if c.fault.signal == syscall.SIGSTOP {
		return c.stopped(t, j)
	}
	return begin
}

// victim gives the process that gets the signal, 0 for none.
func (c cell) victim(j *mpitest.Job) int {
	want := "1"
	kind := c.fault.victim
	switch {
	case kind == "command":
		return j.Pid()
	case kind == "master" && c.mode != 'L':
		kind, want = "worker", "0"
	}
	for _, p := range j.Processes() {
		if rank := p.Env(mpitest.On().RankVariable()); kinds[kind](p) && (rank == "" || rank == want) {
			return p.Pid
		}
	}
	return 0
}

// stopped waits for the note about a rank that does not move, when the others
// wait for it, and ends the job.
func (c cell) stopped(t *testing.T, j *mpitest.Job) time.Time {
	if c.activity != "lua" && c.activity != "native" {
		j.Await("not answered for 1s: stopped by a signal")
	}
	begin := time.Now()
	_ = syscall.Kill(j.Pid(), syscall.SIGTERM)
	return begin
}

// stoppedNote names rank 1, and others that had no time to answer.
var stoppedNote = regexp.MustCompile(`(rank 1 has|ranks (0-)?1(-2)? \(\d of 3\) have) not answered for 1s: stopped by a signal`)

// table is the matrix as it came out.
type table struct {
	mu    sync.Mutex
	cells map[string]string
}

func newTable() *table { return &table{cells: map[string]string{}} }

func (r *table) note(c cell, failed bool, took time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	text := fmt.Sprintf("%.1f", took.Seconds())
	if failed {
		text = "FAIL"
	}
	r.cells[c.String()] = text
}

// String is a line for each mode and fault, with the seconds that each cell
// took.
func (r *table) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-12s", "")
	for _, a := range activities {
		fmt.Fprintf(&b, " %9s", a)
	}
	b.WriteByte('\n')
	for _, f := range faults {
		for _, mode := range []byte(f.modes) {
			fmt.Fprintf(&b, "%-12s", string(mode)+" "+f.name)
			for _, a := range activities {
				fmt.Fprintf(&b, " %9s", r.cells[cell{mode: mode, fault: f, activity: a}.String()])
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}
