package ranks

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/job"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/spans"
)

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
		who = spans.Of("rank", absent.Missing(), size)
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
		parts = append(parts, spans.Of("rank", texts[text], of)+colon+text)
	}
	return strings.Join(parts, comma)
}

// MeetAtEnd is the last word of a rank whose script has ended without a main
// loop: where others called start_main_loop, all of them learn it.
func (r *Rank) MeetAtEnd() error {
	_, err := r.meet(context.Background(), word{}, 0)
	return err
}
