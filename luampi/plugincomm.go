package luampi

import (
	"context"
	"fmt"
	"strings"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
	"github.com/mpiclus/mpiclus-lua/plugins"
)

// serving carries out what a plugin's function asks of its communicator, on a
// duplicate of the caller's. Its operations run in MPI without the
// interpreter, while the script waits in the call of the function.
type serving struct {
	m        *module
	L        *lua.LState // stands still meanwhile
	task     *interp.Task
	function string
	comm     *mpi.Comm
	handle   uint64 // of the duplicate
}

// Where returns the script's line of the function call.
func (t *serving) Where() string { return strings.TrimSuffix(luaerr.Where(t.L), ": ") }

// Task returns the label of the task that called the function.
func (t *serving) Task() string { return t.task.Label() }

// Callback is for reductions written in Lua, which plugins do not have.
func (t *serving) Callback(func()) {}

// rows names the call of MPI for each kind of operation.
var rows = map[plugins.Kind]string{
	plugins.OpSend: "Send", plugins.OpRecv: "Recv", plugins.OpSendrecv: "Sendrecv", plugins.OpProbe: "Probe", plugins.OpBarrier: "Barrier",
	plugins.OpBcast: "Bcast", plugins.OpReduce: "Reduce", plugins.OpAllreduce: "Allreduce", plugins.OpScan: "Scan", plugins.OpExscan: "Exscan",
	plugins.OpGather: "Gatherv", plugins.OpScatter: "Scatterv", plugins.OpAllgather: "Allgatherv", plugins.OpAlltoall: "Alltoallv",
}

var reductions = map[plugins.Reduction]string{
	plugins.Sum: "SUM", plugins.Prod: "PROD", plugins.Min: "MIN", plugins.Max: "MAX", plugins.Land: "LAND", plugins.Lor: "LOR",
	plugins.Lxor: "LXOR", plugins.Band: "BAND", plugins.Bor: "BOR", plugins.Bxor: "BXOR",
}

// Do carries out an operation. Its memory must stay until MPI is done with
// it, also when ctx ends first.
func (t *serving) Do(ctx context.Context, op *plugins.Operation) error {
	c := t.m.s.NewCall(rows[op.Kind])
	defer c.Release()
	c.Leavable()
	c.Caller = t
	if err := t.fill(c, op); err != nil {
		return err
	}
	if err := c.Do(ctx); err != nil {
		return fmt.Errorf("%s: %w", t.function, err)
	}
	switch op.Kind {
	case plugins.OpRecv, plugins.OpSendrecv, plugins.OpProbe:
		st := c.Status()
		n, err := t.m.s.CountBytes(ctx, &st)
		op.Status = plugins.Status{Source: st.Source(), Tag: st.Tag(), Bytes: n}
		return err
	}
	return nil
}

// fill writes the slots of a call. What the operation may hold was checked
// when it came from the plugin.
func (t *serving) fill(c *mpi.Call, op *plugins.Operation) error {
	s, l := c.S, &t.m.limits
	s[table.SlotComm], s[table.SlotRoot] = t.handle, slot(op.Root)
	if op.Type.Known() {
		element := array.Type(op.Type) - 1
		t.memory(c, table.SlotSend, op.Send, element)
		t.memory(c, table.SlotRecv, op.Recv, element)
	}
	t.lists(c, op.SendCounts, table.SlotSCounts)
	t.lists(c, op.RecvCounts, table.SlotRCounts)
	source, tag := op.Source, op.RecvTag
	if source == plugins.AnySource {
		source = l.anySource
	}
	if tag == plugins.AnyTag {
		tag = l.anyTag
	}
	if op.Tag > l.maxTag || tag > l.maxTag {
		return luaerr.New(luaerr.Argument, "tag %d is not between 0 and %d", max(op.Tag, tag), l.maxTag)
	}
	switch op.Kind {
	case plugins.OpSend:
		s[table.SlotPeer], s[table.SlotTag] = slot(op.Dest), slot(op.Tag)
	case plugins.OpRecv, plugins.OpProbe:
		s[table.SlotPeer], s[table.SlotTag] = slot(source), slot(tag)
	case plugins.OpSendrecv:
		s[table.SlotPeer], s[table.SlotTag] = slot(op.Dest), slot(op.Tag)
		s[table.SlotPeer2], s[table.SlotTag2] = slot(source), slot(tag)
	case plugins.OpReduce, plugins.OpAllreduce, plugins.OpScan, plugins.OpExscan:
		s[table.SlotOp] = mpi.Constant(reductions[op.Op])
		if len(op.Send) > 0 && unsafe.SliceData(op.Send) == unsafe.SliceData(op.Recv) {
			s[table.SlotSend] = t.m.inPlace.Value.(*special).value
		}
	}
	return nil
}

// memory writes address, count and type of a piece of shared memory.
func (t *serving) memory(c *mpi.Call, side int, raw []byte, element array.Type) {
	c.S[side], c.S[side+1], c.S[side+2] = c.Hold(addressOf(raw)), slot(len(raw)/element.Size()), t.m.types[element]
	c.Bytes += len(raw)
}

// lists writes counts and the displacements of parts without gaps.
func (t *serving) lists(c *mpi.Call, counts []int, side int) {
	list := make([]int32, 2*max(len(counts), 1))
	displs := list[len(list)/2:]
	next := int32(0)
	for i, n := range counts {
		list[i], displs[i] = int32(n), next
		next += int32(n)
	}
	c.S[side], c.S[side+1] = c.Hold(unsafe.Pointer(&list[0])), uint64(uintptr(unsafe.Pointer(&displs[0])))
}
