package testkit

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/host"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/modules"
	"github.com/mpiclus/mpiclus-lua/internal/ranks"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

// Rank is what became of one rank.
type Rank struct {
	Status   int
	Clean    bool // it ended together with the others
	Out, Err string
}

// Ranks runs a script as the ranks of an mpirun, all of them in this process:
// the real host, node and worker code, with memory for what MPI is in
// start_main_loop. A rank that fails ends the others, as MPI_Abort would.
func Ranks(t testing.TB, size int, script string, args ...string) []Rank {
	t.Helper()
	file := filepath.Join(t.TempDir(), "job.lua")
	if err := os.WriteFile(file, []byte(script), 0o666); err != nil {
		t.Fatal(err)
	}
	j := newRankJob(size)
	results := make([]Rank, size)
	var running sync.WaitGroup
	for rank := range size {
		running.Go(func() {
			results[rank] = j.run(rank, append([]string{file}, args...))
		})
	}
	running.Wait()
	return results
}

// rankJob is what the ranks of a job share.
type rankJob struct {
	size  int
	links [][]link.Link // from, to
	ctx   context.Context
	abort context.CancelCauseFunc

	mu     sync.Mutex
	words  [][]byte
	here   int
	round  chan struct{} // closed when all have met
	data   []byte
	shared chan struct{} // closed when data is there
}

var errAborted = errors.New("the job was aborted")

func newRankJob(size int) *rankJob {
	j := &rankJob{size: size, links: make([][]link.Link, size), words: make([][]byte, size), round: make(chan struct{}), shared: make(chan struct{})}
	j.ctx, j.abort = context.WithCancelCause(context.Background())
	for a := range size {
		j.links[a] = make([]link.Link, size)
		for b := range a {
			j.links[a][b], j.links[b][a] = link.Pipe()
		}
	}
	return j
}

func (j *rankJob) run(rank int, args []string) Rank {
	var out, problems Buffer
	var r Rank
	m := member{j, rank}
	r.Status = host.Run(host.Config{
		Args: args, Stdout: &out, Stderr: &problems,
		Modules: func(in *interp.Interp) {
			modules.Common(in)
			in.AddModule("rank", func(L *lua.LState) int { L.Push(lua.LNumber(rank)); return 1 })
			in.AddModule("testkit", m.openKit(in))
		},
		Ranks: &ranks.Config{
			Session: session{rank, j.size}, Meeting: m, Transport: m,
			CheckComm: func(lua.LValue) error { return errors.New("there are no communicators here") },
			End: func(_ int, clean bool) {
				if r.Clean = clean; !clean {
					m.end()
				}
			},
		},
	})
	r.Out, r.Err = out.String(), problems.String()
	return r
}

// member is one rank's way to the others: its Meeting and its Transport.
type member struct {
	j    *rankJob
	rank int
}

// openKit is the Lua module "testkit" of ranks: aborted() returns when another
// rank has ended the job, for a rank that is late.
func (m member) openKit(in *interp.Interp) lua.LGFunction {
	return func(L *lua.LState) int {
		L.Push(L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{
			"aborted": func(L *lua.LState) int {
				_ = in.Wait(L, func(context.Context) error { <-m.j.ctx.Done(); return nil })
				return 0
			},
		}))
		return 1
	}
}

// end ends the job.
func (m member) end() {
	m.j.abort(errAborted)
	for _, row := range m.j.links {
		for _, l := range row {
			if l != nil {
				l.Close()
			}
		}
	}
}

func (m member) Meet(ctx context.Context, word []byte) ([][]byte, error) {
	j := m.j
	j.mu.Lock()
	j.words[m.rank] = word
	j.here++
	round := j.round
	if j.here == j.size {
		close(round)
	}
	j.mu.Unlock()
	select {
	case <-round:
		return j.words, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case <-j.ctx.Done():
		return nil, errAborted
	}
}

// Share gives what rank 0 gives: the ranks share once, after they have met.
func (m member) Share(data []byte) ([]byte, error) {
	return m.j.share(m.rank, data)
}

func (j *rankJob) share(rank int, data []byte) ([]byte, error) {
	if rank == 0 {
		j.mu.Lock()
		j.data = data
		j.mu.Unlock()
		close(j.shared)
		return data, nil
	}
	select {
	case <-j.shared:
		return j.data, nil
	case <-j.ctx.Done():
		return nil, errAborted
	}
}

func (m member) Open(context.Context) ([]link.Link, error) { return m.j.links[m.rank], nil }

func (m member) Connect(context.Context, rpc.Pid) (link.Link, error) { return nil, nil }

func (m member) Close() error { return nil }
