package load

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/mpiclus/mpiclus-lua/plugins"
	"github.com/mpiclus/mpiclus-lua/plugins/plugintest"
	"github.com/mpiclus/mpiclus-lua/plugins/wire"
)

func floats(v ...float64) []byte {
	b := make([]byte, 8*len(v))
	for i, x := range v {
		binary.NativeEndian.PutUint64(b[8*i:], math.Float64bits(x))
	}
	return b
}

func TestCombine(t *testing.T) {
	p := loaded(t, Config{})
	ctx := context.Background()
	for _, n := range []int{0, 1, 3, 1000, 1_000_000} { // the last is 8 MB, more than gRPC's 4
		a, b := make([]float64, n), make([]float64, n)
		for i := range a {
			a[i], b[i] = float64(i), 0.5
		}
		in, inout := floats(a...), floats(b...)
		if err := p.Combine(ctx, "plus", plugins.Float64, in, inout); err != nil {
			t.Fatal(err)
		}
		for i := range a {
			if got := math.Float64frombits(binary.NativeEndian.Uint64(inout[8*i:])); got != float64(i)+0.5 {
				t.Fatalf("n=%d: element %d is %v", n, i, got)
			}
		}
	}
}

// Ops and functions may run at the same time.
func TestCallsAtTheSameTime(t *testing.T) {
	p := loaded(t, Config{})
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for k := range 20 {
				in, inout := floats(float64(i)), floats(float64(k))
				if err := p.Combine(context.Background(), "plus", plugins.Float64, in, inout); err != nil || !bytes.Equal(inout, floats(float64(i+k))) {
					t.Errorf("%d + %d: %v", i, k, err)
				}
				resp, err := call(context.Background(), p, "echo", nil, float64(i), float64(k))
				if err != nil || resp.GetResults()[0].GetNumber() != float64(i) || resp.GetResults()[1].GetNumber() != float64(k) {
					t.Errorf("echo of %d, %d: %v, %v", i, k, resp, err)
				}
			}
		}()
	}
	wait.Wait()
}

func TestArraysAndValues(t *testing.T) {
	p := loaded(t, Config{})
	ctx := context.Background()
	c, err := p.Call(ctx, "echo")
	if err != nil {
		t.Fatal(err)
	}
	defer c.End()
	raw := floats(1, 2, 3, 4, 5, 6)
	matrix, err := c.Array(plugins.Float64, raw, 2, 3, true)
	if err != nil {
		t.Fatal(err)
	}
	long, err := c.Text(strings.Repeat("x", longText))
	if err != nil {
		t.Fatal(err)
	}
	short, err := c.Text("a\x00b")
	if err != nil {
		t.Fatal(err)
	}
	empty, err := c.Array(plugins.Int32, nil, 0, 0, false)
	if err != nil {
		t.Fatal(err)
	}
	number := &wire.Value{Kind: &wire.Value_Number{Number: math.Inf(-1)}}
	table := &wire.Value{Kind: &wire.Value_Table{Table: &wire.Table{Keys: []*wire.Value{short}, Values: []*wire.Value{number}}}}
	resp, err := c.Run(ctx, nil, []*wire.Value{matrix, long, short, empty, table, {Kind: &wire.Value_Nil{}}})
	if err != nil {
		t.Fatal(err)
	}
	r := resp.GetResults()
	a := r[0].GetArray()
	if _, got, err := c.Elements(a); err != nil || !bytes.Equal(got, raw) || a.GetRows() != 2 || a.GetColumns() != 3 {
		t.Errorf("the matrix comes back as %v (%v)", a, err)
	}
	if i, ok := c.Argument(a.GetRegion()); !ok || i != 0 || len(resp.GetChanged()) != 1 {
		t.Errorf("the matrix is argument %d, %v; changed %v", i, ok, resp.GetChanged())
	}
	if s, err := c.Long(r[1].GetText()); err != nil || len(s) != longText {
		t.Errorf("the long string has %d bytes (%v)", len(s), err)
	}
	if s := string(r[2].GetString_()); s != "a\x00b" {
		t.Errorf("the string is %q", s)
	}
	if _, got, err := c.Elements(r[3].GetArray()); err != nil || len(got) != 0 {
		t.Errorf("the empty array has %d bytes (%v)", len(got), err)
	}
	if v := r[4].GetTable().GetValues()[0].GetNumber(); !math.IsInf(v, -1) {
		t.Errorf("the table holds %v", v)
	}
	if _, ok := r[5].GetKind().(*wire.Value_Nil); !ok {
		t.Errorf("nil comes back as %v", r[5])
	}
}

func TestArrayInPlace(t *testing.T) {
	p := loaded(t, Config{})
	c, err := p.Call(context.Background(), "double")
	if err != nil {
		t.Fatal(err)
	}
	defer c.End()
	x, err := c.Array(plugins.Float64, floats(1, 2, 3), 0, 0, false)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Run(context.Background(), nil, []*wire.Value{x})
	if err != nil {
		t.Fatal(err)
	}
	if i, ok := c.Argument(resp.GetChanged()[0]); !ok || i != 0 {
		t.Error("the argument is not told to be changed")
	}
	if _, raw, err := c.Elements(resp.GetResults()[0].GetArray()); err != nil || !bytes.Equal(raw, floats(2, 4, 6)) {
		t.Errorf("doubled: %v (%v)", raw, err)
	}
}

func TestFreshResults(t *testing.T) {
	p := loaded(t, Config{})
	for _, n := range []int{0, 1, 700_000} {
		c, err := p.Call(context.Background(), "fresh")
		if err != nil {
			t.Fatal(err)
		}
		resp, err := c.Run(context.Background(), nil, []*wire.Value{{Kind: &wire.Value_Number{Number: float64(n)}}})
		if err != nil {
			t.Fatal(err)
		}
		for i, size := range []int{8, 4, 4} {
			want := n * size
			if i == 2 {
				want = 24
			}
			if _, raw, err := c.Elements(resp.GetResults()[i].GetArray()); err != nil || len(raw) != want {
				t.Errorf("n=%d: result %d has %d bytes (%v)", n, i, len(raw), err)
			}
		}
		if s, err := c.Long(resp.GetResults()[3].GetText()); err != nil || s != strings.Repeat("long", 50_000) {
			t.Errorf("the long string has %d bytes (%v)", len(s), err)
		}
		c.End()
	}
}

func TestCleanEnvironmentAndInput(t *testing.T) {
	for _, name := range []string{"MPICLUS_JOIN", "OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "SLURM_PROCID", "PLUGIN_CLIENT_CERT", "UCX_TLS"} {
		t.Setenv(name, "a secret")
	}
	t.Setenv("MY_DATA", "for the plugin")
	input, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(input, "the user's input")
	_, _ = input.Seek(0, 0)
	old := os.Stdin
	os.Stdin = input
	defer func() { os.Stdin = old; input.Close() }()
	resp, err := call(context.Background(), loaded(t, Config{}), "environment", nil)
	if err != nil {
		t.Fatal(err)
	}
	env := string(resp.GetResults()[0].GetString_())
	if strings.Contains(env, "a secret") || !strings.Contains(env, "MY_DATA=for the plugin") {
		t.Errorf("the environment is\n%s", env)
	}
	if in := string(resp.GetResults()[1].GetString_()); in != "" {
		t.Errorf("the plugin read %q", in)
	}
}

func TestOutputIsTagged(t *testing.T) {
	var out, errs buffer
	p := loaded(t, Config{Stdout: &out, Stderr: &errs})
	if _, err := call(context.Background(), p, "fails", nil); err == nil {
		t.Error("no error")
	}
	// All of it is there when the call is over.
	if out.String() != "[bad] about to fail\n" || !regexp.MustCompile(`^\[bad\] .* as was said\n$`).MatchString(errs.String()) {
		t.Errorf("output %q, errors %q", out.String(), errs.String())
	}
	if _, err := call(context.Background(), p, "dies", nil); err == nil {
		t.Error("no error")
	}
	if !strings.Contains(errs.String(), "[bad] panic: a goroutine of the plugin fell over\n") {
		t.Errorf("errors %q", errs.String())
	}
}

// TestSixteenLoadAtOnce: plugins that start at once, as on a node with sixteen ranks, take
// no more of the processors each than one alone: nobody waits by looking all the time.
func TestSixteenLoadAtOnce(t *testing.T) {
	const many = 16
	spent := func(n int) time.Duration {
		loaders := make([]*Loader, n)
		for i := range loaders {
			loaders[i] = loader(t, Config{})
		}
		before := processorTime(t)
		var wait sync.WaitGroup
		for _, l := range loaders {
			wait.Add(1)
			go func() {
				defer wait.Done()
				if _, err := l.Load(context.Background(), bad, ""); err != nil {
					t.Error(err)
				}
			}()
		}
		wait.Wait()
		for _, l := range loaders {
			l.Close()
		}
		return processorTime(t) - before
	}
	spent(1) // reads the file for the first time
	one, all := spent(1), spent(many)
	t.Logf("one took %v of a processor, %d took %v", one, many, all)
	if all > 3*many*one {
		t.Errorf("one took %v of a processor, %d at once %v", one, many, all)
	}
}

// processorTime is what this process and the children that have ended used.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var total time.Duration
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if err := syscall.Getrusage(who, &u); err != nil {
			t.Fatal(err)
		}
		total += time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	return total
}

// A plugin that many ask for at once is started once.
func TestLoadOnce(t *testing.T) {
	l := loader(t, Config{})
	var wait sync.WaitGroup
	all := make([]*Plugin, 8)
	for i := range all {
		wait.Add(1)
		go func() {
			defer wait.Done()
			all[i], _ = l.Load(context.Background(), bad, "")
		}()
	}
	wait.Wait()
	for _, p := range all {
		if p == nil || p != all[0] {
			t.Errorf("plugins %v", all)
		}
	}
}

// Functions of several plugin processes communicate.
func TestCommunicators(t *testing.T) {
	const ranks = 3
	found := make([]*Plugin, ranks)
	for i := range found {
		found[i] = loaded(t, Config{})
	}
	plugintest.Ranks(t, ranks, func(c *plugins.Comm) error {
		resp, err := call(context.Background(), found[c.Rank()], "rank_sum", c)
		if err != nil {
			return err
		}
		if got := resp.GetResults()[0].GetNumber(); got != 3 {
			return fmt.Errorf("the sum of ranks is %v", got)
		}
		return nil
	})
	_, err := call(context.Background(), found[0], "rank_sum", nil)
	wants(t, err, "it needs a communicator")
}

// Operations that could touch memory which is not meant are refused.
func TestOperationsAreChecked(t *testing.T) {
	type o = plugins.Operation
	b8, b16 := make([]byte, 8), make([]byte, 16)
	for name, op := range map[string]*o{
		"type":      {Kind: plugins.OpBcast, Type: 77},
		"cut":       {Kind: plugins.OpBcast, Type: plugins.Float64, Send: make([]byte, 9)},
		"kind":      {Kind: 99, Type: plugins.Float64},
		"root":      {Kind: plugins.OpBcast, Type: plugins.Float64, Root: 2},
		"dest":      {Kind: plugins.OpSend, Type: plugins.Float64, Dest: 2},
		"tag":       {Kind: plugins.OpSend, Type: plugins.Float64, Tag: -1},
		"source":    {Kind: plugins.OpRecv, Type: plugins.Float64, Source: -2},
		"reduce":    {Kind: plugins.OpAllreduce, Type: plugins.Float64, Send: b16, Recv: b8, Op: plugins.Sum},
		"no op":     {Kind: plugins.OpAllreduce, Type: plugins.Float64, Send: b8, Recv: b8},
		"gather":    {Kind: plugins.OpAllgather, Type: plugins.Float64, Send: b8, Recv: b16, RecvCounts: []int{1, 2}},
		"own part":  {Kind: plugins.OpAllgather, Type: plugins.Float64, Send: b16, Recv: b16, RecvCounts: []int{1, 1}},
		"no counts": {Kind: plugins.OpAlltoall, Type: plugins.Float64, Send: b16, Recv: b16},
	} {
		if checkOperation(op, 0, 2) == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	fine := []*o{
		{Kind: plugins.OpAllgather, Type: plugins.Float64, Send: b8, Recv: b16, RecvCounts: []int{1, 1}},
		{Kind: plugins.OpReduce, Type: plugins.Float64, Send: b8, Op: plugins.Sum, Root: 1},
		{Kind: plugins.OpBarrier}, {Kind: plugins.OpProbe, Source: -1, RecvTag: -1},
	}
	for _, op := range fine {
		if err := checkOperation(op, 0, 2); err != nil {
			t.Error(err)
		}
	}
}
