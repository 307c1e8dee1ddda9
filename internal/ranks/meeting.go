// Package ranks is a process that is a rank of an MPI job, started by mpirun, which
// runs the same script as all others. Until the script calls start_main_loop the ranks
// know nothing of each other but what MPI tells; there they meet, each says a word and
// hears those of all, and links are made between them, over sockets or over MPI. Then
// rank 0 is the master, with a job whose workers nobody launched, and the others serve
// until it says leave:
//
//	r := ranks.New(cfg, owner)                  // its Layers are those of the node
//	r.Watch()
//	err := r.Open(ctx, ranks.Wish{Mode: mode})  // on all ranks
//	err = r.Become()
//	if r.Number() > 0 {
//		return r.Serve(L, redirect)         // ends the script
//	}
//	j := r.Job(display)                         // a job.Job
//	…
//	r.End(status)                               // with all others, or against them
//
// Nobody ends alone: MPI waits for all. So a rank that fails, is lost, calls os.exit or
// gets a signal ends the job, in order where all were told, else by aborting it.
package ranks

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/cluster"
	"github.com/mpiclus/mpiclus-lua/internal/job"
	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
	"github.com/mpiclus/mpiclus-lua/worker"
)

// Config is what a process has that is a rank of an MPI job, for scripts that are
// started by mpirun.
type Config struct {
	worker.Session
	Meeting
	// Transport carries the messages of MPI_TRANSPORT_ALL.
	Transport Transport
	// CheckComm says why a value is no communicator of all ranks, in their
	// order.
	CheckComm func(v lua.LValue) error
	// Watch calls lost when another rank's process has ended and the launcher
	// lets this one go on all the same. It may be nil.
	Watch func(lost func(why string))
	// Folder is the job's folder on this machine, which somebody else removes;
	// "": there is none.
	Folder string
	// Clean removes what the job has in files, where this rank is to; nil:
	// there is nothing. It is called before the process ends in any way.
	Clean func()
	// End ends the process with a status; it may return only in tests. clean
	// says that the other ranks end as well, so that MPI can be finalised;
	// without it the whole job is aborted.
	End func(status int, clean bool)
}

// Meeting is how the ranks come to terms while they have no links. Its calls
// are collective.
type Meeting interface {
	// Meet gives the words of all ranks, by rank, once all of them are here.
	// When ctx ends first, its error is an AbsentError if it knows who is
	// missing.
	Meet(ctx context.Context, word []byte) ([][]byte, error)
	// Share gives every rank what rank 0 gives, after a Meet.
	Share(data []byte) ([]byte, error)
}

// AbsentError is an error that knows which ranks did not come to a meeting.
type AbsentError interface {
	error
	Missing() []int
}

// Transport makes the links between the ranks of a job: it is what the modes
// differ in.
type Transport interface {
	// Open gives the links that this process has from the start, by rank; nil
	// where there is none. Rank 0 has one to each other rank and each has one
	// to rank 0. It is collective, after a Meet.
	Open(ctx context.Context) ([]link.Link, error)
	// Connect makes the link to another worker that Open gave none to, when it
	// is first used.
	Connect(ctx context.Context, pid rpc.Pid) (link.Link, error)
	// Close returns when all that was sent before the links were closed is
	// delivered, or is too late. It is called when they are closed.
	Close() error
}

// word is what a rank says when it meets the others.
type word struct {
	Start   bool   // start_main_loop; else: the script has ended
	Mode    string // of Start
	Problem string // why this rank cannot start
	Version string
	Host    string
	Key     []byte // public key of this rank: see sealed.go
}

// meet brings the ranks together and gives what each of them said. An error
// of kind Launch says which ranks were waited for in vain.
func (r *Rank) meet(ctx context.Context, w word, limit time.Duration) ([]word, error) {
	if limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	w.Version, w.Host = r.own.Version, job.Hostname()
	w.Problem = w.Problem[:min(len(w.Problem), maxProblem)]
	said, err := r.cfg.Meet(ctx, protocol.Encode(w))
	if errors.Is(err, context.DeadlineExceeded) {
		return nil, absence(err, r.cfg.Info().Size, limit)
	}
	if err != nil {
		return nil, err
	}
	words := make([]word, len(said))
	for rank := range words {
		if err := protocol.Decode(said[rank], &words[rank]); err != nil {
			return nil, fmt.Errorf("rank %d is of another version: %w", rank, err)
		}
	}
	return words, disagreement(words)
}

const maxProblem = 1000 // bytes; words have to be short

func absence(err error, size int, limit time.Duration) error {
	who := "other ranks"
	if absent, ok := errors.AsType[AbsentError](err); ok {
		who = cluster.Spans("rank", absent.Missing(), size)
	}
	return luaerr.New(luaerr.Launch, "start_main_loop: %s did not call it within %v: all ranks must (option launch_timeout for more time)", who, limit)
}

// disagreement says in which way the ranks did not say the same: the same
// error on all of them.
func disagreement(words []word) error {
	problems, said := map[string][]int{}, map[string][]int{}
	for rank, w := range words {
		text := "ended the script without start_main_loop"
		switch {
		case w.Problem != "":
			problems[w.Problem] = append(problems[w.Problem], rank)
			continue
		case w.Version != words[0].Version:
			text = "run version " + w.Version + " of this software"
		case w.Start:
			text = "called start_main_loop(" + w.Mode + ")"
		}
		said[text] = append(said[text], rank)
	}
	switch {
	case len(problems) > 0:
		e := luaerr.New(luaerr.Argument, "%s", perRanks(problems, len(words), ": ", "\n"))
		e.Errors = map[int]*luaerr.Error{}
		for rank, w := range words {
			if w.Problem != "" {
				e.Errors[rank] = luaerr.New(luaerr.Argument, "%s", w.Problem).At(rank, rank+1, w.Host)
			}
		}
		return e
	case len(said) > 1:
		return luaerr.New(luaerr.Argument, "the ranks disagree: %s", perRanks(said, len(words), " ", "; "))
	}
	return nil
}

// perRanks joins texts with the ranks that they are of, in the order of these.
func perRanks(texts map[string][]int, of int, colon, comma string) string {
	var parts []string
	for _, text := range slices.SortedFunc(maps.Keys(texts), func(a, b string) int { return texts[a][0] - texts[b][0] }) {
		parts = append(parts, cluster.Spans("rank", texts[text], of)+colon+text)
	}
	return strings.Join(parts, comma)
}

// MeetAtEnd is the last word of a rank whose script has ended without a main
// loop: where others called start_main_loop, all of them learn it.
func (r *Rank) MeetAtEnd() error {
	_, err := r.meet(context.Background(), word{}, 0)
	return err
}
