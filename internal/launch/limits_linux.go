package launch

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// tasksLeft gives how many processes and threads may still be started, and
// what limits them.
func tasksLeft() (left int64, limit string) {
	left = unlimited
	if most := resource(unix.RLIMIT_NPROC); most < unlimited && os.Geteuid() != 0 { // it does not hold for root
		left, limit = most-tasksOfUser(), fmt.Sprintf("ulimit -u %d", most)
	}
	for _, group := range controlGroups("pids") {
		most, ok := number(filepath.Join(group, "pids.max"))
		used, _ := number(filepath.Join(group, "pids.current"))
		if ok && most-used < left {
			left, limit = most-used, fmt.Sprintf("pids.max %d of the control group", most)
		}
	}
	return left, limit
}

// tasksOfUser counts the threads of the user's processes.
func tasksOfUser() (n int64) {
	own := strconv.Itoa(os.Getuid())
	files, _ := filepath.Glob("/proc/[0-9]*/status")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		threads, uid := int64(0), ""
		for line := range strings.Lines(string(text)) {
			fields := strings.Fields(line)
			switch {
			case len(fields) > 1 && fields[0] == "Uid:":
				uid = fields[1]
			case len(fields) > 1 && fields[0] == "Threads:":
				threads, _ = strconv.ParseInt(fields[1], 10, 64)
			}
		}
		if uid == own {
			n += threads
		}
	}
	return n
}

// memoryAvailable gives the bytes of memory that are there for new processes:
// of the machine, and what a control group may have in all.
func memoryAvailable() int64 {
	free := int64(unlimited)
	if f, err := os.Open("/proc/meminfo"); err == nil {
		defer f.Close()
		for s := bufio.NewScanner(f); s.Scan(); {
			var kib int64
			if n, _ := fmt.Sscanf(s.Text(), "MemAvailable: %d kB", &kib); n == 1 {
				free = kib << 10
			}
		}
	}
	for _, group := range controlGroups("memory") {
		for _, name := range []string{"memory.max", "memory.limit_in_bytes"} {
			if most, ok := number(filepath.Join(group, name)); ok {
				free = min(free, most)
			}
		}
	}
	return free
}

// controlGroups gives the folders of the control groups that hold this process,
// by a controller, from its own outwards.
func controlGroups(controller string) (folders []string) {
	text, _ := os.ReadFile("/proc/self/cgroup")
	for line := range strings.Lines(string(text)) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3) // number, controllers, path
		if len(parts) < 3 {
			continue
		}
		base := "/sys/fs/cgroup"
		switch {
		case strings.Contains(","+parts[1]+",", ","+controller+","):
			base = filepath.Join(base, controller)
		case parts[1] != "": // another controller's, of version 1
			continue
		}
		for path := filepath.Clean("/" + parts[2]); ; path = filepath.Dir(path) {
			folders = append(folders, filepath.Join(base, path))
			if path == "/" {
				break
			}
		}
	}
	return folders
}

// number reads a file that holds one; "max" is none.
func number(file string) (int64, bool) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	return n, err == nil
}
