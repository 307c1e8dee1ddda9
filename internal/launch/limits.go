package launch

import (
	"fmt"
	"regexp"
	"syscall"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// outOfFiles is how launchers say that they may open no more files: some of
// them wait for good then.
var outOfFiles = regexp.MustCompile(`system limit on number of pipes a process can open|(?i:too many open files)`)

// Open files that a launch needs at the very least: mpirun's own, and those
// for each rank (mpirun of Open MPI 4 starts 3 ranks with 40, not with 36).
const (
	filesBase    = 24
	filesPerRank = 4
)

// fileLimit is how many files a process of this one may open.
func fileLimit() uint64 {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) != nil {
		return ^uint64(0)
	}
	return limit.Max
}

// CheckLimits says, before anything is started, that the limits of the system
// cannot be enough for np workers on this machine.
func CheckLimits(np int) error {
	if uint64(filesBase+filesPerRank*max(np, 1)) > fileLimit() {
		return luaerr.New(luaerr.Launch, "%s", tooFewFiles(np))
	}
	return nil
}

func tooFewFiles(np int) string {
	return fmt.Sprintf("a process may open %d files here, too few to start %s workers: raise the limit (ulimit -n 1024; limits.conf or LimitNOFILE= where it is set lower)",
		fileLimit(), count(np))
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
