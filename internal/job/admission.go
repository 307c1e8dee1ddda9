package job

import (
	"fmt"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
)

// admission is who may join a job: each rank once with its supervisor, and each
// supervisor's worker once. Launched.mu guards it.
type admission struct {
	ranks   map[int]string // by the rank that a launcher gave a supervisor: its host
	workers map[string]bool
	callers int
}

// claim takes a caller in, who has proved the job's secret. The error says that
// its place is taken: somebody else has the secret, or something was started
// twice. Neither can be told from the other, so the job ends.
func (a *admission) claim(role string, p protocol.Presence, np int) error {
	if a.ranks == nil {
		a.ranks, a.workers = map[int]string{}, map[string]bool{}
	}
	if role == protocol.RoleWorker {
		if a.workers[p.Supervisor] {
			return twice("a worker", p.Host, "")
		}
		a.workers[p.Supervisor] = true
	}
	if a.callers++; np >= 0 && a.callers > callersEach*np+spareCallers {
		return tooMany(p.Host, a.callers, np)
	}
	if role == protocol.RoleWorker {
		return nil
	}
	if p.Rank < 0 || p.Size != np { // the launcher's environment does not tell, or tells of another job
		return nil
	}
	if other, taken := a.ranks[p.Rank]; taken {
		return twice(fmt.Sprintf("rank %d", p.Rank), p.Host, other)
	}
	a.ranks[p.Rank] = p.Host
	return nil
}

// How many processes may call, for each rank that was asked for and beside
// those: a launcher that starts another number than it was told explains itself.
const (
	callersEach  = 4
	spareCallers = 64
)

const stranger = "somebody else has this job's secret (see docs/security.md), or the launcher started something twice: the job was ended"

func twice(who, host, other string) error {
	from := "on host " + host
	if other != "" && other != host {
		from = fmt.Sprintf("on host %s and on host %s", other, host)
	}
	return luaerr.New(luaerr.Launch, "%s joined twice, %s: %s", who, from, stranger)
}

func tooMany(host string, have, np int) error {
	return luaerr.New(luaerr.Launch, "%d processes called where %d workers were to be started, the last on host %s: %s", have, np, host, stranger)
}
