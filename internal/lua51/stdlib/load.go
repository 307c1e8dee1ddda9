package stdlib

import (
	"errors"
	"fmt"
	"strings"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// ShortSource returns how people read the name of a chunk in messages: what
// follows an "@" (a file) or "=", or else the first line of the source that is
// its name, "[string \"x = 1\"]".
func ShortSource(chunk string) string { return shortSource(chunk, 43) } // as LUA_IDSIZE leaves

// shortSource is ShortSource with room for so many bytes of a line.
func shortSource(chunk string, room int) string {
	if chunk != "" && (chunk[0] == '@' || chunk[0] == '=') {
		return chunk[1:]
	}
	line := chunk
	if end := strings.IndexAny(line, "\r\n"); end >= 0 {
		line = line[:end]
	}
	line = line[:min(len(line), room)]
	if len(line) < len(chunk) {
		line += "..."
	}
	return "[string \"" + line + "\"]"
}

// Source takes from the text of a file what is not for Lua: the mark of its
// encoding, and a first line that is for the shell. The numbers of the other
// lines stay.
func Source(text string) string {
	text = strings.TrimPrefix(text, "\xef\xbb\xbf")
	if strings.HasPrefix(text, "#") {
		if end := strings.IndexByte(text, '\n'); end >= 0 {
			return text[end:]
		}
		return ""
	}
	return text
}

// pushChunk compiles a chunk and pushes it, or nil and the error.
func pushChunk(L *lua.LState, env *Env, chunk, source string, lasting bool) int {
	fn, err := compile(L, env, chunk, source, lasting)
	if err != nil {
		L.Push(lua.LNil)
		L.Push(lua.LString(err.Error()))
		return 2
	}
	L.Push(fn)
	return 1
}

func compile(L *lua.LState, env *Env, chunk, source string, lasting bool) (*lua.LFunction, error) {
	name := env.ShortName(chunk, source)
	if strings.HasPrefix(source, "\x1b") {
		return undump(L, env, name, source)
	}
	fn, err := env.Load(L, name, source, lasting)
	if err != nil {
		if rest, ok := strings.CutPrefix(err.Error(), name); ok { // lua5.1 shows more where it tells of syntax
			err = errors.New(shortSource(chunk, 63) + rest)
		}
		return nil, err
	}
	fn.Env = L.Env
	return fn, nil
}

// manyChunks is how many names of chunks are remembered at most.
const manyChunks = 1000

// ShortName returns the short name of a chunk, as people read it. Where that does not
// tell the whole one it is remembered: by the memory of the short one, which all
// functions of the chunk share, since two chunks may have one short name.
func (env *Env) ShortName(chunk, source string) string {
	short := ShortSource(chunk)
	if known, ok := env.shortNames[chunk]; ok {
		return known
	}
	if short == "" || chunk == source || chunk == "@"+short || len(env.chunks) == manyChunks {
		return short
	}
	if env.chunks == nil {
		env.chunks, env.shortNames = map[*byte]string{}, map[string]string{}
	}
	short = strings.Clone(short)
	env.chunks[unsafe.StringData(short)], env.shortNames[chunk] = chunk, short
	return short
}

// chunkOf returns the name of the chunk that a function was compiled from, as
// load was given it.
func (env *Env) chunkOf(fn *lua.LFunction) string {
	name := fn.Proto.SourceName
	if whole, ok := env.chunks[unsafe.StringData(name)]; ok {
		return whole
	}
	inner, ok := strings.CutPrefix(name, "[string \"")
	if !ok {
		return "@" + name
	}
	if text, ok := env.Text(fn); ok && ShortSource(text) == name {
		return text
	}
	return strings.TrimSuffix(inner, "\"]")
}

func loadString(L *lua.LState, env *Env) int {
	source := checkString(L, 1)
	return pushChunk(L, env, optString(L, 2, source), source, false)
}

// load takes a function that gives pieces or, as later versions of Lua do, a
// string, and an environment as its fourth argument.
func load(L *lua.LState, env *Env) int {
	n := 0
	if source, ok := L.Get(1).(lua.LString); ok {
		n = pushChunk(L, env, optString(L, 2, string(source)), string(source), false)
	} else {
		reader := checkFunction(L, 1)
		chunk := optString(L, 2, "=(load)")
		source, err := readPieces(L, env, reader)
		if err != nil {
			L.Push(lua.LNil)
			L.Push(err.Object)
			return 2
		}
		n = pushChunk(L, env, chunk, source, false)
	}
	if t, ok := L.Get(4).(*lua.LTable); ok && n == 1 {
		L.SetFEnv(L.Get(-1), t)
	}
	return n
}

// readPieces calls a reader until it gives no more. An error that it raises is
// the result of load, but for that which ends an interrupted script.
func readPieces(L *lua.LState, env *Env, reader *lua.LFunction) (string, *lua.ApiError) {
	var b strings.Builder
	for {
		env.Check(L)
		L.Push(reader)
		if err := vm.PCall(L, 0, 1, nil); err != nil {
			env.Check(L)
			var raised *lua.ApiError
			if !errors.As(err, &raised) {
				raised = &lua.ApiError{Object: lua.LString(err.Error())}
			}
			return "", raised
		}
		piece := L.Get(-1)
		L.Pop(1)
		if piece == lua.LNil {
			return b.String(), nil
		}
		text, ok := toText(piece)
		if !ok {
			return "", &lua.ApiError{Object: lua.LString("reader function must return a string")}
		}
		if text == "" {
			return b.String(), nil
		}
		b.WriteString(text)
	}
}

// readChunk compiles a file, standard input when no name is given.
func readChunk(L *lua.LState, env *Env) (*lua.LFunction, error) {
	if L.Get(1) == lua.LNil {
		s := env.files.stdin(env)
		s.failed = nil
		source := s.readChars(L, 1<<63)
		if s.failed != nil {
			return nil, fmt.Errorf("cannot read stdin: %s", reason(s.failed))
		}
		text, _ := toText(source)
		return compile(L, env, "=stdin", Source(text), false)
	}
	name := checkString(L, 1)
	s, err := openFile(L, env, name, "r")
	if err != nil {
		return nil, fmt.Errorf("cannot open %s: %s", name, reason(err))
	}
	source := s.readChars(L, 1<<63)
	failed := s.failed
	_ = s.close(L)
	if failed != nil {
		return nil, fmt.Errorf("cannot read %s: %s", name, reason(failed))
	}
	text, _ := toText(source)
	return compile(L, env, "@"+name, Source(text), true)
}

func loadFile(L *lua.LState, env *Env) int {
	fn, err := readChunk(L, env)
	if err != nil {
		L.Push(lua.LNil)
		L.Push(lua.LString(err.Error()))
		return 2
	}
	L.Push(fn)
	return 1
}

func doFile(L *lua.LState, env *Env) int {
	fn, err := readChunk(L, env)
	if err != nil {
		L.Error(lua.LString(err.Error()), 0)
	}
	top := L.GetTop()
	L.Push(fn)
	L.Call(0, lua.MultRet)
	return L.GetTop() - top
}
