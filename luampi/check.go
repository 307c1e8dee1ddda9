package luampi

import (
	"os"
	"strconv"
	"strings"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
)

// EnvCheck is the environment variable that has the ranks compare their calls from the
// start, as mpi.check does.
const EnvCheck = "MPICLUS_CHECK"

// checkFromStart reports whether it says so.
func checkFromStart() bool {
	on, err := strconv.ParseBool(os.Getenv(EnvCheck))
	return err == nil && on
}

// check is mpi.check([on]) → what was chosen before.
func (m *module) check(L *lua.LState, base int, _ *mpi.Comm) int {
	before := m.checking
	m.checking = L.Get(base) == lua.LNil || lua.LVAsBool(L.Get(base))
	L.Push(lua.LBool(before))
	return 1
}

// compared reports whether ranks compare the call before they make it: it is a
// collective of one group whose ranks all wait for it.
func (x *call) compared() bool {
	c, class := x.comm, x.row.Class
	return x.m.checking && c != nil && !c.Inter && c.Size > 1 && !x.row.Other && x.row.Name != "Comm_create_group" &&
		(class == table.Coll || class == table.Sync || class == table.Twin)
}

// compare has all ranks of the communicator tell each other which call they are about
// to make. When they differ, all have the same error, and none has begun its call.
func (x *call) compare() error {
	if !x.compared() {
		return nil
	}
	if err := x.occupy(); err != nil {
		return err
	}
	defer x.vacate()
	return x.compareOccupied()
}

// compareOccupied is compare for a call that occupies the communicator already. What it
// sends goes on the duplicate for the lower-case calls, where collectives come in the
// order of the script.
func (x *call) compareOccupied() error {
	if !x.compared() {
		return nil
	}
	mine := make([]byte, standSize)
	x.stand().encode(mine)
	all := make([]byte, standSize*x.comm.Size)
	if err := x.exchange("Allgather", mine, all, standSize); err != nil {
		return err
	}
	stands := make([]stand, x.comm.Size)
	for r := range stands {
		if err := stands[r].decode(all[r*standSize : (r+1)*standSize]); err != nil {
			return err
		}
	}
	text := differ(stands)
	if text == "" {
		var err error
		if text, err = x.comparePairs(stands); err != nil {
			return err
		}
	}
	if text == "" {
		return nil
	}
	name, _, _ := strings.Cut(commText(x.comm), " (")
	if x.comm.Name == "" {
		name = "a " + name
	}
	e := luaerr.New(luaerr.MPI, "%s: the ranks of %s do not agree: %s", stands[0].Where, name, text)
	e.Call = x.row.Name
	return e
}

// exchange makes a collective of the check, of n bytes for each rank.
func (x *call) exchange(name string, send, recv []byte, n int) error {
	m := x.m
	c := m.s.NewCall(name)
	defer c.Release()
	c.As = x.row.Name
	c.S[table.SlotSend] = c.Hold(unsafe.Pointer(unsafe.SliceData(send)))
	c.S[table.SlotRecv] = c.Hold(unsafe.Pointer(unsafe.SliceData(recv)))
	for _, at := range []int{table.SlotSend, table.SlotRecv} {
		c.S[at+1], c.S[at+2] = slot(n), m.byteType
	}
	c.S[table.SlotComm] = x.comm.Shadow
	return m.do(x.L, c)
}

// comparePairs has each two ranks compare how much goes from the one to the other, where
// lists of counts say that. The result tells of the first two that differ.
func (x *call) comparePairs(stands []stand) (text string, err error) {
	give, take := x.pairs()
	if give == nil {
		return "", nil
	}
	n, me := x.comm.Size, x.comm.Rank
	mine, theirs := make([]uint64, 2*n), make([]uint64, 2*n)
	for r := range n {
		mine[2*r], mine[2*r+1] = uint64(give[r]), uint64(take[r])
	}
	if err := x.exchange("Alltoall", bytesOf(mine), bytesOf(theirs), 16); err != nil {
		return "", err
	}
	verdict := []uint64{uint64(n), 0, 0}
	for r := range n {
		if gets, wants := int64(theirs[2*r]), take[r]; r != me && gets != wants && gets != notSaid && wants != notSaid {
			verdict = []uint64{uint64(r), uint64(gets), uint64(wants)}
			break
		}
	}
	all := make([]uint64, 3*n)
	if err := x.exchange("Allgather", bytesOf(verdict), bytesOf(all), 24); err != nil {
		return "", err
	}
	for r := range n {
		if from := all[3*r]; from < uint64(n) {
			return describePair(stands, int(from), r, all[3*r+1], all[3*r+2]), nil
		}
	}
	return "", nil
}

// bytesOf returns the memory of a list of numbers.
func bytesOf(list []uint64) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(list))), 8*len(list))
}

// encode writes a stand into memory of standSize bytes, which other ranks read.
func (s *stand) encode(room []byte) {
	if n := len(s.Where); n > maxWhere {
		s.Where = "…" + s.Where[n-maxWhere:]
	}
	b := protocol.Encode(s)
	room[0], room[1] = byte(len(b)), byte(len(b)>>8)
	copy(room[2:], b)
}

func (s *stand) decode(room []byte) error {
	n := int(room[0]) | int(room[1])<<8
	return protocol.Decode(room[2:min(2+n, len(room))], s)
}

// What a stand takes, and the place in it.
const (
	standSize = 512
	maxWhere  = 200
)
