//go:build !linux

package launch

import (
	"context"
	"os"
	"syscall"
	"time"
)

func ownMachine() string {
	name, _ := os.Hostname()
	return name
}

func awaitEnd(ctx context.Context, pid int) error {
	for syscall.Kill(pid, 0) != syscall.ESRCH {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(time.Second):
		}
	}
	return nil
}
