package launch

import (
	"syscall"
	"testing"
)

// TestLaunchersEnd: mpirun gets no say when its master is killed, launchers
// that pass the order on to their ranks do.
func TestLaunchersEnd(t *testing.T) {
	for kind, want := range map[Kind]syscall.Signal{OpenMPI: syscall.SIGKILL, MPICH: syscall.SIGTERM, Srun: syscall.SIGTERM} {
		if got := ownSession(kind); got.Pdeathsig != want || !got.Setsid {
			t.Errorf("%v: %v, own session %v; want %v and a session", kind, got.Pdeathsig, got.Setsid, want)
		}
	}
}
