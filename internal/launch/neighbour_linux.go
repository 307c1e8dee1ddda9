package launch

import (
	"context"
	"errors"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// ownMachine names the running system and the space of process numbers in it:
// each container may have one of its own.
func ownMachine() string {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	space, err2 := os.Readlink("/proc/self/ns/pid")
	if err != nil || err2 != nil {
		return ""
	}
	return strings.TrimSpace(string(boot)) + " " + space
}

// awaitEnd waits on a file that stands for the process (pidfd_open(2), since
// Linux 5.3), so that it costs nothing; known is false where there is no such
// file.
func awaitEnd(ctx context.Context, pid int) (known bool, err error) {
	fd, err := unix.PidfdOpen(pid, 0)
	if errors.Is(err, unix.ESRCH) {
		return true, nil
	}
	if err != nil {
		return false, nil
	}
	if err := unix.SetNonblock(fd, true); err != nil { // so that Go polls it
		_ = unix.Close(fd)
		return false, nil
	}
	f := os.NewFile(uintptr(fd), "process")
	defer f.Close()
	conn, err := f.SyscallConn()
	if err != nil {
		return false, nil
	}
	defer context.AfterFunc(ctx, func() { _ = f.SetReadDeadline(time.Now()) })()
	err = conn.Read(func(fd uintptr) bool {
		n, _ := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
		return n > 0
	})
	if ctx.Err() != nil {
		return true, context.Cause(ctx)
	}
	return err == nil, nil
}
