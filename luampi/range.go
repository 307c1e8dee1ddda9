package luampi

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// inRange checks a number that argument i is against what the table allows.
func (x *call) inRange(i, n int) {
	r := &x.row.Args[i].Range
	if r.All() {
		return
	}
	size, ok := x.members(r)
	if why := x.m.outside(r, n, size); ok && why != "" {
		x.arg(i, "%s", why)
	}
	if r.Of == "" && !r.Allows(n, mpi.Int) {
		x.arg(i, "%s expected, got %d", r, n)
	}
}

// allInRange does that for the entries of a list.
func (x *call) allInRange(i int, list []int32) {
	r := &x.row.Args[i].Range
	if r.All() {
		return
	}
	size, ok := x.members(r)
	for k, n := range list {
		if why := x.m.outside(r, int(n), size); ok && why != "" {
			x.arg(i, "entry %d: %s", k+1, why)
		}
		if r.Of == "" && !r.Allows(int(n), mpi.Int) {
			x.arg(i, "entry %d is %d: %s expected", k+1, n, r)
		}
	}
}

// members returns how many ranks the communicator or the group has that a range is
// of. Where ok is false that is not known, and the call itself says why.
func (x *call) members(r *table.Range) (size int, ok bool) {
	switch r.Of {
	case "comm":
		return x.comm.Size, true
	case "group":
		return x.groupSize()
	}
	return 0, true
}

// outside says why n is no rank or tag, "" if it is one or the range is not of
// such.
func (m *module) outside(r *table.Range, n, size int) string {
	switch {
	case r.Of == "tag" && (n < 0 || n > m.limits.maxTag):
		return m.noTag(n)
	case r.Of == "comm" && (n < 0 || n >= size):
		return fmt.Sprintf("rank %d is not in a communicator of %d", n, size)
	case r.Of == "group" && (n < 0 || n >= size):
		return notInGroup(n, size)
	}
	return ""
}

func (m *module) noTag(n int) string {
	return fmt.Sprintf("tag %d is not between 0 and %d", n, m.limits.maxTag)
}

func notInGroup(n, size int) string { return fmt.Sprintf("rank %d is not in a group of %d", n, size) }

// textLength checks the length of a text; limit is the constant that has the
// greatest one, with the zero byte at the end that C has.
func (x *call) textLength(i, least int, limit string) {
	n, most := len(lua.LVAsString(x.at[i])), mpi.Int(limit)-1
	switch {
	case n < least:
		x.arg(i, "%d to %d characters expected, got none", least, most)
	case n > most && least > 0:
		x.arg(i, "%d to %d characters expected, got %d", least, most, n)
	case n > most:
		x.arg(i, "%d characters at most expected, got %d", most, n)
	}
}

// groupSize returns the size of the group that is the first argument. Where ok is
// false it has none: the call itself says so.
func (x *call) groupSize() (size int, ok bool) {
	return x.asks("Group_size", x.c.S[table.SlotX])
}

// asks makes another call, on the same communicator and with the arguments in slots, and
// returns its first result, a number; ok is false if it fails: the call itself then says
// what is wrong.
func (x *call) asks(name string, arguments ...uint64) (result int, ok bool) {
	c := x.m.s.NewCall(name)
	defer c.Release()
	copy(c.S[table.SlotX:table.SlotR], arguments)
	c.S[table.SlotComm] = x.c.S[table.SlotComm]
	err := x.m.do(x.L, c)
	return c.Result(0), err == nil
}

// codeHooks are the checks of error codes, and of hints that are looked up by
// number: libraries tell neither what is wrong nor how many there are.
func (m *module) codeHooks(hooks map[string]func(x *call)) {
	for name, what := range map[string]string{"Error_class": "code", "Error_string": "code", "Add_error_code": "class", "Add_error_string": "code"} {
		hooks[name] = func(x *call) {
			code := x.c.S[table.SlotX]
			if _, ok := x.asks("Error_class", code); !ok {
				x.arg(0, "%d is no error %s of this job", int32(code), what)
			}
			if int(int32(code)) <= mpi.Int("ERR_LASTCODE") && name == "Add_error_string" {
				x.arg(0, "%d is one of MPI's own: only what mpi.Add_error_class and mpi.Add_error_code give gets a text", int32(code))
			}
			if name == "Add_error_string" {
				x.textLength(1, 0, "MAX_ERROR_STRING")
			}
		}
	}
	for _, name := range []string{"Info_set", "Info_get", "Info_get_valuelen", "Info_delete"} {
		hooks[name] = func(x *call) {
			x.textLength(1, 1, "MAX_INFO_KEY")
			if len(x.row.Args) > 2 {
				x.textLength(2, 0, "MAX_INFO_VAL")
			}
		}
	}
	hooks["Info_get_nthkey"] = func(x *call) {
		n := int(int32(x.c.S[table.SlotX+1]))
		if keys, ok := x.asks("Info_get_nkeys", x.c.S[table.SlotX]); ok && n >= keys {
			x.arg(1, "there is no key %d: the info has %d keys, which count from 0", n, keys)
		}
	}
}

// checkDistinct refuses a rank that is in a list of a group's ranks twice.
func (x *call) checkDistinct() {
	seen := map[int32]int{}
	for k, n := range x.c.Ints(table.SlotX+2, int(int32(x.c.S[table.SlotX+1]))) {
		if first := seen[n]; first > 0 {
			x.arg(1, "rank %d is there twice, as entries %d and %d", n, first, k+1)
		}
		seen[n] = k + 1
	}
}

// checkRanges checks ranges of a group's ranks, each first, last and stride. A rank
// may be in one of them only.
func (x *call) checkRanges(i int, flat []int32) {
	size, ok := x.groupSize()
	if !ok {
		return
	}
	seen := map[int]int{}
	for k := 0; k+3 <= len(flat); k += 3 {
		entry, first, last, stride := k/3+1, int(flat[k]), int(flat[k+1]), int(flat[k+2])
		for _, n := range []int{first, last} {
			if n < 0 || n >= size {
				x.arg(i, "entry %d: %s", entry, notInGroup(n, size))
			}
		}
		if stride == 0 {
			x.arg(i, "entry %d has the stride 0: 1 or more, or -1 or less, expected", entry)
		}
		if (last-first)*stride < 0 {
			x.arg(i, "entry %d: no stride of %d leads from %d to %d", entry, stride, first, last)
		}
		for n := first; stride > 0 && n <= last || stride < 0 && n >= last; n += stride {
			if before := seen[n]; before > 0 {
				x.arg(i, "rank %d is there twice, in entries %d and %d", n, before, entry)
			}
			seen[n] = entry
		}
	}
}

// checkRemote checks the rank of the other group's leader, which has a meaning on
// the own group's leader only.
func (x *call) checkRemote() {
	peer := toComm(x.at[1])
	if peer.Inter {
		x.arg(1, "communicator of a single group expected, got an inter-communicator")
	}
	leader, remote := int(int32(x.c.S[table.SlotX])), int(int32(x.c.S[table.SlotX+2]))
	if x.comm.Rank != leader {
		return
	}
	if n := peer.Peers(); remote < 0 || remote >= n {
		x.arg(2, "rank %d is not in a communicator of %d", remote, n)
	}
}
