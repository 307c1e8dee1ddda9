package protocol

import (
	"bytes"
	"runtime"
	"testing"
)

// everything is each of the structs that come from other processes.
func everything() []any {
	return []any{
		&Presence{Supervisor: "ab", Host: "a", OSPid: 1 << 30, Rank: -1, Size: 4},
		&Ready{Rank: 1, Size: 2, Library: "Open MPI", Version: "3.1", ThreadLevel: "serialized"},
		&Welcome{Pid: 2, Pids: []int32{2, 3, 1 << 20}},
		&Exit{Code: 3, Signal: "killed", Call: "os.exit(3)", Told: true},
		&Chunk{Seq: 7, Ranks: []int{0, 2}, Manager: 1},
		&ChunkDone{Output: 1 << 40, Dirty: true},
		&Where{Calls: []Pending{{Call: "Recv", Detail: "with rank 2", Where: "job.lua:14", Task: ChunkTask(7), Number: 1 << 40, Native: true}}},
		&Standing{Open: true, Sent: 1 << 40, Received: 3, Balance: 1 << 63},
		&Module{Name: "m.lua", Source: "return 1", Missing: "no"},
		&Connect{Pid: 2, Host: "a", From: 3},
	}
}

// TestClaimedLengths: a head that claims more than it holds costs nothing.
func TestClaimedLengths(t *testing.T) {
	for name, head := range map[string][]byte{
		"pids":    append([]byte{0x81, 0xa4}, "Pids\xdd\x0f\xff\xff\xff"...),
		"list":    {0xdd, 0x7f, 0xff, 0xff, 0xff},
		"record":  {0xdf, 0xff, 0xff, 0xff, 0xff},
		"string":  {0xdb, 0x7f, 0xff, 0xff, 0xff},
		"bytes":   {0xc6, 0xff, 0xff, 0xff, 0xff},
		"nested":  bytes.Repeat([]byte{0x91}, 16<<20),
		"records": append([]byte{0x81, 0xa1, 'x'}, bytes.Repeat([]byte{0x81, 0xa1, 'x'}, 1<<20)...),
		"unknown": append([]byte{0x81, 0xa1, 'x'}, append(bytes.Repeat([]byte{0x91}, 16<<20), 0)...),
		"many":    append(append([]byte{0x81, 0xa4}, "Pids\xdd\x00\x20\x00\x00"...), make([]byte, 2<<20)...),
		"ext":     {0xd4, 1, 1},
		"code":    {0xc1},
		"rest":    {0x80, 0},
		"empty":   {},
	} {
		for _, v := range everything() {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			err := Decode(head, v)
			runtime.ReadMemStats(&after)
			if err == nil {
				t.Errorf("%s: %T was read", name, v)
			}
			if cost := after.TotalAlloc - before.TotalAlloc; cost > 1<<20 {
				t.Errorf("%s: %d bytes allocated for %d", name, cost, len(head))
			}
		}
	}
}

// FuzzDecode: no head makes the decoder panic, or allocate much more than the
// head is long; what we encode is within the bounds.
func FuzzDecode(f *testing.F) {
	for _, v := range everything() {
		f.Add(Encode(v))
	}
	f.Add([]byte{0xdd, 0x0f, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, head []byte) {
		for _, v := range everything() {
			if Decode(head, v) != nil {
				continue
			}
			if err := bounded(Encode(v)); err != nil {
				t.Errorf("%+v: %v", v, err)
			}
		}
		var text string
		var pid int32
		_, _ = Decode(head, &text), Decode(head, &pid)
	})
}
