package luampi

import (
	"fmt"
	"strings"

	"github.com/mpiclus/mpiclus-lua/tests/mpitest"
)

func init() {
	scenarios["renewals"] = scenario{ranks: 2, play: renewals}
	scenarios["renewals of what scripts made"] = scenario{ranks: 2, play: renewalsOfMade}
	scenarios["renewal beside calls"] = scenario{ranks: 2, play: renewalBesideCalls}
	scenarios["renewal beside a task"] = scenario{ranks: 2, play: renewalBesideTask}
}

// handles are the communicators of a session that stay or are replaced.
func (p *player) handles() [6]uint64 {
	w, self := p.s.World(), p.s.Self()
	return [6]uint64{w.Handle, w.Shadow, w.Bulk, self.Handle, self.Shadow, self.Bulk}
}

// replaced names those that are others than before.
func replaced(before, now [6]uint64) string {
	var names []string
	for i, name := range []string{"world", "shadow", "bulk", "self", "self's shadow", "self's bulk"} {
		if before[i] != now[i] {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// leftBehind are operations that nobody ends, and which communicators of the
// session they cost. A call after "interrupted: " is left while it waits.
var leftBehind = []struct{ on0, on1, cost string }{
	{"", "", ""},
	{"mpi.Irecv(array.zeros(3), 1, 7)", "", ""},
	{"mpi.Isend(array.zeros(3), 1, 7)", "", ""},
	{"mpi.Isend(array.zeros(1e6), 1, 7)", "", ""},
	{"mpi.Isend(array.zeros(0), 1, 7)", "mpi.Issend(array.zeros(10), 0, 8) mpi.Irecv(array.zeros(1), 0, 8)", ""},
	{"mpi.isend('x', 1, 7)", "mpi.irecv(0, 8)", ""},
	{"mpi.isend(('x'):rep(1e6), 1, 7)", "mpi.isend(('x'):rep(5000), 0, 7)", ""},
	{"mpi.isend(('x'):rep(1e6), 1, 7)", "mpi.irecv(0, 7)", ""},
	{"local r = mpi.Recv_init(array.zeros(1), 1, 7) r:start()", "local s = mpi.Send_init(array.zeros(1), 0, 9) s:start()", ""},
	{"mpi.Buffer_attach(array.zeros(500)) mpi.Bsend(array.zeros(3), 1, 7)", "", ""},
	{"for i = 1, 20 do mpi.Irecv(array.zeros(3), 1, 7) end collectgarbage()", "", ""},
	{"mpi.Isend(array.zeros(1), 0, 7, mpi.COMM_SELF) mpi.Irecv(array.zeros(1), 0, 8, mpi.COMM_SELF)", "", ""},
	{"interrupted: mpi.Recv(array.zeros(3), 1, 7)", "", ""},
	{"interrupted: mpi.Ssend(array.zeros(3), 1, 7)", "", ""},
	{"interrupted: mpi.Send(array.zeros(1e6), 1, 7)", "", ""},
	{"interrupted: mpi.Sendrecv(array.zeros(3), 1, 7, array.zeros(3), 1, 7)", "", ""},
	{"interrupted: mpi.recv(1, 7)", "", ""},
	{"interrupted: mpi.send(('x'):rep(1e6), 1, 7)", "interrupted: mpi.sendrecv(1, 0, 5, 0, 6)", ""},
	{"interrupted: mpi.Waitall{mpi.Irecv(array.zeros(3), 1, 7), mpi.Irecv(array.zeros(3), 1, 8)}", "", ""},
	{"interrupted: mpi.Mprobe(1, 7)", "mpi.Isend(array.zeros(1), 0, 9)", ""},
	{"kept = mpi.Mprobe(1, 7)", "mpi.Isend(array.zeros(1), 0, 7)", "world"},
	{"mpi.Ibarrier()", "", "world"},
	{"mpi.Iallreduce(1, mpi.Op_create(math.max))", "", "world"},
	{"mpi.Comm_idup()", "", "world, bulk"},
	{"mpi.Ibarrier(mpi.COMM_SELF)", "", ""},
	{"cancellable: interrupted: mpi.Barrier()", "", "world"},
	{"cancellable: interrupted: mpi.bcast(1, 1)", "", "shadow"},
}

// renewals: a new world costs no more communicators than those on which
// something was left for good.
func renewals(p *player) {
	for round := range 3 {
		for _, c := range leftBehind {
			source := []string{c.on0, c.on1}[p.rank]
			before := p.handles()
			source = strings.TrimPrefix(source, "cancellable: ")
			p.s.SetCancellable(strings.HasPrefix(c.on0, "cancellable: "))
			if call, ok := strings.CutPrefix(source, "interrupted: "); ok {
				t, wait := p.start(call)
				name := call[len("mpi."):strings.IndexAny(call, "({")]
				p.pending(name)
				p.interrupt(t, wait)
			} else {
				p.must(source)
			}
			p.renew()
			p.s.SetCancellable(false)
			p.must("pcall(mpi.Buffer_detach) kept = nil")
			what := fmt.Sprintf("round %d: after %q and %q", round, c.on0, c.on1)
			got := replaced(before, p.handles())
			p.check(got == c.cost, "%s: other communicators: %q, want %q", what, got, c.cost)
			p.check(p.s.Alive() == 0 || c.cost != "", "%s: %d requests", what, p.s.Alive())
		}
	}
	made := p.s.Made()
	for range 200 {
		p.must("if mpi.Comm_rank() == 0 then mpi.Irecv(array.zeros(9), 1, 7) mpi.Isend(array.zeros(9), 1, 9) end")
		p.renew()
	}
	p.check(p.s.Made() <= made+10, "%d frames, before %d", p.s.Made(), made)
}

// renewalsOfMade: what scripts, chunks and plugins have made is freed with the
// world. MPICH has no room for what these would leave; in Open MPI a
// communicator that is made afterwards has the number of one that was freed.
func renewalsOfMade(p *player) {
	first := 0
	for round := range 350 {
		p.must("local a, b = mpi.COMM_WORLD:dup(), mpi.COMM_SELF:dup() a:Barrier() local c = a:split(0) c:allgather(1)")
		dup, err := p.s.Duplicate(p.ctx(), p.s.World())
		p.check(err == nil && dup != 0, "%v", err)
		err = p.beginChunk(p.ctx(), []int{1, 0})
		p.check(err == nil, "%v", err)
		if index := p.s.Chunk().Behind().Index(); round == 1 {
			first = index
		} else if round > 1 && !mpitest.On().MPICH() {
			p.check(index <= first, "round %d: communicator %d, before %d", round, index, first)
		}
		p.hold(p.s.EndChunk)
		p.renewQuietly()
	}
	p.renew()
}

// renewalBesideTask: what another task waits for in the old world is not taken
// for clean.
func renewalBesideTask(p *player) {
	before := p.handles()
	t, wait := p.start("if mpi.Comm_rank() == 0 then mpi.Recv(array.zeros(1), 1, 7) end")
	if p.rank == 0 {
		p.pending("Recv")
	}
	p.renew()
	p.check(replaced(before, p.handles()) == "world", "other communicators: %q", replaced(before, p.handles()))
	p.must("mpi.Barrier() if mpi.Comm_rank() == 1 then mpi.Isend(array.zeros(1), 0, 7) end mpi.Barrier() assert(mpi.Comm_rank() == 1 or mpi.Iprobe(1, 7))")
	if p.rank == 0 {
		p.interrupt(t, wait)
	} else {
		p.check(wait() == nil, "the other task")
	}
	p.renew()
}

// renewalBesideCalls: another task that uses communicators and requests while
// the world is renewed works in the old one, or in the new one, or is told.
func renewalBesideCalls(p *player) {
	p.must("done, told = false, {}")
	_, wait := p.start(`
while not done do
  local ok, err = pcall(function()
    local made = mpi.COMM_SELF:dup()
    for i = 1, 30 do
      assert(mpi.Comm_size() == 2 and made:size() == 1)
      mpi.COMM_WORLD:Iprobe(mpi.ANY_SOURCE, 99)
      made:Send(array.full(1, i), mpi.PROC_NULL)
      local a = array.zeros(1)
      local r = made:Irecv(a, 0, 5)
      local s = made:Isend(array.full(1, i), 0, 5)
      mpi.Waitall{ r, s }
      assert(a[1] == i)
      local left = mpi.Irecv(array.zeros(1), mpi.ANY_SOURCE, 98)
      mpi.Cancel(left)
      left:wait()
    end
    made:free()
  end)
  if not ok then
    err = tostring(err)
    assert(err:find("renewed", 1, true) or err:find("given up", 1, true), err)
    told[#told + 1] = err
  end
  os.execute("sleep 0.001")
end`)
	for range 300 {
		p.renewQuietly()
	}
	p.must("done = true")
	err := wait()
	p.check(err == nil, "%v", err)
	p.renew()
}
