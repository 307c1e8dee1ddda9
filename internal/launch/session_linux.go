package launch

import (
	"bytes"
	"errors"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// ownSession makes a launcher the leader of a session of its own. Its ranks
// move to process groups of their own but stay in the session, so that they
// are found when the launcher is gone. It also has the launcher end when this
// process is killed. Open MPI's mpirun gets no say in that: told to end while
// it starts, it may wait for good, and its daemons and our supervisors end
// when they lose it (on other hosts, where its folder is not the job's, the folder
// of its session stays). srun passes the order on to its ranks.
func ownSession(k Kind) *syscall.SysProcAttr {
	end := syscall.SIGTERM
	if k == OpenMPI {
		end = syscall.SIGKILL
	}
	return &syscall.SysProcAttr{Setsid: true, Pdeathsig: end}
}

// DieWithParent asks the system to send this process a signal when what
// started it ends; where that ended meanwhile, the error says so. A supervisor
// needs it: a launcher that is killed, or whose master is, leaves its ranks
// behind.
func DieWithParent(sig syscall.Signal) error {
	parent := os.Getppid()
	if _, _, errno := syscall.Syscall(syscall.SYS_PRCTL, syscall.PR_SET_PDEATHSIG, uintptr(sig), 0); errno != 0 {
		return errno
	}
	if os.Getppid() != parent {
		return errors.New("the launcher is gone")
	}
	return nil
}

// members returns the living processes of a job: those of the launcher's session
// (proc(5), stat, field 6), and, where mark is not "", those that have it in
// their environment, since Hydra's proxies leave the session.
func members(sid int, mark string) (pids []int) {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		stat, err := os.ReadFile("/proc/" + name + "/stat")
		if err != nil {
			continue
		}
		// "pid (any name) state ppid pgrp session …"
		fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
		if len(fields) < 4 || fields[0][0] == 'Z' || fields[0][0] == 'X' {
			continue
		}
		if string(fields[3]) == strconv.Itoa(sid) || mark != "" && hasMark(name, mark) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// hasMark looks for an entry in the environment of a process; those of other
// users cannot be read, and are none of ours.
func hasMark(pid, mark string) bool {
	environ, err := os.ReadFile("/proc/" + pid + "/environ")
	if err != nil {
		return false
	}
	for entry := range bytes.SplitSeq(environ, []byte{0}) {
		if string(entry) == mark {
			return true
		}
	}
	return false
}

// rankOf returns the rank that a process was started as; -1 for none, or where
// it cannot be seen.
func rankOf(pid int) int {
	environ, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/environ")
	if err != nil {
		return -1
	}
	rank, _ := rankIn(strings.Split(string(environ), "\x00"))
	return rank
}
