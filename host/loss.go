package host

import (
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/job"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

// noticeTime is how long a loss may take to reach the script as the error of
// what it waits for; then it is told.
const noticeTime = 500 * time.Millisecond

// lost makes the error for a worker whose link broke.
func (h *Host) lost(pid rpc.Pid, cause error) *luaerr.Error {
	if h.rank != nil {
		h.rank.Lost(pid)
	}
	m, w := h.worker(pid)
	if w == nil {
		return nil
	}
	e := m.lostWorker(w, cause)
	if h.rank != nil && !m.isClosed() {
		h.rank.EndJob(e)
	}
	return e
}

// lostWorker makes the error for a worker whose link broke. It may wait for about a
// second.
func (m *Manager) lostWorker(w *job.Worker, cause error) *luaerr.Error {
	m.mu.Lock()
	life, j := m.life, m.job
	m.mu.Unlock()
	if life.isClosed() {
		return closedManager(w.Pid())
	}
	if life.killed != nil { // we ended it: its end is no cause of anything
		e := *life.killed
		return &e
	}
	e := j.Obituary(w, cause)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.life.enter(stageLost, e) {
		m.noteLoss(e)
	}
	return e
}

// noteLoss keeps the first loss of a job. m.mu is held.
func (m *Manager) noteLoss(e *luaerr.Error) {
	if m.loss.err != nil {
		return
	}
	m.loss.err = e
	go m.debug("a worker was lost", "error", e.Message) // it may wait, and m.mu is held
	m.loss.coped = m.beginRecovery(e)
	if handlers := m.loss.handlers; len(handlers) > 0 {
		m.loss.coped = true
		go m.callOnLost(handlers, e)
	}
	if m.loss.coped {
		return
	}
	time.AfterFunc(noticeTime, func() {
		switch e := m.untold(); {
		case e == nil:
		case m.host.pieces.Load():
			m.host.say("%s\n(manager:restart() starts a fresh job)", e.Error())
		default:
			m.host.say("%s (unless the script copes with it, its status will be %d)", e.Error(), ExitLost)
		}
	})
}

// untold returns the loss of a worker that the script knows nothing of; nil for
// none.
func (m *Manager) untold() *luaerr.Error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.loss.err == nil || m.loss.coped || m.succession.next != nil || m.loss.err.Raised() {
		return nil
	}
	return m.loss.err
}

// untoldLoss returns the error of a worker that was lost while nobody waited for
// it; nil for none, and where a front end has told of it.
func (h *Host) untoldLoss() error {
	if h.pieces.Load() {
		return nil
	}
	for _, m := range h.all() {
		if e := m.untold(); e != nil {
			return e
		}
	}
	return nil
}

// callOnLost calls functions of on_lost in a task of their own.
func (m *Manager) callOnLost(handlers []*lua.LFunction, e *luaerr.Error) {
	ctx := m.host.stop.beside()
	m.host.interp.Start(ctx, "on_lost", func(t *interp.Task) {
		for _, fn := range handlers {
			if _, err := t.Call(fn, e.ToLua(t.L())); err != nil && ctx.Err() == nil {
				m.host.say("a function of on_lost failed: %s", luaerr.From(err).Error())
			}
		}
	})
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
