package job

import (
	"fmt"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
)

// accept lets the processes of the job in until the listener closes.
func (j *Launched) accept(from *link.Listener) {
	for {
		l, hello, err := from.Accept()
		if err != nil {
			return
		}
		var p protocol.Presence
		if err := protocol.Decode(hello.Data, &p); err != nil {
			j.cfg.Log.Warn("a connection was turned away", "reason", err)
			l.Close()
			continue
		}
		if (hello.Role == protocol.RoleSupervisor || hello.Role == protocol.RoleWorker) && !j.claims(hello.Role, p, l) {
			continue
		}
		w := j.arrival(p)
		j.cfg.Log.Debug("start: a process called", "role", hello.Role, "rank", p.Rank, "host", p.Host)
		switch hello.Role {
		case protocol.RoleSupervisor:
			w.mu.Lock()
			w.supervisor = l
			w.mu.Unlock()
			go j.serveSupervisor(w, l)
		case protocol.RoleWorker:
			w.mu.Lock()
			w.link = l
			w.mu.Unlock()
			go j.serveJoin(w, l)
		default:
			j.cfg.Log.Warn("a connection was turned away", "reason", "unknown role", "role", hello.Role)
			l.Close()
		}
	}
}

// claims checks whether a caller may join, and ends the start when there is no
// place for it.
func (j *Launched) claims(role string, p protocol.Presence, l link.Link) bool {
	j.mu.Lock()
	err := j.admission.claim(role, p, j.cfg.NP)
	j.mu.Unlock()
	if err == nil {
		return true
	}
	l.Close()
	go j.start.tell(joining{err: err})
	return false
}

// arrival returns the record of a worker, made when it or its supervisor first
// calls.
func (j *Launched) arrival(p protocol.Presence) *Worker {
	j.mu.Lock()
	defer j.mu.Unlock()
	w := j.present[p.Supervisor]
	if w == nil {
		w = newWorker(p, j.cfg.Display)
		j.present[p.Supervisor] = w
	}
	return w
}

// serveSupervisor takes output and the end of a worker from its supervisor.
func (j *Launched) serveSupervisor(w *Worker, l link.Link) {
	defer l.Close()
	defer j.ended(w)
	for {
		f, err := l.Receive()
		if err != nil {
			return
		}
		switch f.Kind {
		case protocol.FrameOutput:
			w.Outlet.Add(int(f.ID), f.Head)
		case protocol.FrameExit:
			var exit protocol.Exit
			if protocol.Decode(f.Head, &exit) == nil {
				w.mu.Lock()
				w.exit = &exit
				w.mu.Unlock()
			}
			if exit != (protocol.Exit{}) {
				// The supervisor stays until its link is closed, so that the
				// launcher leaves the other ranks alone.
				j.ended(w)
			}
		case protocol.FrameFailed:
			var why string
			if protocol.Decode(f.Head, &why) == nil {
				j.start.tell(joining{worker: w, err: luaerr.New(luaerr.Launch, "%s", why)})
			}
		}
	}
}

// ended notes, once, that a worker's process is over and all its output here.
func (j *Launched) ended(w *Worker) {
	w.over.Do(func() {
		w.Outlet.Close()
		close(w.exited)
		go j.afterExit(w)
	})
}

// afterExit handles the end of a worker's supervisor: one that had not joined
// makes the start fail; one that had is lost, if its own link has not told.
func (j *Launched) afterExit(w *Worker) {
	w.mu.Lock()
	pid, exit, host := w.pid, w.exit, w.presence.Host
	w.mu.Unlock()
	if pid != 0 {
		switch {
		case !j.cfg.Closed():
			j.cfg.Lost(w)
		case exit != nil && *exit != (protocol.Exit{}):
			j.unclean.Do(func() { close(j.spoilt) })
		}
		return
	}
	if exit == nil {
		j.supervisorLost(w)
		return
	}
	// Its last output may explain it: leave the launcher a moment to end.
	time.Sleep(50 * time.Millisecond)
	if *exit != (protocol.Exit{}) && !exit.Orphan { // else the launcher's end tells more
		e := luaerr.New(luaerr.Launch, "a worker on host %s ended before it had joined: %s", host, exit)
		e.Output = w.Outlet.LastLines(10)
		j.start.tell(joining{worker: w, err: e})
	}
}

// supervisorLost makes the start fail when a supervisor is gone without a word,
// which the launcher may not see for long: unless the launcher ends, and tells
// more.
func (j *Launched) supervisorLost(w *Worker) {
	if l := j.running(); l != nil {
		select {
		case <-l.Done():
			return
		case <-time.After(launcherWait):
		}
	}
	w.mu.Lock()
	p := w.presence
	w.mu.Unlock()
	e := luaerr.New(luaerr.Launch, "a worker on host %s was lost before it had joined: its supervisor (process %d) is gone: killed, or out of memory", p.Host, p.OSPid)
	if p.Rank >= 0 {
		e.Message = fmt.Sprintf("rank %d: %s", p.Rank, e.Message)
	}
	e.Host, e.Output = p.Host, w.Outlet.LastLines(10)
	j.start.tell(joining{worker: w, err: e})
}

// serveJoin waits for a worker's word that MPI runs there.
func (j *Launched) serveJoin(w *Worker, l link.Link) {
	f, err := l.Receive()
	if err != nil {
		return // its supervisor tells more
	}
	switch f.Kind {
	case protocol.FrameReady:
		w.mu.Lock()
		err = protocol.Decode(f.Head, &w.ready)
		w.mu.Unlock()
		if err != nil {
			err = luaerr.New(luaerr.Launch, "a worker on host %s joined wrongly: %w", w.presence.Host, err)
		}
		j.start.tell(joining{worker: w, err: err})
	case protocol.FrameFailed:
		var why string
		if protocol.Decode(f.Head, &why) == nil {
			j.start.tell(joining{worker: w, err: luaerr.New(luaerr.Launch, "a worker on host %s: %s", w.presence.Host, why)})
		}
	}
}
