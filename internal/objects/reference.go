package objects

import (
	"encoding/binary"
	"fmt"
	"runtime"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

// ID names an object. It lives in the process Owner; the process Maker asked
// for it.
type ID struct {
	Owner, Maker rpc.Pid
	Seq          uint64
}

const idBytes = 16

func (id ID) append(b []byte) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(id.Owner))
	b = binary.LittleEndian.AppendUint32(b, uint32(id.Maker))
	return binary.LittleEndian.AppendUint64(b, id.Seq)
}

func readID(b []byte) (id ID, rest []byte, err error) {
	if len(b) < idBytes {
		return id, nil, fmt.Errorf("the name of a value is cut short")
	}
	return ID{
		Owner: rpc.Pid(binary.LittleEndian.Uint32(b)), Maker: rpc.Pid(binary.LittleEndian.Uint32(b[4:])),
		Seq: binary.LittleEndian.Uint64(b[8:]),
	}, b[idBytes:], nil
}

// valid reports whether there can be processes with such pids.
func (id ID) valid() bool { return id.Owner >= rpc.Master && id.Maker >= rpc.Master }

func (id ID) String() string { return fmt.Sprintf("%d:%d:%d", id.Owner, id.Maker, id.Seq) }

// Kinds of references, as they travel.
const (
	KindFuture  = "future"
	KindChannel = "channel"
)

// Reference is this process's way to an object. Its methods may be called by
// anyone; those that take a context wait, so their callers hold no interpreter.
type Reference struct {
	ID   ID
	Kind string
	// Cache is the caller's: what it decoded. Only who holds the interpreter
	// may touch it.
	Cache []lua.LValue

	store *Store
	state *progress
}

// newReference makes a reference that is counted already. When it is garbage
// it is released.
func (s *Store) newReference(id ID, kind string) *Reference {
	r := &Reference{ID: id, Kind: kind, store: s, state: &progress{}}
	s.references.Add(1)
	runtime.AddCleanup(r, func(state *progress) {
		s.references.Add(-1)
		if !state.void.Load() {
			s.release(id)
		}
	}, r.state)
	return r
}

// Travel implements value.Traveller.
func (r *Reference) Travel() (kind string, data []byte, err error) {
	return r.Kind, r.ID.append(nil), nil
}

// Equal reports whether two references are to the same object.
func (r *Reference) Equal(other *Reference) bool { return r.ID == other.ID }

// Void marks a reference to an object that its owner does not know, because the
// request to make it was not sent: there is nothing to release.
func (r *Reference) Void() {
	r.state.void.Store(true)
	r.store.forgetSpawned(r.state)
}

// request makes a request about the object.
func (r *Reference) request(service string) rpc.Request {
	return rpc.Request{Service: service, Data: r.ID.append(nil)}
}
