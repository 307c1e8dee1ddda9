package tests

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/mpiclus/mpiclus-lua/tests/mpitest"
)

// soakSeconds is the environment variable that says how long TestSoak runs in
// each mode, and soakSeed the one with the seed of its work.
const (
	soakSeconds = "MPICLUS_SOAK_SECONDS"
	soakSeed    = "MPICLUS_SOAK_SEED"
)

// enoughToJudge is how long a run must be for its curve to say anything: pools
// and caches fill for a while.
const enoughToJudge = 120 * time.Second

// holdings are what the processes of a kind have at a moment: the most that one
// of them has.
type holdings struct {
	at                   time.Duration
	rss, files, threads  int // kB, and numbers
	values, refs, heapMB int // of the whole cluster
}

// TestSoak does random work in each mode, right and wrong, with losses and
// restarts where workers can be started anew: all results are right, and what
// the processes hold does not grow.
func TestSoak(t *testing.T) {
	mpitest.Need(t)
	if err := inputs(); err != nil {
		t.Fatal(err)
	}
	if os.Getenv(soakSeconds) == "" {
		mpitest.Long(t, "soak")
	}
	seconds, _ := strconv.Atoi(os.Getenv(soakSeconds))
	seconds = max(seconds, 8)
	seed := os.Getenv(soakSeed)
	if seed == "" {
		seed = "1"
	}
	for _, mode := range []string{"L", "T", "M"} {
		t.Run(mode, func(t *testing.T) {
			if seconds < int(enoughToJudge.Seconds()) {
				t.Parallel()
			}
			words := []string{command, "run", filepath.Join("testdata", "soak.lua"), mode, strconv.Itoa(seconds), seed}
			job := mpitest.Command{Args: words}
			if mode != "L" {
				job = mpitest.Mpirun(3, words...)
			}
			job.Bare, job.Keep, job.Limit = true, 1<<20, time.Duration(2*seconds+120)*time.Second
			j := mpitest.Start(t, job)
			over := make(chan struct{})
			curves := make(chan map[string][]holdings)
			go func() { curves <- watch(j, over) }()
			r := j.Wait()
			close(over)
			found := <-curves
			if r.Status != 0 || !strings.Contains(r.Stdout, "calls, all right") {
				t.Errorf("status %d\n%s", r.Status, r)
			}
			found["cluster"] = told(r.Stdout)
			for _, kind := range []string{"master", "supervisor", "worker", "launcher", "cluster"} {
				judge(t, mode+" "+kind, found[kind], time.Duration(seconds)*time.Second)
			}
		})
	}
}

// watch looks at the processes of a job until over is closed.
func watch(j *mpitest.Job, over <-chan struct{}) map[string][]holdings {
	found := map[string][]holdings{}
	begin := time.Now()
	for {
		select {
		case <-over:
			return found
		case <-time.After(2 * time.Second):
		}
		most := map[string]holdings{}
		for _, p := range j.Processes() {
			for kind, is := range kinds {
				if is(p) {
					most[kind] = most[kind].or(processHoldings(p.Pid))
				}
			}
		}
		for kind, h := range most {
			h.at = time.Since(begin)
			found[kind] = append(found[kind], h)
		}
	}
}

func (h holdings) or(o holdings) holdings {
	return holdings{rss: max(h.rss, o.rss), files: max(h.files, o.files), threads: max(h.threads, o.threads)}
}

func processHoldings(pid int) (h holdings) {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		switch {
		case len(fields) > 1 && fields[0] == "VmRSS:":
			h.rss, _ = strconv.Atoi(fields[1])
		case len(fields) > 1 && fields[0] == "Threads:":
			h.threads, _ = strconv.Atoi(fields[1])
		}
	}
	files, _ := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	h.files = len(files)
	return h
}

var heldLine = regexp.MustCompile(`held (\d+) values, (\d+) references, heap (\d+)`)

// told reads what the script tells of the cluster, every 5 s.
func told(text string) (found []holdings) {
	for i, m := range heldLine.FindAllStringSubmatch(text, -1) {
		h := holdings{at: time.Duration(i+1) * 5 * time.Second}
		h.values, _ = strconv.Atoi(m[1])
		h.refs, _ = strconv.Atoi(m[2])
		heap, _ := strconv.Atoi(m[3])
		h.heapMB = heap >> 20
		found = append(found, h)
	}
	return found
}

// judge prints a curve, and fails the test when its last third lies above the
// third before.
func judge(t *testing.T, name string, curve []holdings, whole time.Duration) {
	t.Helper()
	if len(curve) == 0 {
		return // the master of ranks is a worker
	}
	third := len(curve) / 3
	for _, c := range []struct {
		what  string
		of    func(holdings) int
		slack int
	}{
		{"RSS in kB", func(h holdings) int { return h.rss }, 16 << 10},
		{"descriptors", func(h holdings) int { return h.files }, 4},
		{"threads", func(h holdings) int { return h.threads }, 4},
		{"values", func(h holdings) int { return h.values }, 4},
		{"references", func(h holdings) int { return h.refs }, 4},
		{"heap in MiB", func(h holdings) int { return h.heapMB }, 16},
	} {
		parts := [3]int{median(curve[:third], c.of), median(curve[third:2*third], c.of), median(curve[2*third:], c.of)}
		if parts == [3]int{} {
			continue
		}
		fmt.Printf("soak %-14s %-12s %d, %d, %d by thirds of %v\n", name, c.what, parts[0], parts[1], parts[2], whole)
		if whole >= enoughToJudge && parts[2] > parts[1]+parts[1]/10+c.slack {
			t.Errorf("%s: %s grow: %v by thirds", name, c.what, parts)
		}
	}
}

func median(curve []holdings, of func(holdings) int) int {
	if len(curve) == 0 {
		return 0
	}
	all := make([]int, len(curve))
	for i, h := range curve {
		all[i] = of(h)
	}
	slices.Sort(all)
	return all[len(all)/2]
}
