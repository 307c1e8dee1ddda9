package launch

import (
	"bytes"
	"os"
	"strconv"
	"syscall"
)

// ownSession makes a launcher the leader of a session of its own. Its ranks
// move to process groups of their own but stay in the session, so that they
// are found when the launcher is gone.
func ownSession() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGTERM}
}

// sessionMembers gives the living processes of a session (proc(5), stat,
// field 6).
func sessionMembers(sid int) (pids []int) {
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
		if len(fields) > 3 && string(fields[3]) == strconv.Itoa(sid) && fields[0][0] != 'Z' && fields[0][0] != 'X' {
			pids = append(pids, pid)
		}
	}
	return pids
}
