package eval

import (
	"context"
	"testing"

	lua "github.com/yuin/gopher-lua"
	"go.uber.org/goleak"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// open makes the evaluator of a process without links, which ends with the
// test.
func open(t testing.TB) (e *Evaluator) {
	t.Helper()
	in := interp.New(interp.Config{})
	n := rpc.New(rpc.Config{Self: rpc.Master, Codec: in.Codec(), Layers: func(n *rpc.Node) []rpc.Layer {
		e = New(n, in, func(text string) { t.Log(text) })
		return []rpc.Layer{e.Layer()}
	}})
	t.Cleanup(func() {
		n.Close()
		in.Close()
	})
	return e
}

// TestRaisedWithoutValue: an answer that raises, and holds no error, or several
// values, is an error all the same.
func TestRaisedWithoutValue(t *testing.T) {
	e := open(t)
	e.Interp.Run(context.Background(), "test", func(task *interp.Task) {
		for _, vs := range [][]lua.LValue{nil, {lua.LNumber(1), lua.LNumber(2)}} {
			m, err := e.Interp.Codec().Encode(task.L(), "x", vs...)
			if err != nil {
				t.Error(err)
				return
			}
			if got, err := e.Values(task.L(), &rpc.Reply{Message: m, Raised: true}); err == nil {
				t.Errorf("%d values gave %v", len(vs), got)
			}
		}
	})
}

// TestRaiseWhatCannotTravel raises errors that hold coroutines: the rest
// arrives, and the message says what does not.
func TestRaiseWhatCannotTravel(t *testing.T) {
	e := open(t)
	e.Interp.Run(context.Background(), "test", func(task *interp.Task) {
		L := task.L()
		thread, _ := L.NewThread()
		plain := &luaerr.Error{Kind: luaerr.Script, Message: "bad", Rank: luaerr.NoRank, Value: thread}
		mixed := L.NewTable()
		mixed.RawSetString("code", lua.LNumber(5))
		mixed.RawSetString("co", thread)
		inner := L.NewTable() // met after what was left out, and twice
		mixed.RawSetString("a", inner)
		mixed.RawSetString("go", L.NewFunction(func(*lua.LState) int { return 0 }))
		mixed.RawSetString("b", inner)
		mixed.RawSet(thread, lua.LTrue)
		for want, cause := range map[string]*luaerr.Error{
			"bad\n  not sent: field value is a coroutine": plain,
			"mixed\n  not sent: a key of field value is a coroutine\n  not sent: field value.co is a coroutine\n  not sent: field value.go is a Go function that no module holds": {
				Kind: luaerr.Script, Message: "mixed", Rank: luaerr.NoRank, Value: mixed},
			"several\n  not sent: field errors[0].value is a coroutine": {Kind: luaerr.Script, Message: "several", Rank: luaerr.NoRank,
				Errors: map[int]*luaerr.Error{0: plain, 1: {Kind: luaerr.Script, Message: "fine", Rank: luaerr.NoRank, Value: lua.LNumber(1)}}},
		} {
			_, err := e.Values(L, ptr(e.Raise(L, cause)))
			if got := luaerr.From(err); got == nil || got.Message != want || len(got.Errors) != len(cause.Errors) {
				t.Errorf("got error %v, want %s", err, want)
			} else if cause.Value == mixed {
				v, _ := got.Value.(*lua.LTable)
				if v == nil || v.RawGetString("code") != lua.LNumber(5) || v.RawGetString("a") != v.RawGetString("b") || v.RawGetString("a").Type() != lua.LTTable {
					t.Errorf("the rest has not arrived: %v", got.Value)
				}
			}
		}
	})
}

func ptr[T any](v T) *T { return &v }

// FuzzUnpackParts cuts any bytes into parts of a pack.
func FuzzUnpackParts(f *testing.F) {
	f.Add(Pack([]Part{{Message: &value.Message{Body: []byte{1, 2}}}, {Message: &value.Message{Body: []byte{3}, Blobs: [][]byte{{1}}}, Raised: true}}).Body)
	f.Fuzz(func(t *testing.T, body []byte) {
		parts := Unpack(&value.Message{Body: body, Blobs: [][]byte{{1}, {2}}})
		size := 0
		for _, p := range parts {
			size += len(p.Message.Body)
		}
		if size > len(body) {
			t.Errorf("%d bytes of parts in %d", size, len(body))
		}
	})
}
