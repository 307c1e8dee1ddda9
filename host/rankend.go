package host

import (
	"context"
	"os"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/job"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
	"github.com/mpiclus/mpiclus-lua/worker"
)

// over tells whether this rank was a worker whose service has ended, and how.
func (l *mainLoop) over() (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.served, l.result
}

// lostInRanks handles the end of a link between ranks: without the master a
// worker ends, without a worker the job does.
func (h *Host) lostInRanks(pid rpc.Pid) {
	if h.cfg.Ranks == nil || pid != rpc.Master {
		return
	}
	h.loop.mu.Lock()
	defer h.loop.mu.Unlock()
	if !h.loop.masterGone {
		h.loop.masterGone = true
		close(h.loop.gone)
		if h.cfg.Ranks.Clean != nil {
			go h.cfg.Ranks.Clean() // the launcher may leave no time for it later
		}
	}
}

// doomGrace is how long the script has to end by itself, with its own words,
// when a rank was lost.
const doomGrace = time.Second

// endJob ends the whole job because a rank was lost: with the script's own
// error when that comes soon.
func (h *Host) endJob(why *luaerr.Error) {
	h.loop.mu.Lock()
	first := h.loop.doomed == nil
	if first {
		h.loop.doomed = why
	}
	h.loop.mu.Unlock()
	if first {
		h.endAfter(doomGrace, why)
	}
}

// rankGone ends the job when a rank's process has ended and the launcher does
// nothing about it.
func (h *Host) rankGone(why string) { h.endJob(luaerr.New(luaerr.Lost, "%s", why)) }

// signalGrace is how long the script has to end when the launcher told it to:
// a second later the launcher kills.
const signalGrace = 400 * time.Millisecond

// endAfter ends the job unless this process ends by itself before.
func (h *Host) endAfter(grace time.Duration, why *luaerr.Error) {
	time.AfterFunc(grace, func() {
		if h.loop.setEnding() {
			h.report(why)
			h.endRank(exitStatus(why))
		}
	})
}

// doom gives the reason why the job cannot end in order, nil for none.
func (l *mainLoop) doom() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.doomed == nil {
		return nil
	}
	return l.doomed
}

// endRank is the last step of a rank: it ends the process, after the other
// ranks when all of them end in order, with all of them when something went
// wrong. It returns in tests only.
func (h *Host) endRank(status int) {
	h.cfg.Ranks.FlushC()
	h.cfg.Ranks.End(status, status == ExitOK || h.loop.inOrder())
}

// heardLimit is how long the error of a chunk may take to reach the master
// where messages are those of MPI: rank 0 may be in a call that keeps all of
// MPI, and wait there for the very rank that failed.
const heardLimit = 5 * time.Second

// chunkFailed ends the job when the master does not hear of an error of this
// rank, which nobody would be told otherwise.
func (h *Host) chunkFailed(text string) {
	if h.node.Self() == rpc.Master || h.loop.overSockets() {
		return
	}
	go func() {
		ctx, cancel := context.WithTimeout(h.life, heardLimit)
		defer cancel()
		_, err := h.node.Call(ctx, rpc.Master, rpc.Request{Service: protocol.ServiceWhere}) // answered as soon as messages come
		if err == nil || ctx.Err() == nil || h.life.Err() != nil {
			return
		}
		if h.loop.setEnding() {
			h.report(luaerr.New(luaerr.Script, "%s\nthe job ends: rank 0 has not heard of this for %v, in a call that keeps MPI and its messages (TCP_TRANSPORT_ALL has ways of its own)", text, heardLimit))
			h.endRank(ExitScript)
		}
	}()
}

// overSockets tells whether messages go past MPI.
func (l *mainLoop) overSockets() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, tcp := l.transport.(*tcpTransport)
	return tcp
}

// setEnding notes that the process ends; false when it does already: then
// somebody else reports why.
func (l *mainLoop) setEnding() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	first := !l.ending
	l.ending = true
	return first
}

// inOrder tells whether the other ranks were told to end, so that they wait
// for this one to end MPI together.
func (l *mainLoop) inOrder() bool {
	l.mu.Lock()
	j := l.job
	doomed := l.doomed != nil
	l.mu.Unlock()
	return j != nil && !doomed && j.left.Load()
}

// noteEnding hears of a call of the script that ends this rank, before it
// does. mpi.Abort ends the others at once; exitRank may have a better way.
func (h *Host) noteEnding(e worker.Ending) {
	if e.Name != "os.exit" {
		h.sayEnding(e.Text)
		return
	}
	h.loop.mu.Lock()
	defer h.loop.mu.Unlock()
	h.loop.exitCall = e.Text
}

// sayEnding tells of a call that ends the job.
func (h *Host) sayEnding(call string) {
	h.say("rank %d (host %s) called %s: the job ends", h.cfg.Ranks.Info().Rank, job.Hostname(), call)
}

// exitRank is os.exit on a rank: on the master it ends all ranks in order,
// with its status; on a worker, which cannot end alone, the whole job.
func (h *Host) exitRank(code int) {
	if !h.loop.isStarted() && code == ExitOK {
		if err := h.meetAtEnd(); err != nil { // a rank may be lost meanwhile: the job then ends
			h.report(err)
			code = exitStatus(err)
		}
	}
	if !h.loop.setEnding() {
		select {} // the process ends already
	}
	h.loop.mu.Lock()
	call := h.loop.exitCall
	h.loop.mu.Unlock()
	switch {
	case h.loop.isStarted() && h.node.Self() != rpc.Master:
		h.sayEnding(call + ", while it served as a worker")
		h.endRank(max(code, ExitScript))
	case !h.loop.isStarted() && code != ExitOK:
		h.sayEnding(call)
		h.endRank(code)
	}
	h.endRank(h.closeAtExit(code))
}

// aloneGrace is how long a rank that was told to end leaves it to others to end
// the job: the launcher, which may have told all ranks, and rank 0, which says
// why. Then it does so itself.
const aloneGrace = 600 * time.Millisecond

// interruption is the error of a script that a signal stops. A rank gets one
// from its launcher when another rank died.
func (h *Host) interruption(s os.Signal) error {
	if err := h.loop.doom(); err != nil {
		return err
	}
	if h.cfg.Ranks == nil {
		return luaerr.New(luaerr.Interrupted, "interrupted (%v)", s)
	}
	e := luaerr.New(luaerr.Interrupted, "interrupted (%v): Ctrl-C, or the launcher ended the job because a rank failed", s)
	rank := h.cfg.Ranks.Info().Rank
	if rank == 0 {
		h.endAfter(signalGrace, e)
	} else {
		h.endAfter(aloneGrace, luaerr.New(luaerr.Lost, "host %s: a signal (%v) told it to end: the job ends", job.Hostname(), s))
	}
	return e
}
