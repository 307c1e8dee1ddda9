package shell

import "strings"

// The table of commands. A new one is a row here.
func init() {
	commands = []command{
		{name: "all", args: "CODE", doc: "Runs code on all workers of the manager in the variable manager, which it starts if need be, and shows the values by rank.", takesCode: true, run: (*Shell).onWorkers, lua: allSource},
		{name: "on", args: "RANKS CODE", doc: "The same on some ranks: %on 0,2-3 CODE.", takesCode: true, run: (*Shell).onWorkers, lua: onSource},
		{name: "set", args: "NAME", doc: "Sends the value of a variable to all workers, as a global of that name.", run: (*Shell).set, lua: setSource},
		{name: "get", args: "NAME", doc: "Shows the values that a global has on the workers.", run: (*Shell).onWorkers, lua: getSource},
		{name: "who", doc: "Lists the variables that you have defined, here and on the workers.", run: (*Shell).who},
		{name: "where", doc: "Tells in which calls of MPI the ranks are, and at which lines.", run: (*Shell).where},
		{name: "restart", doc: "Ends the job and starts a fresh one, where it does again what everywhere and %set defined.", run: (*Shell).restart},
		{name: "time", args: "CODE", doc: "Runs code, which may be another command, and tells how long it took.", takesCode: true, run: (*Shell).time, lua: innerSource},
		{name: "timeit", args: "CODE", doc: "Runs code again and again, and tells how long one run takes.", takesCode: true, run: (*Shell).timeit},
		{name: "run", args: "FILE [ARG …]", doc: "Runs a script; the globals that it sets stay.", takesFile: true, run: (*Shell).runFile, lua: runSource},
		{name: "load", args: "FILE", doc: "Runs the lines of a file as if they were typed: its local variables stay, too.", takesFile: true, run: (*Shell).load},
		{name: "save", args: "[-f] FILE", doc: "Writes what went well in this session as a script; -f: over a file that is there.", takesFile: true, run: (*Shell).save},
		{name: "help", args: "[NAME]", doc: "Tells what a function, a variable or a command is.", run: (*Shell).help},
		{name: "quit", doc: "Leaves; the workers end cleanly.", run: func(*Shell, string, *call) Outcome { return Outcome{Quit: true} }},
	}
}

// innerSource is the Lua of a command whose code may be another command.
func innerSource(c *call) (string, error) {
	inner, err := parse(c.code)
	switch {
	case err != nil:
		return "", err
	case inner == nil:
		return strings.TrimSpace(c.code), nil
	case inner.lua == nil:
		return "", wrong("%%%s cannot run %%%s", c.name, inner.name)
	}
	return inner.lua(inner)
}
