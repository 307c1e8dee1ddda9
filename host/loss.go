package host

import (
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// loss is the first worker that a job lost, and whether the script knows.
type loss struct {
	err      *luaerr.Error
	handlers []*lua.LFunction // of on_lost
	coped    bool             // one of them was called
}

// noticeTime is how long a loss may take to reach the script as the error of
// what it waits for; then it is told.
const noticeTime = 500 * time.Millisecond

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
		if e := m.untold(); e != nil {
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
// it; nil for none.
func (h *Host) untoldLoss() error {
	for _, m := range h.all() {
		if e := m.untold(); e != nil {
			return e
		}
	}
	return nil
}

// luaOnLost is manager:on_lost(f): f is called with the error of the first
// worker that the job loses, at once when it has lost one already. The script
// has then coped with the loss.
func (h *Host) luaOnLost(L *lua.LState) int {
	m := checkManager(L, 1, "on_lost")
	fn, ok := L.Get(2).(*lua.LFunction)
	if !ok {
		luaerr.RaiseArg(L, "on_lost", 2, "f", "a function expected, got %s", L.Get(2).Type())
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.loss.handlers = append(m.loss.handlers, fn)
	if m.loss.err != nil {
		m.loss.coped = true
		go m.callOnLost([]*lua.LFunction{fn}, m.loss.err)
	}
	return 0
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
