package launch

import (
	"io"
	"os/exec"
	"time"
)

// guard is a process that removes a job's folder when the folder's maker is
// killed before anybody else is there to do it. It is a shell that waits for
// the end of its standard input, and becomes this program then.
type guard struct {
	cmd *exec.Cmd
	in  io.WriteCloser
}

// CodeCommand is the argument with which the executable that is linked with MPI
// runs a script whose text is the next one; after that come its name and its
// arguments.
const CodeCommand = "run-code"

// SweepCommand is the argument with which this software's executables remove
// a folder, which follows.
const SweepCommand = "sweep"

// LauncherTime is how long a launcher has to end a job by itself that has lost
// a process.
const LauncherTime = time.Second

// guardScript waits for a word: wordOver where nothing is left to do, wordLeft
// where the process ends in order, and the launcher may go on. Without a word
// the process was killed.
const (
	guardScript = `read -r word && [ "$word" = over ] && exit 0; exec "$0" "$@"`
	wordOver    = "over\n"
	wordLeft    = "left\n"
)

// dismiss ends the guard: there is nothing to remove any more.
func (g *guard) dismiss() {
	_, _ = io.WriteString(g.in, wordOver)
	_ = g.in.Close()
	_ = g.cmd.Wait()
}
