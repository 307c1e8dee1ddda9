// Package luaerr is the one shape that errors have in this software: a Go
// error and a Lua table with the same fields, convertible both ways.
//
// Go code returns an *Error (or wraps one with %w) and Lua code sees a table
// with the fields kind, message, rank, pid, host, traceback, value, and for
// MPI errors class, call and code. tostring of the table is Error().
package luaerr

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	lua "github.com/yuin/gopher-lua"
)

// Kind says what sort of thing went wrong; scripts compare it as a string.
type Kind string

// The kinds of errors that scripts can meet.
const (
	Script      Kind = "script"      // raised by the script itself
	Argument    Kind = "argument"    // a wrong argument to a call of ours
	MPI         Kind = "mpi"         // an error class of the MPI library
	Lost        Kind = "lost"        // a process died or cannot be reached
	Timeout     Kind = "timeout"     // a time limit that the script had set
	Interrupted Kind = "interrupted" // stopped from outside: Ctrl-C, interrupt
	Launch      Kind = "launch"      // workers could not be started
	Plugin      Kind = "plugin"      // a plugin failed
)

// Error is an error with all that a reader needs to find its cause.
// The zero values of Rank (NoRank), Pid (0) and Host ("") mean "not known".
type Error struct {
	Kind      Kind
	Message   string // "job.lua:14: …" when the place in the script is known
	Rank      int    // rank in the MPI job, or NoRank
	Pid       int    // process id in the cluster: master 1, workers from 2
	Host      string
	Traceback string     // Lua traceback, lines as stock Lua writes them
	Value     lua.LValue // what the script passed to error(), or nil
	Output    string     // last lines of output of a process that was lost

	Class string // MPI error class, "ERR_TRUNCATE"
	Call  string // MPI call, "Recv"
	Code  int    // MPI error code

	Errors map[int]*Error // one per rank (or item) in a grouped report
	Cause  error          // the Go error behind it, for errors.Is and As

	// Seen is set once a script of this process has got the error; nil where
	// nobody asks. Copies share it.
	Seen *atomic.Bool
}

// Handle notes that somebody deals with the error on the script's behalf.
func (e *Error) Handle() {
	if e.Seen != nil {
		e.Seen.Store(true)
	}
}

// Raised reports whether a script has got the error, as far as Seen tells.
func (e *Error) Raised() bool { return e.Seen != nil && e.Seen.Load() }

// NoRank is the rank of a process outside MPI.
const NoRank = -1

// New makes an error of a kind from a format.
func New(kind Kind, format string, args ...any) *Error {
	e := fmt.Errorf(format, args...)
	return &Error{Kind: kind, Message: e.Error(), Rank: NoRank, Cause: errors.Unwrap(e)}
}

// Error returns the report: who, then what.
func (e *Error) Error() string {
	var b strings.Builder
	switch {
	case e.Rank != NoRank:
		fmt.Fprintf(&b, "rank %d: ", e.Rank)
	case e.Pid > 1:
		fmt.Fprintf(&b, "pid %d: ", e.Pid)
	}
	b.WriteString(e.Message)
	if e.Output != "" {
		b.WriteString("\nits last output:\n  " + strings.ReplaceAll(e.Output, "\n", "\n  "))
	}
	return b.String()
}

// Unwrap returns the Go error behind it.
func (e *Error) Unwrap() error { return e.Cause }

// At returns a copy of e that names the process where it happened. What is
// named already stays.
func (e *Error) At(rank, pid int, host string) *Error {
	c := *e
	if c.Pid == 0 {
		c.Rank, c.Pid, c.Host = rank, pid, host
	}
	return &c
}

// Within returns a copy of e whose message says what it belongs to, such as
// "item 2: ", after the place in the script that it begins with.
func (e *Error) Within(what string) *Error {
	c := *e
	place := placed.FindString(e.Message)
	c.Message = place + what + e.Message[len(place):]
	return &c
}

// From turns any Go error into an *Error: one of ours is found with
// errors.As, an *lua.ApiError gives back what was raised, all else becomes
// an error of kind Script.
func From(err error) *Error {
	if err == nil {
		return nil
	}
	var own *Error
	if errors.As(err, &own) {
		return own
	}
	var api *lua.ApiError
	if errors.As(err, &api) {
		e := FromValue(api.Object)
		if e.Traceback == "" {
			e.Traceback = api.StackTrace
		}
		return e
	}
	return &Error{Kind: Script, Message: err.Error(), Rank: NoRank, Cause: err}
}
