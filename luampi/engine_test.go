package luampi

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/tests/mpitest"
)

// A scenario is a test that all ranks of a job play; a rank that sees something
// wrong panics, which ends the job.
type scenario struct {
	ranks int
	play  func(p *player)
	alone bool
}

var scenarios = map[string]scenario{
	"leave a receive":           {2, leaveReceive, false},
	"leave a collective":        {3, leaveCollective, false},
	"leave a wait for requests": {2, leaveRequests, false},
	"native collective":         {2, nativeCollective, false},
	"chunk on some ranks":       {3, chunkOnSome, false},
	"two tasks":                 {2, twoTasks, false},
	"two collectives":           {2, twoCollectives, false},
	"leave a reduction in Lua":  {1, leaveReduction, false},
	"messages of two tasks":     {2, messagesOfTwoTasks, false},
	"idle":                      {2, idle, true},
}

func TestEngine(t *testing.T) {
	mpitest.Need(t)
	for name, s := range scenarios {
		t.Run(name, func(t *testing.T) {
			c := rankCommand("scenario", s.ranks)
			c.Env = append(c.Env, "LUAMPI_TEST_SCENARIO="+name)
			c.Alone = s.alone
			if r := mpitest.Run(t, c); r.Status != 0 {
				t.Fatal(r)
			}
		})
	}
}

func init() { roles["scenario"] = scenarioRank }

func scenarioRank() int {
	s, err := mpi.Init(mpi.Config{ThreadLevel: "serialized"})
	if err != nil {
		panic(err)
	}
	in := interp.New(interp.Config{})
	in.AddModule("array", array.Open)
	in.AddModule("mpi", Open(in, in.Codec(), s))
	p := &player{s: s, in: in, rank: s.Info().Rank, size: s.Info().Size}
	scenarios[os.Getenv("LUAMPI_TEST_SCENARIO")].play(p)
	if err := s.Finalize(); err != nil {
		panic(err)
	}
	return 0
}

// player is one rank.
type player struct {
	s          *mpi.Session
	in         *interp.Interp
	rank, size int
}

func (p *player) check(ok bool, format string, args ...any) {
	if !ok {
		panic(fmt.Sprintf("rank %d: ", p.rank) + fmt.Sprintf(format, args...))
	}
}

// start runs a script as a task; wait gives its error.
func (p *player) start(source string) (t *interp.Task, wait func() error) {
	var err error
	t = p.in.Start(context.Background(), "test", func(t *interp.Task) {
		fn, e := p.in.Codec().Chunks.Load(t.L(), "job.lua", "local mpi, array = require 'mpi', require 'array'\n"+source)
		if err = e; err == nil {
			_, err = t.Call(fn)
		}
	})
	return t, func() error {
		<-t.Done()
		return err
	}
}

func (p *player) run(source string) error {
	_, wait := p.start(source)
	return wait()
}

func (p *player) must(source string) {
	err := p.run(source)
	p.check(err == nil, "%v", err)
}

// hold runs f, unless it is nil, with the interpreter.
func (p *player) hold(f func()) {
	if f != nil {
		p.in.Run(context.Background(), "test", func(*interp.Task) { f() })
	}
}

// beginChunk begins a chunk on some ranks.
func (p *player) beginChunk(ctx context.Context, ranks []int) error {
	show, err := p.s.BeginChunk(ctx, ranks)
	p.hold(show)
	return err
}

// pending waits until a call is pending.
func (p *player) pending(call string) mpi.CallRecord {
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		for _, c := range p.s.Pending() {
			if c.Call == call {
				return c
			}
		}
	}
	panic("no call " + call + " became pending")
}

// interrupt cancels a task and checks that it ends soon, with its cause.
func (p *player) interrupt(t *interp.Task, wait func() error) {
	began := time.Now()
	t.Cancel(luaerr.New(luaerr.Interrupted, "enough"))
	err := wait()
	var e *luaerr.Error
	p.check(errors.As(err, &e) && e.Kind == luaerr.Interrupted && strings.Contains(e.Message, "enough"), "got %v", err)
	p.check(time.Since(began) < 10*time.Second, "left after %v", time.Since(began))
}

// ctx is for what may take its time on a busy machine.
func (p *player) ctx() context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	context.AfterFunc(ctx, cancel)
	return ctx
}

// renewQuietly renews the world.
func (p *player) renewQuietly() {
	show, err := p.s.Renew(p.ctx())
	p.check(err == nil && !p.s.Dirty(), "Renew: %v", err)
	p.hold(show)
}

// renew renews the world and checks that everything works in it.
func (p *player) renew() {
	p.renewQuietly()
	p.must(`
local rank, size = mpi.Comm_rank(), mpi.Comm_size()
local right, left = (rank + 1) % size, (rank - 1) % size
for i = 1, 20 do
  assert(mpi.Allreduce(rank, mpi.SUM) == size * (size - 1) / 2)
  local a = array.zeros(1)
  mpi.Sendrecv(array.full(1, rank + i), right, 1, a, left)
  assert(a[1] == left + i)
  assert(mpi.allgather(rank)[size] == size - 1)
  assert(mpi.sendrecv("x", right, 0, left, 0) == "x")
  mpi.Barrier()
end`)
}

func leaveReceive(p *player) {
	p.must(`dup, kept = mpi.COMM_WORLD:dup(), mpi.COMM_WORLD; pcall(function() req = mpi.Irecv(array.zeros(5), 0, 77) end)`)
	if p.rank == 0 {
		t, wait := p.start("mpi.Recv(array.zeros(10), 1, 5)")
		c := p.pending("Recv")
		p.check(c.Peer == 1 && c.Where == "job.lua:2" && !c.Native && c.Bytes == 80 && c.Tag == 5, "%+v", c)
		again := p.pending("Recv")
		p.check(again.Number == c.Number, "two looks at one call gave %d and %d", c.Number, again.Number)
		time.Sleep(50 * time.Millisecond) // the request of before has this process look after MPI, which the call may wait for
		p.interrupt(t, wait)
		p.check(p.s.Dirty() && len(p.s.Pending()) == 0, "Dirty %v", p.s.Dirty())
		t, wait = p.start("pcall(mpi.recv, 1, 5) pcall(mpi.Probe, 1, 6) pcall(mpi.recv)") // pcall does not stop it
		p.pending("recv")
		p.interrupt(t, wait)
	} else {
		p.must("mpi.Isend(array.full(10, 3), 0, 6) mpi.isend('old', 0, 6)") // never received
		p.check(!p.s.Dirty(), "Dirty without a wait that was left")
	}
	p.renew()
	for call, want := range map[string]string{
		"mpi.Barrier(dup)":       "made before the world was renewed",
		"mpi.send(1, 0, 0, dup)": "made before the world was renewed",
		"mpi.Wait(req)":          "given up when the world was renewed",
	} {
		err := p.run(call)
		p.check(err != nil && strings.Contains(err.Error(), want), "%s: %v", call, err)
	}
	p.must("assert(kept:size() == 2 and kept == mpi.COMM_WORLD) local f = mpi.Iprobe() assert(f == false)")
	p.renew()
}

func leaveCollective(p *player) {
	p.must("mpi.cancellable(true)")
	for _, call := range []string{"mpi.Barrier()", "mpi.Allreduce(array.ones(1000), mpi.SUM)", "mpi.COMM_WORLD:split(0)", "mpi.bcast(1, 2)"} {
		if p.rank != 2 {
			name := strings.FieldsFunc(call, func(r rune) bool { return r == '.' || r == ':' || r == '(' })
			want := name[1]
			if want == "COMM_WORLD" {
				want = "Comm_split"
			}
			t, wait := p.start(call)
			c := p.pending(want)
			p.check(!c.Native && c.Where == "job.lua:2", "%+v", c)
			p.interrupt(t, wait)
			p.check(p.s.Dirty(), "not dirty")
		}
		p.renew()
	}
}

func leaveRequests(p *player) {
	if p.rank == 0 {
		for _, call := range []string{"mpi.Waitall(r)", "mpi.Waitany(r)", "mpi.Waitsome(r)", "mpi.Wait(r[1])"} {
			t, wait := p.start("r = {mpi.Irecv(array.zeros(3), 1, 1), mpi.Irecv(array.zeros(3), 1, 2)} " + call)
			p.pending(call[4:strings.IndexByte(call, '(')])
			p.interrupt(t, wait)
		}
		p.must("array.zeros(100000); collectgarbage()")
	}
	p.renew()
}

func nativeCollective(p *player) {
	if p.rank == 0 {
		_, wait := p.start("mpi.Bcast(array.zeros(4), 1)")
		c := p.pending("Bcast")
		p.check(c.Native && c.Root == 1 && c.Where == "job.lua:2", "%+v", c)
		p.must("x = 1 for i = 1, 1e5 do x = x + 1 end") // the interpreter is free meanwhile
		// MPI is not: a message waits, and that wait can be left
		t, waitSend := p.start("mpi.Send(array.zeros(1), 1)")
		p.pending("Send")
		p.interrupt(t, waitSend)
		p.check(!p.s.Dirty(), "dirty, though nothing had started")
		p.must("") // lets the other go
		os.WriteFile(os.Getenv("TMPDIR")+"/go", nil, 0o600)
		err := wait()
		p.check(err == nil, "%v", err)
	} else {
		for {
			if _, err := os.Stat(os.Getenv("TMPDIR") + "/go"); err == nil {
				break
			}
			time.Sleep(time.Millisecond)
		}
		p.must("mpi.Bcast(array.zeros(4), 1)")
	}
	p.renew()
}

func chunkOnSome(p *player) {
	ctx := context.Background()
	for range 3 {
		if p.rank != 1 {
			err := p.beginChunk(ctx, []int{2, 0})
			p.check(err == nil, "%v", err)
			p.must(`assert(mpi.COMM_CHUNK:size() == 2 and mpi.COMM_CHUNK:rank() == (mpi.Comm_rank() == 2 and 0 or 1))
assert(mpi.COMM_CHUNK:Allreduce(mpi.Comm_rank(), mpi.SUM) == 2 and mpi.COMM_CHUNK:allgather(mpi.Comm_rank())[1] == 2)`)
			p.hold(p.s.EndChunk)
		}
		err := p.beginChunk(ctx, nil)
		p.check(err == nil, "%v", err)
		p.must("assert(mpi.COMM_CHUNK:size() == 3) mpi.Barrier(mpi.COMM_CHUNK)")
		p.hold(p.s.EndChunk)
	}
	if p.rank == 0 {
		short, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
		defer cancel()
		err := p.beginChunk(short, []int{0, 1})
		p.check(errors.Is(err, context.DeadlineExceeded) && p.s.Dirty(), "%v", err)
	}
	p.check(p.beginChunk(ctx, []int{(p.rank + 1) % 3}) != nil, "a chunk without this rank")
	p.renew()
}

func twoTasks(p *player) {
	if p.rank == 0 {
		_, wait1 := p.start("one = mpi.recv(1, 1) mpi.send(one + 1, 1, 1)")
		_, wait2 := p.start("two = mpi.recv(1, 2) mpi.send(two + 1, 1, 2)")
		_, wait3 := p.start("op = mpi.Op_create(function(a, b) return a + b end) three = mpi.Allreduce(1, op, mpi.COMM_SELF)")
		for _, wait := range []func() error{wait1, wait2, wait3} {
			err := wait()
			p.check(err == nil, "%v", err)
		}
		p.must("assert(one == 10 and two == 20 and three == 1)")
	} else {
		p.must("mpi.send(20, 0, 2) assert(mpi.recv(0, 2) == 21) mpi.send(10, 0, 1) assert(mpi.recv(0, 1) == 11)")
	}
	p.renew()
}

func twoCollectives(p *player) {
	p.must("dup = mpi.COMM_WORLD:dup()")
	if p.rank == 0 {
		t, wait := p.start("\n\nmpi.Barrier(dup)")
		p.pending("Barrier")
		err := p.run("\nmpi.Allreduce(1, mpi.SUM, dup)")
		p.check(err != nil && strings.Contains(err.Error(), "job.lua:3: Allreduce on communicator (rank 0 of 2) while Barrier of another task is pending there (job.lua:4)"), "%v", err)
		err = p.run("mpi.bcast(1, 0, dup)")
		p.check(err != nil && strings.Contains(err.Error(), "while Barrier of another task is pending there"), "%v", err)
		_ = t
		os.WriteFile(os.Getenv("TMPDIR")+"/go", nil, 0o600)
		err = wait()
		p.check(err == nil, "%v", err)
	} else {
		for {
			if _, err := os.Stat(os.Getenv("TMPDIR") + "/go"); err == nil {
				break
			}
			time.Sleep(time.Millisecond)
		}
		p.must("mpi.Barrier(dup)")
	}
	p.must("mpi.Barrier(dup) dup:free()")
}

// idle bounds what a rank uses that waits in a receive: 2 % of a core, and
// some room for a busy machine.
func idle(p *player) {
	const span = 3 * time.Second
	if p.rank == 0 {
		_, wait := p.start("mpi.recv(1)")
		p.pending("recv")
		time.Sleep(300 * time.Millisecond)
		before := processorTime()
		time.Sleep(span)
		used := processorTime() - before
		fmt.Printf("idle: %.2f %% of a core\n", 100*used.Seconds()/span.Seconds())
		p.check(used < span/40, "a waiting rank used %v in %v", used, span)
		err := wait()
		p.check(err == nil, "%v", err)
	} else {
		time.Sleep(span + time.Second)
		p.must("mpi.send(1, 0)")
	}
}

func processorTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
