package stdlib

import (
	"io"
	"os"
	"runtime"
	"sync"

	lua "github.com/yuin/gopher-lua"
	"golang.org/x/sys/unix"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/number"
)

// fileType is the name of the metatable of files in the registry.
const fileType = "FILE*"

// file is what the userdata of a file holds.
type file struct {
	s        *stream
	standard bool // which scripts cannot close
}

// Kind names it in errors about arguments.
func (*file) Kind() string { return "file" }

// files are the files of an interpreter.
type files struct {
	metatable     *lua.LTable
	standardInput *stream
	input, output *lua.LUserData // the default ones
	open          map[*stream]struct{}
	dropped       dropped
}

// dropped are the streams whose userdata are garbage.
type dropped struct {
	mu      sync.Mutex
	streams []*stream
}

func (d *dropped) add(s *stream) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.streams = append(d.streams, s)
}

func (d *dropped) take() []*stream {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := d.streams
	d.streams = nil
	return all
}

// OpenIO puts the library io into the globals (manual, section 5.7).
func OpenIO(L *lua.LState, env *Env) {
	env.install(L)
	with := func(fn func(L *lua.LState, env *Env) int) lua.LGFunction {
		return func(L *lua.LState) int { return fn(L, env) }
	}
	mt := L.NewTable()
	L.G.Registry.RawSetString(fileType, mt)
	env.files.metatable = mt
	for name, fn := range map[string]lua.LGFunction{
		"close": with(fileClose), "flush": fileFlush, "lines": fileLines, "read": fileRead, "seek": fileSeek,
		"setvbuf": fileSetvbuf, "write": fileWrite, "__tostring": fileString, "__gc": fileGarbage,
	} {
		mt.RawSetString(name, L.NewFunction(fn))
	}
	mt.RawSetString("__index", mt)
	t := openLibrary(L, "io", map[string]lua.LGFunction{
		"close": with(ioClose), "flush": with(ioFlush), "input": with(ioInput), "lines": with(ioLines), "open": with(ioOpen),
		"output": with(ioOutput), "popen": with(ioPopen), "read": with(ioRead), "tmpfile": with(ioTmpfile), "type": ioType, "write": with(ioWrite),
	})
	for name, s := range map[string]*stream{"stdin": env.files.stdin(env), "stdout": env.stdout, "stderr": standardError(env)} {
		ud := L.NewUserData()
		ud.Value, ud.Metatable = &file{s: s, standard: true}, mt
		t.RawSetString(name, ud)
	}
	env.files.input = t.RawGetString("stdin").(*lua.LUserData)
	env.files.output = t.RawGetString("stdout").(*lua.LUserData)
}

// standardOutput makes the stream of print and io.stdout.
func standardOutput(env *Env) *stream {
	s := &stream{env: env, fd: -1, w: env.Stdout, buffer: noBuffering}
	if f, ok := env.Stdout.(*os.File); ok {
		s = newStream(env, int(f.Fd()))
		s.w, s.buffer = f, noBuffering // Fd of a standard file is one that blocks, as it was
	}
	return s
}

func standardError(env *Env) *stream {
	s := newStream(env, 2)
	s.w, s.buffer = os.Stderr, noBuffering
	return s
}

// stdin returns the stream of io.stdin.
func (f *files) stdin(env *Env) *stream {
	if f.standardInput == nil {
		f.standardInput = newStream(env, 0)
	}
	return f.standardInput
}

// push pushes the userdata of a stream. When that is garbage the stream is
// closed.
func (env *Env) push(L *lua.LState, s *stream) *lua.LUserData {
	env.closeDropped()
	ud := L.NewUserData()
	ud.Value, ud.Metatable = &file{s: s}, env.files.metatable
	if env.files.open == nil {
		env.files.open = map[*stream]struct{}{}
	}
	env.files.open[s] = struct{}{}
	runtime.AddCleanup(ud, env.files.dropped.add, s)
	L.Push(ud)
	return ud
}

// forget is for a stream that has been closed.
func (env *Env) forget(s *stream) { delete(env.files.open, s) }

// closeDropped closes the files that nobody holds any more.
func (env *Env) closeDropped() {
	for _, s := range env.files.dropped.take() {
		env.forget(s)
		s.abandon()
	}
}

// Flush writes what scripts have written to files and is still buffered. The
// caller holds the interpreter. A file that somebody else has to read gets what
// it takes at once and, before the end of the process, what it takes in a
// second.
func (env *Env) Flush(end bool) {
	env.closeDropped()
	for s := range env.files.open {
		s.flushNow(end)
	}
}

// toFile returns the file of argument n, which may be closed.
func toFile(L *lua.LState, n int) *file {
	if ud, ok := L.Get(n).(*lua.LUserData); ok {
		if f, ok := ud.Value.(*file); ok {
			return f
		}
	}
	typeError(L, n, fileType)
	return nil
}

// checkFile returns the open file of argument 1.
func checkFile(L *lua.LState) *file {
	f := toFile(L, 1)
	if f.s.closed {
		raise(L, "attempt to use a closed file")
	}
	return f
}

// standard returns the default input or output.
func standard(L *lua.LState, ud *lua.LUserData, what string) *file {
	f := ud.Value.(*file)
	if f.s.closed {
		raise(L, "standard %s file is closed", what)
	}
	return f
}

// failure pushes nil, what went wrong, and the number of that.
func failure(L *lua.LState, err error) int { return failureSaid(L, err, reason(err)) }

// failureOf is failure with the name of the file before it.
func failureOf(L *lua.LState, err error, name string) int {
	return failureSaid(L, err, name+": "+reason(err))
}

func failureSaid(L *lua.LState, err error, text string) int {
	L.Push(lua.LNil)
	L.Push(lua.LString(text))
	n, _ := errno(err)
	L.Push(lua.LNumber(n))
	return 3
}

// outcome pushes true, or what went wrong with a stream.
func outcome(L *lua.LState, s *stream, ok bool) int {
	if !ok {
		return failure(L, s.failed)
	}
	L.Push(lua.LTrue)
	return 1
}

func ioOpen(L *lua.LState, env *Env) int {
	name, mode := checkString(L, 1), optString(L, 2, "r")
	s, err := openFile(L, env, name, mode)
	if err != nil {
		return failureOf(L, err, name)
	}
	env.push(L, s)
	return 1
}

func ioPopen(L *lua.LState, env *Env) int {
	command, mode := checkString(L, 1), optString(L, 2, "r")
	s, err := openPipe(env, command, mode)
	if err != nil {
		return failureOf(L, err, command)
	}
	env.push(L, s)
	return 1
}

func ioTmpfile(L *lua.LState, env *Env) int {
	f, err := os.CreateTemp("", "lua_")
	if err != nil {
		return failure(L, err)
	}
	defer f.Close()
	_ = os.Remove(f.Name())
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return failure(L, err)
	}
	env.push(L, newStream(env, fd))
	return 1
}

func ioType(L *lua.LState) int {
	checkAny(L, 1)
	L.Push(lua.LNil)
	if ud, ok := L.Get(1).(*lua.LUserData); ok {
		if f, ok := ud.Value.(*file); ok {
			L.Pop(1)
			L.Push(lua.LString("file"))
			if f.s.closed {
				L.Pop(1)
				L.Push(lua.LString("closed file"))
			}
		}
	}
	return 1
}

func ioClose(L *lua.LState, env *Env) int {
	if L.GetTop() == 0 {
		L.Push(env.files.output)
	}
	return fileClose(L, env)
}

func fileClose(L *lua.LState, _ *Env) int {
	f := checkFile(L)
	if f.standard {
		L.Push(lua.LNil)
		L.Push(lua.LString("cannot close standard file"))
		return 2
	}
	if err := f.s.close(L); err != nil {
		return failure(L, err)
	}
	L.Push(lua.LTrue)
	return 1
}

// fileGarbage is what scripts find in the metatable of files; what closes files
// that are garbage is Go's collector.
func fileGarbage(L *lua.LState) int {
	if f := toFile(L, 1); !f.standard && !f.s.closed {
		_ = f.s.close(L)
	}
	return 0
}

func ioFlush(L *lua.LState, env *Env) int {
	f := standard(L, env.files.output, "output")
	f.s.failed = nil
	return outcome(L, f.s, f.s.flush(L))
}

func fileFlush(L *lua.LState) int {
	f := checkFile(L)
	f.s.failed = nil
	return outcome(L, f.s, f.s.flush(L))
}

func ioRead(L *lua.LState, env *Env) int {
	return readFormats(L, standard(L, env.files.input, "input").s, 1)
}

func fileRead(L *lua.LState) int { return readFormats(L, checkFile(L).s, 2) }

func ioWrite(L *lua.LState, env *Env) int {
	return writeAll(L, standard(L, env.files.output, "output").s, 1)
}

func fileWrite(L *lua.LState) int { return writeAll(L, checkFile(L).s, 2) }

// writeAll writes the arguments from first on.
func writeAll(L *lua.LState, s *stream, first int) int {
	s.failed = nil
	for arg := first; arg <= L.GetTop(); arg++ {
		ok := false
		switch v := L.Get(arg).(type) {
		case lua.LNumber:
			var room [32]byte
			ok = s.write(L, number.Append(room[:0], float64(v)))
		case lua.LString:
			ok = s.writeString(L, string(v))
		default:
			typeError(L, arg, "string")
		}
		if !ok {
			return failure(L, s.failed)
		}
	}
	L.Push(lua.LTrue)
	return 1
}

func fileSeek(L *lua.LState) int {
	f := checkFile(L)
	whence := checkOption(L, 2, "cur", []string{"set", "cur", "end"})
	at, err := f.s.seek(L, []int{io.SeekStart, io.SeekCurrent, io.SeekEnd}[whence], optInteger(L, 3, 0))
	if err != nil {
		return failure(L, err)
	}
	L.Push(lua.LNumber(at))
	return 1
}

func fileSetvbuf(L *lua.LState) int {
	f := checkFile(L)
	mode := checkOption(L, 2, "", []string{"no", "full", "line"})
	optInteger(L, 3, 0)
	if f.s.w == nil { // the standard files write at once, since others write there too
		f.s.buffer = []buffering{noBuffering, fullBuffering, lineBuffering}[mode]
	}
	L.Push(lua.LTrue)
	return 1
}

func fileString(L *lua.LState) int {
	f := toFile(L, 1)
	if f.s.closed {
		L.Push(lua.LString("file (closed)"))
	} else {
		L.Push(lua.LString("file (" + address(f.s) + ")"))
	}
	return 1
}

func ioInput(L *lua.LState, env *Env) int { return standardFile(L, env, &env.files.input, "r") }

func ioOutput(L *lua.LState, env *Env) int { return standardFile(L, env, &env.files.output, "w") }

// standardFile sets a default file to one of a name or to an open one, and
// returns it.
func standardFile(L *lua.LState, env *Env, which **lua.LUserData, mode string) int {
	if arg := L.Get(1); arg != lua.LNil {
		if name, ok := toText(arg); ok {
			s, err := openFile(L, env, name, mode)
			if err != nil {
				argError(L, 1, name+": "+reason(err))
			}
			*which = env.push(L, s)
		} else {
			checkFile(L)
			*which = arg.(*lua.LUserData)
		}
	}
	L.Push(*which)
	return 1
}

func ioLines(L *lua.LState, env *Env) int {
	if L.Get(1) == lua.LNil {
		L.SetTop(0)
		L.Push(env.files.input)
		return fileLines(L)
	}
	name := checkString(L, 1)
	s, err := openFile(L, env, name, "r")
	if err != nil {
		argError(L, 1, name+": "+reason(err))
	}
	ud := env.push(L, s)
	L.Push(linesOf(L, ud, ud.Value.(*file), true))
	return 1
}

func fileLines(L *lua.LState) int {
	f := checkFile(L)
	L.Push(linesOf(L, L.Get(1).(*lua.LUserData), f, false))
	return 1
}

// linesOf makes an iterator over the lines of a file, which it keeps alive.
func linesOf(L *lua.LState, ud *lua.LUserData, f *file, closes bool) *lua.LFunction {
	return L.NewFunction(func(L *lua.LState) int {
		defer runtime.KeepAlive(ud)
		if f.s.closed {
			raise(L, "file is already closed")
		}
		f.s.failed = nil
		line := f.s.readLine(L)
		if f.s.failed != nil {
			raise(L, "%s", reason(f.s.failed))
		}
		if line != nil {
			L.Push(line)
			return 1
		}
		if closes {
			_ = f.s.close(L)
		}
		return 0
	})
}
