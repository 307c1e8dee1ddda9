package launch

import (
	"fmt"
	"math"
	"regexp"
	"syscall"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// outOfFiles is how launchers say that they may open no more files: some of
// them wait for good then.
var outOfFiles = regexp.MustCompile(`system limit on number of pipes a process can open|(?i:too many open files)`)

// What a launch needs at the very least, in all and for each rank on this
// machine, each seen to fail or to wait for ever with less (Open MPI 4.1).
const (
	filesBase    = 24 // open files of mpirun: 3 ranks start with 40, not with 36
	filesPerRank = 4
	tasksBase    = 10 // processes and threads: 3 ranks start with 70, not with 60
	tasksPerRank = 18
	addresses    = 1900 << 20 // of a process that has MPI: with less it crashes as it starts
	heapPerRank  = 24 << 20   // of memory: the supervisor and the worker, before a script has any
	sharedMemory = 4 << 20    // of each rank, for messages: with less MPI_Init waits for ever
	comfortable  = 3          // times heapPerRank, from which on doctor says nothing
)

// unlimited is a limit that is not there, or not known.
const unlimited = math.MaxInt64

// capacity is what the system lets this process have, for itself and for what
// it starts.
type capacity struct {
	files     int64 // that each process may open
	tasks     int64 // processes and threads that may still be started
	taskLimit string
	addresses int64 // of each process
	memory    int64 // bytes that are there
	folder    string
	room      int64 // bytes that are free where the job's folder is, or would be
}

// CheckLimits says, before anything is started, that the limits of the system
// cannot be enough for np workers on this machine, whose folder is that.
func CheckLimits(np int, folder string) error {
	for _, f := range capacityFor(folder).findings(np) {
		if f.Level == Problem {
			return luaerr.New(luaerr.Launch, "%s: %s", f.Text, f.Cure)
		}
	}
	return nil
}

// findings tells which limits are in the way of np workers.
func (c capacity) findings(np int) (r Report) {
	n := int64(max(np, 1))
	mega := func(bytes int64) string { return fmt.Sprintf("%d MiB", bytes>>20) }
	if c.files < filesFor(np) {
		r.add(Problem, "files", filesCure(np), "%s", tooFewFiles(np, c.files))
	}
	if c.tasks < tasksBase+tasksPerRank*n {
		r.add(Problem, "processes", "raise the limit, or start fewer workers", "only %d more processes and threads may be started (%s), too few for %s workers, which take about %d", max(c.tasks, 0), c.taskLimit, count(np), tasksBase+tasksPerRank*n)
	}
	if c.addresses < addresses {
		r.add(Problem, "memory", "raise the limit (ulimit -v unlimited), or limit memory in another way (a cgroup, the scheduler)", "a process may have %s of addresses (ulimit -v), and one that uses MPI takes %s as it starts", mega(c.addresses), mega(addresses))
	}
	switch {
	case c.memory < heapPerRank*n:
		r.add(Problem, "memory", "start fewer workers, or end something else", "%s of memory are free, too few for %s workers, which take %s as they start", mega(c.memory), count(np), mega(heapPerRank*n))
	case c.memory < comfortable*heapPerRank*n:
		r.add(Warning, "memory", "start fewer workers if their data is large", "%s of memory are free: little for %s workers", mega(c.memory), count(np))
	}
	if c.room < sharedMemory*n {
		r.add(Problem, "disk", "make room there, or set MPICLUS_TMPDIR to a folder on a file system that has it", "%s has %s free, too few for the shared memory of %s workers, which is %s", c.folder, mega(c.room), count(np), mega(sharedMemory*n))
	}
	return r
}

// capacityFor asks the system.
func capacityFor(folder string) capacity {
	c := capacity{files: resource(syscall.RLIMIT_NOFILE), addresses: resource(syscall.RLIMIT_AS), memory: memoryAvailable(), folder: folder, room: unlimited}
	c.tasks, c.taskLimit = tasksLeft()
	var fs syscall.Statfs_t
	if syscall.Statfs(folder, &fs) == nil {
		c.room = int64(min(uint64(fs.Bavail), unlimited/uint64(max(fs.Bsize, 1)))) * int64(fs.Bsize)
	}
	return c
}

// resource is a limit of this process that it may not raise itself.
func resource(which int) int64 {
	var limit syscall.Rlimit
	if syscall.Getrlimit(which, &limit) != nil || limit.Max > unlimited {
		return unlimited
	}
	if which == syscall.RLIMIT_NOFILE { // Go raises it to Max
		return int64(limit.Max)
	}
	return int64(min(limit.Cur, limit.Max))
}

// filesFor returns how many files mpirun opens for np ranks, at least.
func filesFor(np int) int64 { return filesBase + filesPerRank*int64(max(np, 1)) }

func filesCure(np int) string {
	enough := max(1024, 2*filesFor(np))
	return fmt.Sprintf("start fewer workers, or raise the limit (ulimit -n %d; limits.conf or LimitNOFILE= where it is set lower)", enough)
}

func tooFewFiles(np int, limit int64) string {
	return fmt.Sprintf("a process may open %d files here, too few to start %s workers", limit, count(np))
}

// Hopeless reports whether the launcher has said that it can open no more
// files: workers will not come then, though it may wait for them.
func (p *Process) Hopeless() bool {
	for _, line := range p.Tail() {
		if outOfFiles.MatchString(line) {
			return true
		}
	}
	return false
}
