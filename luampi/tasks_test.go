package luampi

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// leaveReduction stops an op that never ends, in a coroutine as well.
func leaveReduction(p *player) {
	for _, endless := range []string{"while true do end", "coroutine.wrap(function() while true do end end)()"} {
		sign := filepath.Join(os.TempDir(), fmt.Sprintf("mpiclus-op-%d", os.Getpid())) // that the op has begun
		t, wait := p.start(fmt.Sprintf("mpi.Reduce_local(array.zeros(1), array.zeros(1), mpi.Op_create(function() io.open(%q, 'w'):close() %s end))", sign, endless))
		for limit := time.Now().Add(10 * time.Second); os.Remove(sign) != nil && time.Now().Before(limit); {
			time.Sleep(time.Millisecond)
		}
		p.interrupt(t, wait)
	}
}

// messagesOfTwoTasks has two tasks wait in Recv and in Send at once, again and
// again: each gets its own message, and what they need is used again.
func messagesOfTwoTasks(p *player) {
	const rounds, warm = 300, 50
	made := 0
	for round := range rounds {
		if round == warm {
			made = p.s.Made()
		}
		var waits []func() error
		for tag := 1; tag <= 3; tag++ {
			source := fmt.Sprintf("local a = array.zeros(2) mpi.Recv(a, 1, %d) assert(a[2] == %[1]d) mpi.Ssend(a, 1, %[1]d)", tag)
			if p.rank == 1 {
				source = fmt.Sprintf("mpi.Ssend(array.full(2, %d), 0, %[1]d) local a = array.zeros(2) mpi.Recv(a, 0, %[1]d) assert(a[1] == %[1]d)", 4-tag)
			}
			_, wait := p.start(source)
			waits = append(waits, wait)
		}
		for _, wait := range waits {
			err := wait()
			p.check(err == nil, "round %d: %v", round, err)
		}
	}
	p.check(p.s.Made() <= made+10, "%d calls were made in %d rounds", p.s.Made()-made, rounds-warm)
	p.renew()
}
