package load

import (
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/mpiclus/mpiclus-lua/plugins"
	"github.com/mpiclus/mpiclus-lua/plugins/internal/shm"
	"github.com/mpiclus/mpiclus-lua/plugins/wire"
)

// FuzzResponse reads any response of a plugin: what it says of arrays is in the
// memory that is there, or an error.
func FuzzResponse(f *testing.F) {
	array := func(offset, length, rows, columns uint64) []byte {
		b, err := proto.Marshal(&wire.Response{Results: []*wire.Value{{Kind: &wire.Value_Array{Array: &wire.Array{
			Type: wire.ElementType(plugins.Float64), Rows: rows, Columns: columns, Region: &wire.Region{Plugin: true, Offset: offset, Length: length}}}}}})
		if err != nil {
			f.Fatal(err)
		}
		return b
	}
	f.Add(array(0, 16, 0, 0))
	f.Add(array(64, 32, 2, 2))
	f.Add(array(0, 1<<40, 1<<33, 1<<33))
	f.Add(array(1<<63, 1<<63, 0, 0))
	f.Add(array(1<<62, 8, 1, 1))
	own, err := shm.Create()
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { own.Close() })
	if _, err := own.Alloc(1000); err != nil {
		f.Fatal(err)
	}
	run := &process{loader: New(Config{Rank: NoRank}), path: "fuzz", tail: &tail{}, host: own, own: own}
	f.Fuzz(func(t *testing.T, b []byte) {
		var resp wire.Response
		if proto.Unmarshal(b, &resp) != nil {
			return
		}
		c := &Call{run: run, function: &wire.Function{Name: "f"}}
		defer c.End()
		for _, v := range resp.GetResults() {
			if text := v.GetText(); text != nil {
				_, _ = c.Long(text)
			}
			if a := v.GetArray(); a != nil {
				et, raw, err := c.Elements(a)
				if err != nil {
					continue
				}
				if uint64(len(raw)) != a.GetRegion().GetLength() || a.GetRows() > 0 && a.GetRows()*a.GetColumns()*uint64(et.Size()) != uint64(len(raw)) {
					t.Errorf("%v gave %d bytes", a, len(raw))
				}
				for _, x := range raw[:min(len(raw), 64)] {
					_ = x // it can be read
				}
			}
		}
		for _, r := range resp.GetChanged() {
			if _, ok := c.Argument(r); ok {
				t.Errorf("%v is an argument of a call without one", r)
			}
		}
	})
}

// FuzzDescription reads what any plugin says of itself.
func FuzzDescription(f *testing.F) {
	b, err := proto.Marshal(&wire.Description{Protocol: plugins.Protocol, Name: "a", Version: "1", Ops: []*wire.Op{{Name: "op", Types: []wire.ElementType{1}}}, Functions: []*wire.Function{{Name: "f"}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		var d wire.Description
		if proto.Unmarshal(b, &d) != nil || checkDescription(&d, plugins.Protocol) != nil {
			return
		}
		names := map[string]bool{}
		for _, op := range d.GetOps() {
			names[op.GetName()] = true
		}
		for _, fn := range d.GetFunctions() {
			names[fn.GetName()] = true
		}
		if len(names) != len(d.GetOps())+len(d.GetFunctions()) {
			t.Error("two things have one name")
		}
	})
}

// FuzzLock reads any lock file.
func FuzzLock(f *testing.F) {
	f.Add("0000000000000000000000000000000000000000000000000000000000000000  name\n# comment\n")
	f.Fuzz(func(t *testing.T, text string) {
		path := t.TempDir() + "/lock"
		write(t, path, text)
		allowed, err := readLock(path)
		if err != nil {
			return
		}
		for name, sums := range allowed {
			for sum := range sums {
				if name == "" || !wellFormed(sum) {
					t.Errorf("%q may be %q", name, sum)
				}
			}
		}
	})
}
