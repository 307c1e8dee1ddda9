package tests

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/mpiclus/mpiclus-lua/tests/mpitest"
)

// TestCommand runs the scripts of testdata/command. Besides testscript's own
// they have two more commands,
//
//	exits STATUS [NAME=VALUE …] [untidy] PROGRAM [ARG …]
//	quiet
//
// of which the first runs a program as a job of mpitest and wants that exit status,
// and the other wants an empty standard error (see quiet), and the
// conditions [mpi], [openmpi] and [mpich]. $MPI is the MPI that they run on, as
// "Open MPI 4.1.4", $LINKED the executable for it.
func TestCommand(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/command",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", folder+string(os.PathListSeparator)+env.Getenv("PATH"))
			env.Setenv("BIN", folder)
			env.Setenv("VERSION", version)
			if os.Getenv(mpitest.NoMPI) == "" {
				env.Setenv("MPI", mpitest.On().String())
				env.Setenv("LINKED", "mpiclus-lua"+mpitest.On().Linked())
			}
			env.Values["t"] = env.T().(testing.TB)
			return inputs()
		},
		Condition: func(cond string) (bool, error) {
			with := os.Getenv(mpitest.NoMPI) == ""
			switch cond {
			case "mpi":
				return with, nil
			case "openmpi":
				return with && !mpitest.On().MPICH(), nil
			case "mpich":
				return with && mpitest.On().MPICH(), nil
			}
			return false, fmt.Errorf("unknown condition %q", cond)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "quiet": quiet},
	})
}

// quiet wants nothing on the standard error of the last command, but for the note
// that a start takes long on a busy machine.
func quiet(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: quiet")
	}
	if rest := waiting.ReplaceAllString(ts.ReadFile("stderr"), ""); rest != "" {
		ts.Fatalf("on standard error: %s", rest)
	}
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	if err != nil || neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS [NAME=VALUE …] [untidy] PROGRAM [ARG …]")
	}
	c := mpitest.Command{Dir: ts.MkAbs("."), Env: []string{"HOME=" + ts.Getenv("WORK"), "PATH=" + ts.Getenv("PATH")}, Bare: true}
	for c.Args = args[1:]; len(c.Args) > 0 && strings.Contains(c.Args[0], "="); c.Args = c.Args[1:] {
		c.Env = append(c.Env, c.Args[0])
	}
	if c.Args[0] == "untidy" {
		c.Args, c.Untidy = c.Args[1:], true
	}
	switch c.Args[0] {
	case "mpiclus-lua":
		c.Args[0] = command
	case "mpirun":
		np, err := strconv.Atoi(c.Args[2])
		ts.Check(err)
		plain := mpitest.Mpirun(np, c.Args[3:]...)
		c.Args, c.Env, c.Untidy = plain.Args, append(c.Env, plain.Env...), true
	}
	r := mpitest.Run(ts.Value("t").(testing.TB), c)
	r.Stderr = strings.ReplaceAll(r.Stderr, "\x00", "") // with which Open MPI 5's launcher ends its messages
	fmt.Fprint(ts.Stdout(), r.Stdout)
	if want == 0 {
		r.Stderr = complaints(r)
	}
	fmt.Fprint(ts.Stderr(), r.Stderr)
	if r.Status != want {
		ts.Fatalf("exit status %d, want %d", r.Status, want)
	}
}
