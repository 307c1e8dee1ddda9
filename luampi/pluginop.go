package luampi

import (
	"context"
	"sync"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
	"github.com/mpiclus/mpiclus-lua/plugins/luaplugin"
)

// records are the types of MPI for ops on records: so many elements that MPI
// must not take apart. Ops look them up while they run in MPI.
type records struct {
	mu     sync.RWMutex
	made   map[record]uint64
	byType map[uint64]record
}

type record struct {
	element array.Type
	length  int
}

func (r *records) get(key record) uint64 {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.made[key]
}

func (r *records) put(key record, handle uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.made == nil {
		r.made, r.byType = map[record]uint64{}, map[uint64]record{}
	}
	r.made[key], r.byType[handle] = handle, key
}

func (r *records) of(handle uint64) (record, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	key, ok := r.byType[handle]
	return key, ok
}

// recordTypes makes the types that an op on records needs.
func (m *module) recordTypes(L *lua.LState, op *luaplugin.Op) error {
	if op.Record() == 1 {
		return nil
	}
	return m.in.Wait(L, func(context.Context) error {
		for element, name := range m.types {
			t := array.Type(element)
			if name == 0 || !op.Accepts(t) || m.plugins.records.get(record{t, op.Record()}) != 0 {
				continue
			}
			handle, err := m.s.Block(m.types[t], op.Record())
			if err != nil {
				return err
			}
			m.plugins.records.put(record{t, op.Record()}, handle)
		}
		return nil
	})
}

// pluginCombine returns what MPI calls for a plugin's op. It runs without the
// interpreter.
func (m *module) pluginCombine(op *luaplugin.Op) func(ctx context.Context, in, inout unsafe.Pointer, n int, datatype uint64) error {
	return func(ctx context.Context, in, inout unsafe.Pointer, n int, datatype uint64) error {
		t, ok := m.elements[datatype]
		if !ok {
			r, isRecord := m.plugins.records.of(datatype)
			if !isRecord {
				return luaerr.New(luaerr.Argument, "%s works on arrays of plain elements only", op.Name())
			}
			t, n = r.element, n*r.length
		}
		return op.Combine(ctx, t, view(t, in, n), view(t, inout, n))
	}
}

func (m *module) pluginOpMetatable(L *lua.LState) *lua.LTable {
	if m.plugins.opMT == nil {
		mt := L.NewTable()
		mt.RawSetString(vm.NameKey, lua.LString("op"))
		mt.RawSetString("__index", m.handleMT["op"].RawGetString("__index"))
		luaplugin.SetOpMethods(L, mt, func(v lua.LValue) *luaplugin.Op { return toHandle(v, "op").plugin })
		m.plugins.opMT = mt
	}
	return m.plugins.opMT
}

// pluginFold is how a twin combines two values with a plugin's op. An array
// is not changed.
func pluginFold(op *lua.LUserData) lua.LGFunction {
	return func(L *lua.LState) int {
		a, b := L.Get(1), L.Get(2)
		if arr, ok := array.To(b); ok {
			b = array.ToLua(L, arr.Copy())
		}
		L.Push(op)
		L.Push(a)
		L.Push(b)
		L.Call(2, 1)
		return 1
	}
}

// pluginOp returns the op of the call if a plugin added it.
func (x *call) pluginOp() *luaplugin.Op {
	if x.op == nil {
		return nil
	}
	return x.op.plugin
}

// checkPluginOp raises when a plugin's op does not work on a type.
func (x *call) checkPluginOp(i int, t array.Type) {
	if op := x.pluginOp(); op != nil && !op.Accepts(t) {
		x.arg(i, "%s does not work on %s, but on %s", op.Name(), t, op.Types())
	}
}

// countRecords makes a reduction by an op on records one of so many records.
func (x *call) countRecords() {
	op := x.pluginOp()
	if op == nil || op.Record() == 1 {
		return
	}
	k, s := op.Record(), x.c.S
	divide := func(n int32) int32 {
		if int(n)%k != 0 {
			x.arg(0, "%s works on records of %d elements; %d elements are no whole number of records", op.Name(), k, n)
		}
		return n / int32(k)
	}
	for _, side := range []int{table.SlotSend, table.SlotRecv} {
		if t, ok := x.m.elements[s[side+2]]; ok {
			s[side+1] = slot(int(divide(int32(s[side+1]))))
			s[side+2] = x.m.plugins.records.get(record{t, k})
		}
	}
	if x.row.Takes(table.RCounts) {
		counts := x.counts(table.SlotRCounts)
		for j, n := range counts {
			counts[j] = divide(n)
		}
	}
}
