package objects

import (
	"encoding/binary"
	"fmt"

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
