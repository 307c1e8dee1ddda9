package ranks

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/job"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
	"github.com/mpiclus/mpiclus-lua/worker"
)

// Exit statuses that a rank tells apart.
const (
	exitOK      = 0
	exitFailure = 1 // the least of a rank that has failed
)

// Watch has errors name this rank, and hears of ranks whose processes end and of what
// the script ends this one with. It is called once, before the script runs.
func (r *Rank) Watch() {
	r.own.Interp.SetSelf(func() string {
		if !r.Started() {
			return r.String()
		}
		return fmt.Sprintf("pid %d (rank %d, host %s)", r.node.Self(), r.Number(), job.Hostname())
	})
	if r.cfg.Watch != nil {
		r.cfg.Watch(r.rankGone)
	}
	worker.TellEnding(r.own.Interp, r.noteEnding)
}

// Over tells whether this rank was a worker whose service has ended, and how.
func (r *Rank) Over() (bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.served, r.result
}

// Lost hears of the end of a link to another process: without the master a worker
// ends. Without a worker the job does: see EndJob.
func (r *Rank) Lost(pid rpc.Pid) {
	if pid != rpc.Master {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.masterGone {
		r.masterGone = true
		close(r.gone)
		if r.cfg.Clean != nil {
			go r.cfg.Clean() // the launcher may leave no time for it later
		}
	}
}

// doomGrace is how long the script has to end by itself, with its own words,
// when a rank was lost.
const doomGrace = time.Second

// EndJob ends the whole job because a rank was lost: with the script's own
// error when that comes soon.
func (r *Rank) EndJob(why *luaerr.Error) {
	r.mu.Lock()
	first := r.doomed == nil
	if first {
		r.doomed = why
	}
	r.mu.Unlock()
	if first {
		r.endAfter(doomGrace, why)
	}
}

// rankGone ends the job when a rank's process has ended and the launcher does
// nothing about it.
func (r *Rank) rankGone(why string) { r.EndJob(luaerr.New(luaerr.Lost, "%s", why)) }

// signalGrace is how long the script has to end when the launcher told it to:
// a second later the launcher kills.
const signalGrace = 400 * time.Millisecond

// endAfter ends the job unless this process ends by itself before.
func (r *Rank) endAfter(grace time.Duration, why *luaerr.Error) {
	time.AfterFunc(grace, func() {
		if r.BeginEnd() {
			r.own.Report(why)
			r.End(r.own.Status(why))
		}
	})
}

// Doom gives the reason why the job cannot end in order, nil for none.
func (r *Rank) Doom() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.doomed == nil {
		return nil
	}
	return r.doomed
}

// End is the last step of a rank: it ends the process, after the other
// ranks when all of them end in order, with all of them when something went
// wrong. It returns in tests only.
func (r *Rank) End(status int) {
	r.cfg.FlushC()
	r.cfg.End(status, status == exitOK || r.inOrder())
}

// heardLimit is how long the error of a chunk may take to reach the master
// where messages are those of MPI: rank 0 may be in a call that keeps all of
// MPI, and wait there for the very rank that failed.
const heardLimit = 5 * time.Second

// chunkFailed ends the job when the master does not hear of an error of this
// rank, which nobody would be told otherwise.
func (r *Rank) chunkFailed(text string) {
	if r.node.Self() == rpc.Master || r.overSockets() {
		return
	}
	go func() {
		ctx, cancel := context.WithTimeout(r.own.Life, heardLimit)
		defer cancel()
		_, err := r.node.Call(ctx, rpc.Master, rpc.Request{Service: protocol.ServiceWhere}) // answered as soon as messages come
		if err == nil || ctx.Err() == nil || r.own.Life.Err() != nil {
			return
		}
		if r.BeginEnd() {
			r.own.Report(luaerr.New(luaerr.Script, "%s\nthe job ends: rank 0 has not heard of this for %v, in a call that keeps MPI and its messages (TCP_TRANSPORT_ALL has ways of its own)", text, heardLimit))
			r.End(exitFailure)
		}
	}()
}

// overSockets tells whether messages go past MPI.
func (r *Rank) overSockets() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, tcp := r.transport.(*tcpTransport)
	return tcp
}

// BeginEnd notes that the process ends; false when it does already: then
// somebody else reports why.
func (r *Rank) BeginEnd() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	first := !r.ending
	r.ending = true
	return first
}

// inOrder tells whether the other ranks were told to end, so that they wait
// for this one to end MPI together.
func (r *Rank) inOrder() bool {
	r.mu.Lock()
	j := r.job
	doomed := r.doomed != nil
	r.mu.Unlock()
	return j != nil && !doomed && j.left.Load()
}

// noteEnding hears of a call of the script that ends this rank, before it
// does. mpi.Abort ends the others at once; Exit may have a better way.
func (r *Rank) noteEnding(e worker.Ending) {
	if e.Name != "os.exit" {
		r.sayEnding(e.Text)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.exitCall = e.Text
}

// sayEnding tells of a call that ends the job.
func (r *Rank) sayEnding(call string) {
	r.own.Say("%v called %s: the job ends", r, call)
}

// Exit is os.exit on a rank: on the master it ends all ranks in order, by end, which
// gives the status; on a worker, which cannot end alone, the whole job.
func (r *Rank) Exit(code int, end func(code int) (status int)) {
	if !r.Started() && code == exitOK {
		if err := r.MeetAtEnd(); err != nil { // a rank may be lost meanwhile: the job then ends
			r.own.Report(err)
			code = r.own.Status(err)
		}
	}
	if !r.BeginEnd() {
		select {} // the process ends already
	}
	r.mu.Lock()
	call := r.exitCall
	r.mu.Unlock()
	switch {
	case r.Started() && r.node.Self() != rpc.Master:
		r.sayEnding(call + ", while it served as a worker")
		r.End(max(code, exitFailure))
	case !r.Started() && code != exitOK:
		r.sayEnding(call)
		r.End(code)
	}
	r.End(end(code))
}

// aloneGrace is how long a rank that was told to end leaves it to others to end
// the job: the launcher, which may have told all ranks, and rank 0, which says
// why and ends within signalGrace. Then it does so itself, before the launcher kills.
const aloneGrace = 800 * time.Millisecond

// Interruption is the error of a script that a signal stops, and sees to it that the
// job ends soon. A rank gets a signal from its launcher when another rank died.
func (r *Rank) Interruption(s os.Signal) error {
	if err := r.Doom(); err != nil {
		return err
	}
	e := luaerr.New(luaerr.Interrupted, "interrupted (%v): Ctrl-C, or the launcher ended the job because a rank failed", s)
	if r.Number() == 0 {
		r.endAfter(signalGrace, e)
	} else {
		r.endAfter(aloneGrace, luaerr.New(luaerr.Lost, "host %s: a signal (%v) told it to end: the job ends", job.Hostname(), s))
	}
	return e
}
