// Package launch turns "N workers, please" into a running MPI launcher:
// mpirun of Open MPI, mpiexec of MPICH (Hydra) or srun.
//
//	plan, err := launch.Plan(launch.Spec{NP: 4, Exe: worker, ExeArgs: []string{"worker"}, Folder: folder})
//	process, err := plan.Start(ctx)
//	<-process.Done()
//	err = launch.Explain(plan, launch.Outcome{Process: process, Joined: 3})
//
// Plan decides and starts nothing; Start runs it; Explain says in the user's
// words why no workers came; Examine looks at the machine beforehand. All of
// it is pure Go and works where there is no MPI.
package launch

import (
	"fmt"
	"path/filepath"
	"runtime"
)

// Spec says what a user wants started. The zero value starts as many workers
// as the launcher decides, on this machine.
type Spec struct {
	NP       int               // number of workers; 0: the launcher decides
	Command  []string          // the user's own launch command; it is used as it is, so it says the number itself
	Mpiexec  string            // the launcher, with or without options; "": what is found
	Flags    []string          // further options for the launcher
	Hosts    string            // "a,b:4"
	Hostfile string            // a file in the form of Open MPI or MPICH, or the launcher's own
	Dir      string            // where workers start; "": here
	Env      map[string]string // added to the workers' environment
	Exe      string            // the worker's executable
	ExeArgs  []string          // and its arguments
	Folder   string            // the job's folder (MakeFolder); "": temporaries go where the MPI library puts them
	Forward  []string          // names of environment variables that workers on other hosts need; values never reach a command line
	Environ  []string          // the environment to start from; nil: os.Environ()
}

// Command is a decided launch. Plan makes it; its fields may be read, and Line
// set, until Start.
type Command struct {
	Path           string   // the executable that is started
	Args           []string // its command line, Args[0] included
	Env            []string // its whole environment
	Dir            string
	Kind           Kind
	NP             int      // the number of workers asked for; 0: the launcher decides
	Local          bool     // all workers run on this machine, outside any scheduler
	Oversubscribed bool     // more workers than processors here: they should wait politely
	Settings       []string // what was set in Env for the workers' sake, as "NAME=value"

	// Line is given each line that the launcher itself, or a worker past its
	// supervisor, writes. It is called from one goroutine at a time for each
	// stream. nil: lines are only kept for Tail.
	Line func(line string, stderr bool)

	spec  Spec
	major int // of Open MPI; 0: not known, or another launcher
}

// String returns the command line as a person would type it.
func (c *Command) String() string { return joinWords(c.Args) }

// Describe returns one line about what was decided, for the log.
func (c *Command) Describe() string {
	where := "on hosts that the launcher chooses"
	if c.Local {
		where = "on this machine"
	}
	if c.Oversubscribed {
		where += fmt.Sprintf(", %d workers on %d processors", c.NP, runtime.NumCPU())
	}
	return fmt.Sprintf("%s (%s) %s: %s", filepath.Base(c.Path), c.Kind, where, c)
}
