package launch

import (
	"context"
	"fmt"
	"os"
	"syscall"
	"time"
)

// Neighbour is another process of the same job on the same machine.
type Neighbour struct {
	Rank int
	Host string
	Pid  int
}

// Gone says that the process has ended, and its job does.
func (n Neighbour) Gone() string {
	return fmt.Sprintf("rank %d (host %s, process %d) has ended, and the launcher lets the other ranks go on: the job ends", n.Rank, n.Host, n.Pid)
}

// Place says where a process can be seen: its machine, in as far as process
// numbers mean the same, "" where that is not known.
type Place struct {
	Host    string
	Machine string
	Pid     int
}

// OwnPlace gives the place of this process.
func OwnPlace() Place {
	host, _ := os.Hostname()
	return Place{Host: host, Machine: ownMachine(), Pid: os.Getpid()}
}

// NextHere gives the rank after this one, in a ring, that is on the same
// machine; places are those of all ranks. ok is false where this rank is alone.
func NextHere(rank int, places []Place) (n Neighbour, ok bool) {
	for i := 1; i < len(places); i++ {
		next := (rank + i) % len(places)
		if places[next].Machine == places[rank].Machine && places[rank].Machine != "" {
			return Neighbour{next, places[next].Host, places[next].Pid}, true
		}
	}
	return Neighbour{}, false
}

// FirstHere gives the first rank on the machine of a rank: itself where that
// machine is not known.
func FirstHere(rank int, places []Place) int {
	for first, p := range places {
		if p.Machine == places[rank].Machine && p.Machine != "" {
			return first
		}
	}
	return rank
}

// AwaitEnd waits until the process has ended. The error is that of ctx.
func (n Neighbour) AwaitEnd(ctx context.Context) error {
	known, err := awaitEnd(ctx, n.Pid)
	if !known {
		err = lookForEnd(ctx, n.Pid)
	}
	return err
}

// lookForEnd asks every second, where the system has no better way.
func lookForEnd(ctx context.Context, pid int) error {
	for syscall.Kill(pid, 0) != syscall.ESRCH {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(time.Second):
		}
	}
	return nil
}
