package host

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/node"
)

// Exit statuses of the command.
const (
	ExitOK          = 0
	ExitScript      = 1 // the script raised an error
	ExitUsage       = 2 // wrong usage of the command
	ExitLaunch      = 3 // workers could not be started
	ExitLost        = 4 // a worker was lost
	ExitInterrupted = 130
)

// errNoScript is wrong usage of the command, though found out late.
var errNoScript = errors.New("there is no script")

// exitStatus is the status for an error that ended a script.
func exitStatus(err error) int {
	if err == nil {
		return ExitOK
	}
	if errors.Is(err, errNoScript) {
		return ExitUsage
	}
	switch luaerr.From(err).Kind {
	case luaerr.Launch:
		return ExitLaunch
	case luaerr.Lost:
		return ExitLost
	case luaerr.Interrupted:
		return ExitInterrupted
	default:
		return ExitScript
	}
}

// Run runs the script of cfg.Args as the master and gives the exit status.
// All workers are gone when it returns. The first Ctrl-C stops what runs, the
// second ends everything at once.
func Run(cfg Config) int {
	interp.TuneMemory()
	h, err := New(cfg)
	if err != nil {
		fmt.Fprintln(os.Stderr, "mpiclus-lua:", err)
		return ExitUsage
	}
	return h.finish(h.RunScript(cfg.Args[0]))
}

// finish reports the error that ended the script, if any, ends all workers
// and gives the exit status.
func (h *Host) finish(err error) int {
	if h.cfg.Ranks != nil && err == nil && !h.loop.isStarted() {
		err = h.meetAtEnd()
	}
	if h.cfg.Ranks != nil && !h.loop.setEnding() {
		select {} // the job is being ended
	}
	status := exitStatus(err)
	if err != nil {
		h.report(err)
	}
	var calls []node.Unfinished
	if status == ExitOK {
		calls = h.node.Unfinished()
	}
	err = h.close(calls)
	if err == nil {
		err = h.loop.doom()
	}
	if err != nil && status == ExitOK {
		h.report(err)
		status = exitStatus(err)
	}
	if h.cfg.Ranks != nil {
		h.endRank(status)
	}
	return status
}

// report shows the error that ended the script.
func (h *Host) report(err error) {
	e := h.stop.tell(luaerr.From(err))
	if r := h.cfg.Ranks; r != nil {
		if r.Info().Rank != 0 && e.Kind == luaerr.Interrupted {
			return // the launcher stopped it: who failed, or rank 0, tells more
		}
		if e = e.At(r.Info().Rank, int(h.node.Self()), ""); namesProcesses(e) {
			e.Rank, e.Pid = luaerr.NoRank, 0
		}
	}
	h.display.note(report(e, h.cfg.Verbose))
}

// RunScript runs a script file in the master's interpreter. Its error is what
// the script raised, a *luaerr.Error.
func (h *Host) RunScript(file string) error {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	end := func(why error) {
		h.stop.begin(why)
		cancel(why)
	}
	h.parallel.Stopped = func(why *luaerr.Error) {
		if h.node.Self() == node.Master { // a rank that serves is in its script still
			end(why)
		}
	}
	stop := h.watchSignals(end)
	defer stop()
	h.interp.SetExit(h.exit)
	var err error
	h.interp.Run(ctx, file, func(t *interp.Task) {
		var fn lua.LValue
		if fn, err = h.load(t.L(), file); err != nil {
			return
		}
		_, err = t.Call(fn, h.scriptArgs()...)
	})
	if over, err := h.loop.over(); over {
		return err
	}
	return err
}

// exit is os.exit of the script: the workers end first.
func (h *Host) exit(code int) {
	if h.cfg.Ranks != nil {
		h.exitRank(code)
	}
	h.closeAtExit(code)
	os.Exit(code)
}

// closeAtExit is Close for a script that ends itself with a status, of which
// an error of the workers changes nothing.
func (h *Host) closeAtExit(code int) {
	if code == ExitOK {
		_ = h.Close()
		return
	}
	_ = h.close(nil)
}

func (h *Host) load(L *lua.LState, file string) (lua.LValue, error) {
	if folder := filepath.Dir(file); folder != "." {
		// Modules beside the script are found from wherever it is started.
		pack := L.GetGlobal("package").(*lua.LTable)
		path := lua.LVAsString(pack.RawGetString("path"))
		pack.RawSetString("path", lua.LString(path+";"+filepath.Join(folder, "?.lua")))
	}
	fn, err := h.interp.LoadFile(L, file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, luaerr.New(luaerr.Argument, "%w %s", errNoScript, file)
	}
	if err != nil {
		return nil, luaerr.New(luaerr.Script, "%w", err)
	}
	return fn, nil
}

func (h *Host) scriptArgs() []lua.LValue {
	var args []lua.LValue
	for _, a := range h.cfg.Args[min(1, len(h.cfg.Args)):] {
		args = append(args, lua.LString(a))
	}
	return args
}

// sameSignal is the time in which a second signal is taken for the first one.
const sameSignal = 200 * time.Millisecond

// watchSignals turns Ctrl-C into an interrupt of the script, and a second one
// into the end.
func (h *Host) watchSignals(end func(why error)) (stop func()) {
	signals := make(chan os.Signal, 2)
	done := make(chan struct{})
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		var why error
		select {
		case s := <-signals:
			why = h.interruption(s)
			end(why)
		case <-done:
			return
		}
		// What comes at once is the same signal again: timeout(1) and some
		// terminals send it to the process and to its group.
		for once := time.After(sameSignal); once != nil; {
			select {
			case <-signals:
			case <-once:
				once = nil
			case <-done:
				return
			}
		}
		// Chunks have told by now where they were; all else stops, too.
		h.StopWorkers(luaerr.From(why))
		select {
		case <-signals:
			h.display.note("mpiclus-lua: interrupted again: the workers are killed")
			h.Kill()
			h.removeFolders()
			os.Exit(ExitInterrupted)
		case <-done:
		}
	}()
	return func() {
		signal.Stop(signals)
		close(done)
	}
}

func (h *Host) removeFolders() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, m := range h.managers {
		m.mu.Lock()
		if m.folder != nil {
			_ = m.folder.Remove()
		}
		m.mu.Unlock()
	}
}

// report is what the user sees of an error that ended the script.
func report(err error, verbose bool) string {
	e := luaerr.From(err)
	text := "mpiclus-lua: " + e.Error()
	if e.Traceback != "" && (e.Kind == luaerr.Script || e.Kind == luaerr.Argument || e.Kind == luaerr.MPI || verbose) {
		text += "\n" + e.Traceback
	}
	return text
}
