package launch

import (
	"context"
	"os"
)

// Neighbour is another process of the same job on the same machine.
type Neighbour struct {
	Rank int
	Host string
	Pid  int
}

// Place says where a process can be seen: its machine, in as far as process
// numbers mean the same.
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
		if places[next].Machine == places[rank].Machine {
			return Neighbour{next, places[next].Host, places[next].Pid}, true
		}
	}
	return Neighbour{}, false
}

// AwaitEnd waits until the process has ended; the error is that of ctx, or
// says why this system cannot tell.
func (n Neighbour) AwaitEnd(ctx context.Context) error { return awaitEnd(ctx, n.Pid) }
