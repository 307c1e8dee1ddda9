package host

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/objects"
)

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
	stop := h.watchSignals()
	defer stop()
	return h.finish(h.RunScript(cfg.Args[0]))
}

// finish reports the error that ended the script, if any, ends all workers
// and gives the exit status.
func (h *Host) finish(err error) int {
	if h.rank != nil && err == nil && !h.rank.Started() {
		err = h.rank.MeetAtEnd()
	}
	if h.rank != nil && !h.rank.BeginEnd() {
		select {} // the job is being ended
	}
	status := exitStatus(err)
	if err != nil {
		h.report(err)
	}
	if e := h.runOnExit(err); e != nil && status == ExitOK {
		status = exitStatus(e)
	}
	if e := h.untoldLoss(); e != nil && status == ExitOK {
		h.report(e)
		status = exitStatus(e)
	}
	var calls []objects.Unfinished
	if status == ExitOK {
		calls = h.parallel.Objects.Unfinished()
	}
	err = h.close(calls)
	if err == nil && h.rank != nil {
		err = h.rank.Doom()
	}
	if err != nil && status == ExitOK {
		h.report(err)
		status = exitStatus(err)
	}
	h.interp.TellNative(h.cfg.Stderr)
	status = h.outputStatus(status)
	if h.rank != nil {
		h.rank.End(status)
	}
	return status
}

// outputStatus is the exit status when some output may not have been taken.
func (h *Host) outputStatus(status int) int {
	if h.readerGone.Load() {
		return ExitReaderGone
	}
	if err := h.display.Lost(); err != nil {
		h.report(err)
		if status == ExitOK {
			return ExitOutput
		}
	}
	return status
}

// RunScript runs a script file in the master's interpreter. Its error is what
// the script raised, a *luaerr.Error.
func (h *Host) RunScript(file string) error {
	ctx, done := context.WithCancel(h.stop.start())
	defer done()
	defer h.stop.end()
	h.interp.SetExit(h.exit)
	var err error
	h.interp.Run(ctx, file, func(t *interp.Task) {
		var fn lua.LValue
		if fn, err = h.load(t.L(), file); err != nil {
			return
		}
		_, err = t.Call(fn, h.scriptArgs()...)
	})
	if h.rank != nil {
		if over, err := h.rank.Over(); over {
			return err
		}
	}
	return err
}

// exit is os.exit of the script: the workers end first.
func (h *Host) exit(code int) {
	if h.rank != nil {
		h.rank.Exit(code, h.closeAtExit)
	}
	os.Exit(h.closeAtExit(code))
}

// closeAtExit is Close for a script that ends itself with a status, of which
// an error of the workers changes nothing but that success is none. It gives
// the status.
func (h *Host) closeAtExit(code int) int {
	h.stop.end() // what is left is the end
	calls := h.parallel.Objects.Unfinished()
	if e := h.runOnExit(nil); e != nil && code == ExitOK {
		code = exitStatus(e)
	}
	if e := h.untoldLoss(); e != nil && code == ExitOK {
		h.report(e)
		code = exitStatus(e)
	}
	if code != ExitOK {
		calls = nil
	}
	err := h.close(calls)
	if err != nil && code == ExitOK {
		h.report(err)
		code = exitStatus(err)
	}
	return h.outputStatus(code)
}

func (h *Host) load(L *lua.LState, file string) (lua.LValue, error) {
	if h.cfg.Code != nil {
		fn, err := h.interp.LoadText(L, file, *h.cfg.Code)
		return fn, scriptError(err)
	}
	return h.loadFile(L, file)
}

// loadFile compiles the script of a file, whose folder is one of modules from then on.
func (h *Host) loadFile(L *lua.LState, file string) (lua.LValue, error) {
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
	return fn, scriptError(err)
}

// scriptError is the error of a script that cannot be compiled or read, nil for
// none.
func scriptError(err error) error {
	if err == nil || luaerr.From(err).Kind == luaerr.Interrupted {
		return err
	}
	return luaerr.New(luaerr.Script, "%w", err)
}

func (h *Host) scriptArgs() []lua.LValue {
	var args []lua.LValue
	for _, a := range h.cfg.Args[min(1, len(h.cfg.Args)):] {
		args = append(args, lua.LString(a))
	}
	return args
}
