package table

import (
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

func TestLines(t *testing.T) {
	if len(Calls) < 100 || len(Constants) < 100 {
		t.Fatalf("%d calls, %d constants", len(Calls), len(Constants))
	}
	classes := map[Class]bool{P2P: true, Poll: true, Start: true, Coll: true, Sync: true, Local: true, Native: true, Hand: true, Twin: true}
	for _, c := range Calls {
		if !classes[c.Class] {
			t.Errorf("%s: no class %q", c.Name, c.Class)
		}
		if !strings.HasSuffix(c.Doc, ".") || !unicode.IsUpper(rune(c.Doc[0])) {
			t.Errorf("%s: its documentation is no sentence: %q", c.Name, c.Doc)
		}
		if c.Section == "" && !c.Own() && c.Chapter != "This software" {
			t.Errorf("%s: no section of the standard", c.Name)
		}
		named := map[string]bool{}
		for i, a := range c.Args {
			if named[a.Name] {
				t.Errorf("%s: two arguments are named %s", c.Name, a.Name)
			}
			named[a.Name] = true
			if a.Kind == Comm && i != len(c.Args)-1 {
				t.Errorf("%s: the communicator comes last", c.Name)
			}
			if a.Slot >= SlotR {
				t.Errorf("%s: no slot left for %s", c.Name, a.Name)
			}
		}
		for _, r := range c.Results {
			if r.Slot >= Slots {
				t.Errorf("%s: no slot left for result %s", c.Name, r.Name)
			}
		}
	}
	for _, c := range Constants {
		if c.Doc == "" {
			t.Errorf("%s: no documentation", c.Name)
		}
		if ByName[c.Name] != nil {
			t.Errorf("%s is a constant and a call", c.Name)
		}
	}
}

// TestKinds: every kind has a row, with a name of its own.
func TestKinds(t *testing.T) {
	for k := range Kinds {
		if k.String() == "" || kindByName[k.String()] != k {
			t.Errorf("kind %d (%q) has no row of its own in kindRows", k, k)
		}
	}
}

var slotUse = regexp.MustCompile(`\b([XR])\((\d+)\)`)

// TestSlots compares the slots that the C text of a line uses with those that
// its words declare.
func TestSlots(t *testing.T) {
	for _, c := range Calls {
		if c.Own() || c.Class == Hand || c.Class == Twin {
			continue // Go fills their slots by number
		}
		declared, must := map[string]bool{}, map[string]bool{}
		for _, a := range c.Args {
			if a.Slot >= SlotX {
				wide := kindRows[a.Kind].wide
				for k := range wide {
					name := fmt.Sprintf("X%d", a.Slot-SlotX+k)
					declared[name] = true
					must[name] = k == wide-1 // the length of a list may be known from another
				}
			}
		}
		for _, r := range c.Results {
			if r.Slot >= SlotR {
				declared[fmt.Sprintf("R%d", r.Slot-SlotR)] = true
				must[fmt.Sprintf("R%d", r.Slot-SlotR)] = r.Kind != Text // C ends texts with a zero
			}
			if r.CountOf != 0 { // lengths, and what comes with them
				for k := len(c.Results); k < Slots-SlotR; k++ {
					declared[fmt.Sprintf("R%d", k)] = true
				}
			}
		}
		used := map[string]bool{}
		for _, m := range slotUse.FindAllStringSubmatch(c.C, -1) {
			if n, _ := strconv.Atoi(m[2]); n >= 0 {
				used[m[1]+m[2]] = true
			}
		}
		for slot := range must {
			if must[slot] && !used[slot] {
				t.Errorf("%s declares %s and does not use it: %s", c.Name, slot, c.C)
			}
		}
		for slot := range used {
			if !declared[slot] {
				t.Errorf("%s uses %s and does not declare it: %s", c.Name, slot, c.C)
			}
		}
	}
}

var room = regexp.MustCompile(`ROOM\((\d+), R\((\d+)\)\.n, (\w+)\)`)

// TestRooms: every result that is a list gets memory for as many entries as
// it will have, in a call that asks for that number first.
func TestRooms(t *testing.T) {
	entry := map[Kind]string{Ints: "int", Aints: "MPI_Aint", Types: "MPI_Datatype"}
	lists := 0
	for _, c := range Calls {
		made := map[string]bool{}
		for _, m := range room.FindAllStringSubmatch(c.C, -1) {
			made[m[1]+" "+m[2]+" "+m[3]] = true
		}
		want := 0
		for i, r := range c.Results {
			if entry[r.Kind] == "" || c.Class == Hand {
				continue
			}
			want, lists = want+1, lists+1
			if !made[fmt.Sprintf("%d %d %s", i, r.CountOf-SlotR, entry[r.Kind])] || !strings.HasPrefix(c.C, "SIZED(") {
				t.Errorf("%s: no room of its length for result %s: %s", c.Name, r.Name, c.C)
			}
		}
		if want != len(made) {
			t.Errorf("%s: room for %d lists, has %d", c.Name, len(made), want)
		}
	}
	if lists < 10 {
		t.Errorf("only %d lists", lists)
	}
}

func TestNonBlocking(t *testing.T) {
	i := ByName["Iallreduce"]
	if i == nil || !i.Other || i.Index != ByName["Allreduce"].Index || i.Results[0].Kind != Request {
		t.Fatalf("%+v", i)
	}
	if ByName["Isend"].Other || ByName["IBarrier"] != nil {
		t.Fatal("a line of its own taken for a form of a collective")
	}
}

func TestHelp(t *testing.T) {
	want := "mpi.Bcast(array, [root=0], [comm=COMM_WORLD]) → array\n    Copies the array of the root to every process. (MPI 3.1, section 5.4)"
	if got := Help("Bcast"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := Help("ANY_SOURCE"); got != "mpi.ANY_SOURCE\n    A message from any rank." {
		t.Errorf("got %q", got)
	}
	all := Help("")
	for _, c := range All {
		if !strings.Contains(all, c.Synopsis()) {
			t.Errorf("the overview lacks %s", c.Name)
		}
	}
	if got := Help("Comm_spawn"); got != "mpi.Comm_spawn\n    Is not offered: start more workers with another manager and cluster.addprocs." {
		t.Errorf("got %q", got)
	}
	if Help("Bcats") != "" || strings.Contains(all, "own_") {
		t.Error("help on what is not there")
	}
}

// TestReceives: only what has a sender is a message.
func TestReceives(t *testing.T) {
	for name, want := range map[string]bool{
		"Recv": true, "Irecv": true, "Recv_init": true, "Sendrecv": true, "Mrecv": true, "Imrecv": true,
		"Send": false, "Probe": false, "Bcast": false, "Scatter": false, "Pack": false, "Unpack": false, "Get": false, "File_read": false,
	} {
		if got := ByName[name].Receives(); got != want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

// TestInstead: what is said to be absent is, and what is named instead is there.
func TestInstead(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"Comm_spawn", "cluster.addprocs"}, {"Bcast_init", "use mpi.Ibcast each time"}, {"Neighbor_allgather_init", "use mpi.Ineighbor_allgather each time"},
		{"Send_c", "use mpi.Send, on views"}, {"T_pvar_read", "tools"},
		{"Send", ""}, {"Send_init", ""}, {"Bcats", ""}, {"Send_init_init", ""}, {"Ibcast_init", ""}, {"send_init", ""}, {"", ""},
	} {
		if got, ok := Instead(c.name); ok != (c.want != "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	named := regexp.MustCompile(`mpi\.(\w+)`)
	for _, a := range absent {
		for _, name := range strings.Fields(a.names) {
			if ByName[name] != nil {
				t.Errorf("%s has a line", name)
			}
		}
		for _, m := range named.FindAllStringSubmatch(a.instead, -1) {
			if ByName[m[1]] == nil && m[1] != "COMM_WORLD" {
				t.Errorf("there is no mpi.%s: %s", m[1], a.instead)
			}
		}
	}
}

func TestParseArgs(t *testing.T) {
	args := parseArgs("X", "color:int[0..|UNDEFINED] key:int=0 ranks:ints~[group] group!free comm", SlotX)
	for i, want := range []Arg{
		{Name: "color", Kind: Int, Slot: SlotX, Range: Range{AtLeast: true, Names: []string{"UNDEFINED"}}},
		{Name: "key", Kind: Int, Slot: SlotX + 1, Default: "0", Optional: true},
		{Name: "ranks", Kind: Ints, Slot: SlotX + 2, Same: true, Range: Range{Of: "group"}},
		{Name: "group", Kind: Group, Slot: SlotX + 4, Required: true, Frees: true},
		{Name: "comm", Kind: Comm, Slot: SlotComm},
	} {
		if !reflect.DeepEqual(args[i], want) {
			t.Errorf("got %+v, want %+v", args[i], want)
		}
	}
	for _, wrong := range []string{"x:nokind", "a b", "x:int:y"} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%q was read", wrong)
				}
			}()
			parseArgs("X", wrong, SlotX)
		}()
	}
}
