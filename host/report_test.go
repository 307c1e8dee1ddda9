package host

import (
	"strings"
	"testing"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// TestHeldRanks: a rank that could not be interrupted is told of as that, and
// as nothing else, whatever it said once the job was ended.
func TestHeldRanks(t *testing.T) {
	for name, late := range map[string]*luaerr.Error{
		"killed":  luaerr.New(luaerr.Lost, "the job was ended, because these ranks could not be interrupted:\n  rank 1: Barrier at job.lua:3"),
		"left":    luaerr.New(luaerr.Interrupted, "job.lua:3: "+otherFailed),
		"failed":  luaerr.New(luaerr.MPI, "job.lua:3: Barrier: ERR_PROC_FAILED"),
		"no word": nil,
	} {
		t.Run(name, func(t *testing.T) {
			o := &Outcome{
				Stuck: map[int]string{1: "Barrier at job.lua:3", 2: "Recv at job.lua:4"}, Held: map[int]bool{1: true},
				Ended: luaerr.New(luaerr.Lost, "the job was ended, because these ranks could not be interrupted:\n  rank 1: Barrier at job.lua:3"),
			}
			errs := map[int]*luaerr.Error{
				0: luaerr.New(luaerr.Script, "job.lua:2: boom"),
				2: luaerr.New(luaerr.Interrupted, "job.lua:4: "+otherFailed),
			}
			if late != nil {
				errs[1] = late
			}
			e := combine(errs, 3, o)
			want := []string{
				"job.lua:2: boom", "  rank 2 was stopped in Recv at job.lua:4",
				"the job was ended, because these ranks could not be interrupted:", "  rank 1: Barrier at job.lua:3",
			}
			if got := e.Message; got != strings.Join(want, "\n") {
				t.Errorf("got\n%s", got)
			}
		})
	}
}

// TestNamesProcesses: an error that begins with those that it is of needs no
// other name in front; a script's own words do not count.
func TestNamesProcesses(t *testing.T) {
	one := map[int]*luaerr.Error{1: luaerr.New(luaerr.Script, "boom")}
	for _, c := range []struct {
		message string
		errors  map[int]*luaerr.Error
		want    bool
	}{
		{"ranks 0-6,8 (8 of 9): job.lua:14: boom", one, true},
		{"rank 1: boom\nrank 2: bang", one, true},
		{"my job.lua:14: pids 2-3 (2 of 3): job.lua:14: boom", one, true},
		{"job.lua:14: rank 1: boom", nil, false},
		{"job.lua:14: mpido took longer than its timeout of 1s\n  ranks 0-1 (2 of 2) were stopped in Recv", one, false},
		{"job.lua:14: item 2: job.lua:14: boom", one, false},
	} {
		if got := namesProcesses(&luaerr.Error{Message: c.message, Errors: c.errors}); got != c.want {
			t.Errorf("%q: got %v", c.message, got)
		}
	}
}
