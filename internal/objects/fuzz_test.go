package objects

import (
	"context"
	"slices"
	"testing"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// victim is a process whose services are called with what no process of ours
// sends. It is made anew now and then, since what is sent to it stays.
type victim struct {
	store  *Store
	client *rpc.Node // pid 2
	used   int
}

const victimLife = 500 // inputs

// close ends the process; all that waits in it must end with it.
func (v *victim) close() {
	if v.store != nil {
		v.client.Close()
		v.store.close()
		v.store = nil
	}
}

func (v *victim) open(t testing.TB) {
	if v.used++; v.store != nil && v.used < victimLife {
		return
	}
	v.close()
	v.used = 0
	v.store, v.client = newStore(rpc.Master), rpc.New(rpc.Config{Self: 2})
	connectNodes(t, v.store.node, v.client)
}

// functionAndTable encodes values that a call may have.
func functionAndTable(t testing.TB) (m *value.Message) {
	s := newStore(2)
	defer s.close()
	s.eval.Interp.Run(context.Background(), "seed", func(task *interp.Task) {
		fn, err := s.eval.Interp.Codec().Chunks.Load(task.L(), "=seed", "local x = 1 return function(a) return a or x end, {1, 2, 3, y = {}}")
		if err != nil {
			t.Error(err)
			return
		}
		vs, err := task.Call(fn)
		if err == nil {
			m, err = s.eval.Interp.Codec().Encode(task.L(), "seed", vs...)
		}
		if err != nil {
			t.Error(err)
		}
	})
	return m
}

// FuzzServices calls the services of a process with any parameters and any
// values: it replies or does nothing, but it lives on, and ends when it is told
// to.
func FuzzServices(f *testing.F) {
	v := &victim{}
	v.open(f)
	f.Cleanup(v.close)
	services := append(v.store.Layer().Services, v.store.eval.Layer().Services...)
	m := functionAndTable(f)
	id := ID{Owner: 1, Maker: 2, Seq: 1}.append(nil)
	for i := range services {
		for _, data := range [][]byte{nil, id, append(slices.Clone(id), id...), append(slices.Clone(id), make([]byte, 16)...)} {
			f.Add(byte(i), data, []byte(nil), []byte(nil))
			f.Add(byte(i), data, m.Body, []byte(nil))
		}
	}
	f.Fuzz(func(t *testing.T, service byte, data, body, blob []byte) {
		v.open(t)
		req := rpc.Request{Service: services[int(service)%len(services)].Name, Data: data, OnReply: func(*rpc.Reply, error) {}}
		if len(body) > 0 {
			req.Message = &value.Message{Body: body}
			if len(blob) > 0 {
				req.Message.Blobs = [][]byte{blob}
			}
		}
		call := v.client.Start(t.Context(), rpc.Master, req)
		if err := call.Sent(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := v.client.Call(t.Context(), rpc.Master, rpc.Request{Service: serviceIsReady, Data: id}); err != nil {
			t.Fatal(err) // the process does not live on
		}
		call.Cancel(errStop)
	})
}
