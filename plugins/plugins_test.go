package plugins_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/mpiclus/mpiclus-lua/plugins"
	"github.com/mpiclus/mpiclus-lua/plugins/plugintest"
)

func TestCheckFindsMistakes(t *testing.T) {
	kernel := plugins.On(func(in, inout []float64) error { return nil })
	run := func(*plugins.Call) ([]any, error) { return nil, nil }
	for want, c := range map[string]plugins.Config{
		"name \"\"":                     {Version: "1"},
		"version is missing":            {Name: "a"},
		"not a name in Lua":             {Name: "a", Version: "1", Ops: []plugins.Op{{Name: "two words", Combine: []plugins.Kernel{kernel}}}},
		"it needs a kernel":             {Name: "a", Version: "1", Ops: []plugins.Op{{Name: "x"}}},
		"given twice":                   {Name: "a", Version: "1", Ops: []plugins.Op{{Name: "x", Combine: []plugins.Kernel{kernel, kernel}}}},
		"Run is missing":                {Name: "a", Version: "1", Functions: []plugins.Function{{Name: "f"}}},
		"\"f\": the name is used twice": {Name: "a", Version: "1", Functions: []plugins.Function{{Name: "f", Run: run}, {Name: "f", Run: run}}},
	} {
		if err := c.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	good := plugins.Config{Name: "a-b", Version: "1", Ops: []plugins.Op{{Name: "x", Combine: []plugins.Kernel{kernel}}}}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
}

func TestArguments(t *testing.T) {
	c := plugins.NewCall(context.Background(), nil, 3.0, "text", 2.5, plugins.NewArray([]float64{1, 2}), plugins.Table{1.0: "a", 2.0: "b", 4.0: "d"}, nil, true)
	check := func(err error, want string) {
		t.Helper()
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("want error %q, got %v", want, err)
		}
	}
	n, err := plugins.Arg[int](c, 1, "n")
	check(err, "")
	if n != 3 {
		t.Errorf("n is %d", n)
	}
	_, err = plugins.Arg[int](c, 3, "n")
	check(err, "bad argument #3 'n' (2.5 is no whole number)")
	_, err = plugins.Arg[int](c, 2, "n")
	check(err, "bad argument #2 'n' (number expected, got string)")
	_, err = plugins.Arg[string](c, 9, "s")
	check(err, "bad argument #9 's' (string expected, got nil)")
	x, err := plugins.Arg[[]float64](c, 4, "x")
	check(err, "")
	if !slices.Equal(x, []float64{1, 2}) {
		t.Errorf("x is %v", x)
	}
	_, err = plugins.Arg[[]int32](c, 4, "x")
	check(err, "int32 array expected, got float64")
	_, err = plugins.Arg[[]float64](c, 1, "x")
	check(err, "float64 array expected, got number")
	table, err := plugins.Arg[plugins.Table](c, 5, "t")
	check(err, "")
	if got := fmt.Sprint(table.List()); got != "[a b]" {
		t.Errorf("the list is %s", got)
	}
	k, err := plugins.OptArg(c, 6, "k", 42)
	check(err, "")
	if k != 42 {
		t.Errorf("k is %d", k)
	}
	b, err := plugins.Arg[bool](c, 7, "b")
	check(err, "")
	if !b {
		t.Error("b is false")
	}
}

// The collectives of the test kit against their definition, for 1 to 5 ranks.
func TestCollectives(t *testing.T) {
	for n := 1; n <= 5; n++ {
		plugintest.Ranks(t, n, func(c *plugins.Comm) error {
			me := c.Rank()
			var errs []error
			same := func(what string, got, want any, err error) {
				if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
					errs = append(errs, fmt.Errorf("%s gives %v, want %v (%v)", what, got, want, err))
				}
			}
			// Rank r has r numbers, all of them 10r + place.
			mine := make([]int64, me)
			for i := range mine {
				mine[i] = int64(10*me + i)
			}
			all, err := plugins.Collect(c, mine)
			for r := range n {
				want := make([]int64, r)
				for i := range want {
					want[i] = int64(10*r + i)
				}
				same("Collect", all[r], want, err)
			}
			parts := make([][]int32, n)
			for r := range parts {
				parts[r] = slices.Repeat([]int32{int32(me*100 + r)}, (me+r)%3)
			}
			got, err := plugins.Exchange(c, parts)
			for r := range n {
				same("Exchange", got[r], slices.Repeat([]int32{int32(r*100 + me)}, (me+r)%3), err)
			}
			x := []float64{float64(me + 1)}
			total := make([]float64, 1)
			same("Allreduce", total, []float64{float64(n*(n+1)) / 2}, plugins.Allreduce(c, x, total, plugins.Sum))
			err = plugins.Scan(c, x, total, plugins.Sum)
			same("Scan", total, []float64{float64((me+1)*(me+2)) / 2}, err)
			total[0] = -1
			err = plugins.Exscan(c, x, total, plugins.Sum)
			want := float64(me*(me+1)) / 2
			if me == 0 {
				want = -1
			}
			same("Exscan", total, []float64{want}, err)
			root := n - 1
			big := []uint8{uint8(me)}
			err = plugins.Reduce(c, big, big, plugins.Max, root)
			if me == root {
				same("Reduce", big, []uint8{uint8(n - 1)}, err)
			}
			b := []bool{me == root}
			err = plugins.Bcast(c, b, root)
			same("Bcast", b, []bool{true}, err)
			recv := make([]int64, n)
			err = plugins.Gather(c, []int64{int64(me)}, recv, root)
			if me == root {
				for r := range recv {
					same("Gather", recv[r], r, err)
				}
			}
			one := make([]int64, 1)
			err = plugins.Scatter(c, recv, one, root)
			same("Scatter", one[0], me, err)
			next, before := (me+1)%n, (me+n-1)%n
			st, err := plugins.Sendrecv(c, []int64{int64(me)}, next, one, before, 5)
			same("Sendrecv", one[0], before, err)
			same("its status", []int{st.Source, st.Tag, st.Count(plugins.Int64)}, []int{before, 5, 1}, nil)
			if err := c.Barrier(); err != nil {
				return err
			}
			if me == 0 {
				err = plugins.Send(c, []float32{1, 2, 3}, root, 9)
			}
			if me == root {
				st, err := c.Probe(plugins.AnySource, plugins.AnyTag)
				same("Probe", st.Count(plugins.Float32), 3, err)
				_, err = plugins.Recv(c, make([]float32, 2), 0, 9)
				var mpi *plugins.MPIError
				if !errors.As(err, &mpi) || mpi.Class != "ERR_TRUNCATE" {
					errs = append(errs, fmt.Errorf("a message longer than the array: %v", err))
				}
			}
			return errors.Join(append(errs, err)...)
		})
	}
}

func TestWrongCountsAreRefused(t *testing.T) {
	c := plugintest.Comms(context.Background(), 2)[0]
	x, y := make([]float64, 2), make([]float64, 4)
	for name, err := range map[string]error{
		"Allgather":  plugins.Allgather(c, x, make([]float64, 3)),
		"Allgatherv": plugins.Allgatherv(c, x, y, []int{3, 1}),
		"Alltoallv":  plugins.Alltoallv(c, x, []int{1, 2}, y, []int{2, 2}),
		"negative":   plugins.Alltoallv(c, x, []int{-1, 3}, y, []int{2, 2}),
		"one count":  plugins.Gatherv(c, x, y, []int{4}, 0),
		"root":       plugins.Bcast(c, x, 2),
		"Allreduce":  plugins.Allreduce(c, x, y, plugins.Sum),
	} {
		if err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
