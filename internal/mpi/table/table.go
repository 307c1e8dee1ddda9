// Package table is the table of MPI calls and constants: it reads calls.h and
// constants.h, the same text that C expands, and so is the one source of
// names, kinds of arguments and documentation. It needs neither C nor MPI.
package table

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed calls.h
var callsText string

//go:embed constants.h
var constantsText string

// Class says how a call runs; calls.h tells what each means.
type Class string

// The classes of calls.
const (
	P2P    Class = "P2P"
	Poll   Class = "POLL"
	Start  Class = "START"
	Coll   Class = "COLL"
	Sync   Class = "SYNC"
	Local  Class = "LOCAL"
	Native Class = "NATIVE"
	Hand   Class = "HAND"
	Twin   Class = "TWIN"
)

// Arg is an argument or a result of a call.
type Arg struct {
	Name     string
	Kind     Kind
	Slot     int    // first slot in the frame, -1 for none
	Default  string // a number, true, false or the name of a constant; "?" for nil
	Optional bool   // Default holds
	Required bool   // written with !: there is no default
	Frees    bool   // written with !free: the call ends the object
	Same     bool   // written with ~: a list as long as the one before it
	Leads    bool   // written with <: the standard has this last argument first
	Range    Range  // of a number, or of each entry of a list
	CountOf  int    // of a list result: the slot with its length
}

// Call is one line of the table.
type Call struct {
	Index   int // of the line; what C calls it
	Name    string
	Class   Class
	Since   string // "3.1"
	Section string // of the standard
	Chapter string
	Args    []Arg
	Results []Arg
	Doc     string
	C       string // what C runs
	// Other marks the non-blocking form of a COLL line.
	Other bool
	// Leaves says that what the call sends, receives or starts may be under way
	// when it is over.
	Leaves bool
	// WritesFile says that the call writes an array to a file.
	WritesFile bool

	makesComm bool
}

// Constant is one line of constants.h.
type Constant struct {
	Index int
	Kind  string
	Name  string
	Doc   string
}

// Calls lists all lines in their order; Index is the position.
var Calls = parseCalls(callsText)

// Constants lists all constants in their order.
var Constants = parseConstants(constantsText)

// All lists every function of the module: the lines, and the non-blocking
// form of each collective after it. Lines named own_… are no functions.
var All = func() []*Call {
	var all []*Call
	for _, c := range Calls {
		if c.Own() {
			continue
		}
		all = append(all, c)
		if c.Class == Coll {
			all = append(all, c.nonblocking())
		}
	}
	return all
}()

// ByName finds a function of the module, or a line named own_….
var ByName = func() map[string]*Call {
	m := map[string]*Call{}
	for _, c := range All {
		if m[c.Name] != nil {
			panic("table: two calls named " + c.Name)
		}
		m[c.Name] = c
	}
	for _, c := range Calls {
		if c.Own() {
			m[c.Name] = c
		}
	}
	return m
}()

// Own reports whether the line is for the twins and no function of the module.
func (c *Call) Own() bool { return strings.HasPrefix(c.Name, "own_") }

// NonBlocking returns the name of the non-blocking form of a collective.
func (c *Call) NonBlocking() string { return "I" + strings.ToLower(c.Name[:1]) + c.Name[1:] }

// nonblocking returns the I-form of a collective.
func (c *Call) nonblocking() *Call {
	i := *c
	i.Name = c.NonBlocking()
	i.Other = true
	i.Section = "5.12"
	i.Results = append([]Arg{{Name: "request", Kind: Request, Slot: -1}}, c.Results...)
	i.Doc = fmt.Sprintf("Starts %s and gives its request; the arrays must be left alone until it is complete.", c.Name)
	return &i
}

// HasComm reports whether the call is a method of communicators too.
func (c *Call) HasComm() bool {
	n := len(c.Args)
	return n > 0 && c.Args[n-1].Kind == Comm
}

// Receives reports whether the call receives one message into an array.
func (c *Call) Receives() bool {
	return c.Takes(Recv) && c.Takes(Source, Source2, Message)
}

func init() {
	for _, c := range slices.Concat(All, Calls) {
		c.Leaves = c.leavesMessages()
		c.makesComm = c.makes(Comm)
		c.WritesFile = strings.HasPrefix(c.Name, "File_write") || strings.HasPrefix(c.Name, "File_iwrite")
	}
}

func (c *Call) leavesMessages() bool {
	return c.Other || c.Class == Start && !c.Takes(File, Win) || c.Takes(Dest, Source, Source2, Message)
}

// Takes reports whether the call has an argument of one of the kinds.
func (c *Call) Takes(kinds ...Kind) bool {
	return slices.ContainsFunc(c.Args, func(a Arg) bool { return slices.Contains(kinds, a.Kind) })
}

// HasWin reports whether the call is a method of windows.
func (c *Call) HasWin() bool {
	n := len(c.Args)
	return n > 0 && c.Args[n-1].Kind == Win
}

// MakesComm reports whether the call makes a communicator.
func (c *Call) MakesComm() bool { return c.makesComm }

// MakesWin reports whether the call makes a window.
func (c *Call) MakesWin() bool { return c.makes(Win) }

func (c *Call) makes(kind Kind) bool {
	return slices.ContainsFunc(c.Results, func(r Arg) bool { return r.Kind == kind })
}

// Synopsis returns the call as the documentation shows it, with brackets around
// what may be left out, and what it then is:
// "mpi.Bcast(array, [root=0], [comm=COMM_WORLD]) → array".
func (c *Call) Synopsis() string { return "mpi." + c.signature() }

func (c *Call) signature() string {
	list := make([]string, len(c.Args))
	for i := range c.Args {
		list[i] = c.Args[i].Name
		if missing, ok := c.Args[i].Missing(); ok {
			list[i] = "[" + list[i] + "=" + missing + "]"
		}
	}
	s := c.Name + "(" + strings.Join(list, ", ") + ")"
	if len(c.Results) > 0 {
		s += " → " + names(c.Results)
	}
	return s
}

// Help returns the documentation of the call as text.
func (c *Call) Help() string {
	s := c.Synopsis() + "\n    " + c.Doc
	if c.Section != "" {
		s += fmt.Sprintf(" (MPI %s, section %s)", c.Since, c.Section)
	}
	return s
}

// Missing says what the argument is when it is left out; ok is false for one
// that has to be given.
func (a *Arg) Missing() (text string, ok bool) {
	switch {
	case a.Required:
		return "", false
	case a.Default == "?":
		return "nil", true
	case a.Optional:
		return a.Default, true
	}
	text = kindRows[a.Kind].missing
	return text, text != ""
}

func names(args []Arg) string {
	list := make([]string, len(args))
	for i, a := range args {
		list[i] = a.Name
	}
	return strings.Join(list, ", ")
}
