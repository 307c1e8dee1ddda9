package link

import (
	"fmt"
	"net"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// checkPeer makes sure that the process at the other end of a unix socket runs
// as this user (SO_PEERCRED), and returns its process id.
func checkPeer(conn *net.UnixConn) (pid int, err error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, err
	}
	var cred *syscall.Ucred
	var credErr error
	if err := raw.Control(func(fd uintptr) {
		cred, credErr = syscall.GetsockoptUcred(int(fd), syscall.SOL_SOCKET, syscall.SO_PEERCRED)
	}); err != nil {
		return 0, err
	}
	if credErr != nil {
		return 0, fmt.Errorf("who is at the other end: %w", credErr)
	}
	return int(cred.Pid), checkUser(int(cred.Uid), os.Geteuid(), int(cred.Pid))
}

// unanswered reports whether data sent on a connection waits for the other host
// to take it, and for how long that host has said nothing at all (TCP_INFO).
func unanswered(conn *net.TCPConn) (waiting bool, silent time.Duration) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return false, 0
	}
	var info *unix.TCPInfo
	var infoErr error
	if err := raw.Control(func(fd uintptr) {
		info, infoErr = unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO)
	}); err != nil || infoErr != nil {
		return false, 0
	}
	waiting = info.Unacked > 0 || info.Notsent_bytes > 0
	return waiting, time.Duration(info.Last_ack_recv) * time.Millisecond
}
