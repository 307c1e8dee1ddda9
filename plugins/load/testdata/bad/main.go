// Command bad is a plugin that does what the variable BAD_PLUGIN says: the
// faults that a host must be able to tell apart. Without it, it starts well,
// and its ops and functions misbehave when they are called.
package main

import (
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"strings"
	"time"

	"github.com/mpiclus/mpiclus-lua/plugins"
)

func main() {
	switch mode := os.Getenv("BAD_PLUGIN"); mode {
	case "stdout":
		fmt.Println("hello from a plugin")
	case "hang":
		time.Sleep(time.Hour)
	case "exit":
		fmt.Fprintln(os.Stderr, "no licence found")
		os.Exit(3)
	case "panic":
		panic("bad start")
	case "old":
		fmt.Println("1|9|unix|/nowhere|grpc|")
		time.Sleep(time.Hour)
	case "core":
		fmt.Println("7|1|unix|/nowhere|grpc|")
		time.Sleep(time.Hour)
	case "netrpc":
		fmt.Println("1|1|unix|/nowhere|netrpc|")
		time.Sleep(time.Hour)
	case "dead":
		fmt.Println("1|1|unix|/nowhere|grpc|")
		time.Sleep(time.Hour)
	case "lie", "silent", "names", "short":
		serveWire(mode)
		return
	}
	plugins.Serve(plugins.Config{Name: "bad", Version: "1.0.0", Ops: ops, Functions: functions})
}

type combine = func(in, inout []float64) error

func op(name string, f combine) plugins.Op {
	return plugins.Op{Name: name, Combine: []plugins.Kernel{plugins.On(f)}}
}

var ops = []plugins.Op{
	{Name: "plus", Commutes: true, Combine: []plugins.Kernel{plugins.On(plus[float64]), plugins.On(plus[int32])}},
	op("op_fails", func(in, inout []float64) error { return errors.New("it does not want to") }),
	op("op_panics", func(in, inout []float64) error { inout[len(in)] = 1; return nil }),
	op("op_dies", func(in, inout []float64) error { die(); return nil }),
	op("op_hangs", func(in, inout []float64) error { time.Sleep(time.Hour); return nil }),
}

func function(name string, run func(c *plugins.Call) ([]any, error)) plugins.Function {
	return plugins.Function{Name: name, Run: run}
}

var functions = []plugins.Function{
	function("echo", echo),
	function("double", double),
	function("fresh", fresh),
	function("environment", environment),
	function("fails", func(c *plugins.Call) ([]any, error) {
		fmt.Println("about to fail")
		log.Print("as was said")
		return nil, errors.New("it does not want to")
	}),
	function("panics", func(c *plugins.Call) ([]any, error) {
		var m map[string]int
		m["x"] = 1
		return nil, nil
	}),
	function("dies", func(c *plugins.Call) ([]any, error) { die(); return nil, nil }),
	function("leaves", func(c *plugins.Call) ([]any, error) {
		fmt.Println("so long")
		os.Exit(5)
		return nil, nil
	}),
	function("hangs", func(c *plugins.Call) ([]any, error) { time.Sleep(time.Hour); return nil, nil }),
	function("odd", func(c *plugins.Call) ([]any, error) { return plugins.Return(make(chan int)) }),
	{Name: "rank_sum", Communicates: true, Run: rankSum},
	{Name: "ring", Communicates: true, Run: ring},
	{Name: "too_long", Communicates: true, Run: tooLong},
	{Name: "waits", Communicates: true, Run: func(c *plugins.Call) ([]any, error) {
		_, err := plugins.Recv(c.Comm(), make([]float64, 1), plugins.AnySource, plugins.AnyTag)
		return nil, err
	}},
	{Name: "dies_waiting", Communicates: true, Run: func(c *plugins.Call) ([]any, error) {
		time.AfterFunc(100*time.Millisecond, die)
		_, err := plugins.Recv(c.Comm(), make([]float64, 1), plugins.AnySource, plugins.AnyTag)
		return nil, err
	}},
}

func plus[T float64 | int32](in, inout []T) error {
	for i, x := range in {
		inout[i] += x
	}
	return nil
}

// die ends the process by a panic that nobody can recover from.
func die() {
	done := make(chan bool)
	go func() { panic("a goroutine of the plugin fell over") }()
	<-done
}

func echo(c *plugins.Call) ([]any, error) {
	all := make([]any, c.Len())
	for i := range all {
		all[i] = c.Value(i + 1)
	}
	return all, nil
}

// double changes its array in place and returns it.
func double(c *plugins.Call) ([]any, error) {
	x, err := plugins.Arg[[]float64](c, 1, "array")
	if err != nil {
		return nil, err
	}
	for i := range x {
		x[i] *= 2
	}
	return plugins.Return(x)
}

// fresh returns n numbers in shared memory, the same in memory of its own, and
// a matrix.
func fresh(c *plugins.Call) ([]any, error) {
	n, err := plugins.Arg[int](c, 1, "n")
	if err != nil {
		return nil, err
	}
	x, err := plugins.Make[float64](c, n)
	if err != nil {
		return nil, err
	}
	own := make([]int32, n)
	for i := range x {
		x[i], own[i] = float64(i), int32(i)
	}
	m, err := plugins.NewMatrix([]float32{1, 2, 3, 4, 5, 6}, 2, 3)
	return []any{x, own, m, strings.Repeat("long", 50_000), map[string]any{"n": n, "list": []any{1, "two", true}}}, err
}

// environment returns what the process got from its host.
func environment(c *plugins.Call) ([]any, error) {
	input, err := io.ReadAll(os.Stdin)
	if err != nil {
		return nil, err
	}
	return plugins.Return(strings.Join(os.Environ(), "\n"), string(input), os.Getpid())
}

// ring passes the rank to the next one, in messages with wildcards, and returns
// what came, from whom.
func ring(c *plugins.Call) ([]any, error) {
	comm := c.Comm()
	next := (comm.Rank() + 1) % comm.Size()
	got := make([]int64, 1)
	if _, err := plugins.Sendrecv(comm, []int64{int64(comm.Rank())}, next, got, plugins.AnySource, 0); err != nil {
		return nil, err
	}
	// One message after the other, so that it may be sent to oneself.
	if comm.Rank() == 0 {
		if comm.Size() == 1 {
			return plugins.Return(got[0], 0, 1)
		}
		if err := plugins.Send(comm, got, next, 5); err != nil {
			return nil, err
		}
	}
	st, err := comm.Probe(plugins.AnySource, plugins.AnyTag)
	if err != nil {
		return nil, err
	}
	list := make([]int64, 3)
	if st, err = plugins.Recv(comm, list, st.Source, st.Tag); err != nil {
		return nil, err
	}
	if comm.Rank() != 0 {
		if err := plugins.Send(comm, got, next, 5); err != nil {
			return nil, err
		}
	}
	return plugins.Return(got[0], st.Source, st.Count(plugins.Int64))
}

// tooLong receives a message from itself that is longer than the array: by
// Sendrecv, since a Send to oneself may wait for its receive (MPICH 4.2); and then
// with the message first, since Open MPI tells nothing where it finds the receive
// waiting.
func tooLong(c *plugins.Call) ([]any, error) {
	me, comm := c.Comm().Rank(), c.Comm()
	if _, err := plugins.Sendrecv(comm, []int64{1, 2}, me, make([]int64, 1), me, 0); err != nil {
		return nil, err
	}
	if err := plugins.Send(comm, []int64{1, 2}, me, 0); err != nil {
		return nil, err
	}
	_, err := plugins.Recv(comm, make([]int64, 1), me, 0)
	return nil, err
}

func rankSum(c *plugins.Call) ([]any, error) {
	total := []int64{int64(c.Comm().Rank())}
	if err := plugins.Allreduce(c.Comm(), total, total, plugins.Sum); err != nil {
		return nil, err
	}
	return plugins.Return(total[0])
}
