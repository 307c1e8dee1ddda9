package launch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// Kind is a family of launchers; those of one family take the same options.
type Kind int

// The families that are known. A launcher of kind Unknown is given nothing
// but the number of processes and the worker's command line.
const (
	Unknown Kind = iota
	OpenMPI      // mpirun, mpiexec, orterun, prterun
	MPICH        // mpiexec.hydra; also Intel MPI and MVAPICH
	Srun         // srun of Slurm
)

func (k Kind) String() string {
	return [...]string{"an unknown launcher", "Open MPI", "MPICH (Hydra)", "Slurm"}[k]
}

// launchers are the names that stand for a launcher wherever they are met in a
// command, with the kind that the name alone tells.
var launchers = map[string]Kind{
	"mpirun": Unknown, "mpiexec": Unknown,
	"orterun": OpenMPI, "prterun": OpenMPI, "prun": OpenMPI, "mpirun.openmpi": OpenMPI, "mpiexec.openmpi": OpenMPI,
	"mpiexec.hydra": MPICH, "mpirun.mpich": MPICH, "mpiexec.mpich": MPICH, "mpirun.hydra": MPICH,
	"srun": Srun,
}

// kindOfCommand tells the kind of a command such as "env A=1 mpirun -np 4",
// and the major version of Open MPI, 0 where that is not known.
// path is where its first word was found. A word that is not a launcher's name
// is never run to ask it: it may be a script that starts a job.
func kindOfCommand(words []string, path string) (kind Kind, major int) {
	for i, w := range words {
		if _, ok := launchers[filepath.Base(w)]; !ok {
			continue
		}
		if i > 0 {
			found, err := exec.LookPath(w)
			if err != nil {
				continue
			}
			path = found
		}
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		kind, _, _ := detect(ctx, path, false)
		if kind == OpenMPI {
			major = openMPIMajor(path)
		}
		return kind, major
	}
	return Unknown, 0
}

// openMPIMajor tells the major version of Open MPI that a launcher is of: by
// the name that it leads to, which costs nothing, else by its own word.
func openMPIMajor(path string) int {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		switch filepath.Base(real) {
		case "orterun":
			return 4
		case "prterun", "prte", "prun": // whose version is PRRTE's
			return 5
		}
	}
	return majorOf(knownVersion(path))
}

// majorOf returns 5 for "5.0.7", and 0 for what is no version.
func majorOf(version string) int {
	first, _, _ := strings.Cut(version, ".")
	major, _ := strconv.Atoi(first)
	return major
}

type identity struct {
	kind    Kind
	version string
	err     error
}

var identities sync.Map // path → identity

// Detect tells the family and the version of the launcher at path. The launcher
// is run once with --version (about 5 ms); the answer is kept for the life of
// the process.
func Detect(ctx context.Context, path string) (Kind, string, error) {
	return detect(ctx, path, true)
}

// detect is Detect; where the version is not wanted, the name that a symbolic
// link leads to is enough.
func detect(ctx context.Context, path string, version bool) (Kind, string, error) {
	if !version {
		if k := kindOfName(path); k != Unknown {
			return k, "", nil
		}
	}
	if known, ok := identities.Load(path); ok {
		id := known.(identity)
		return id.kind, id.version, id.err
	}
	cmd := exec.CommandContext(ctx, path, "--version")
	cmd.WaitDelay = 200 * time.Millisecond
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if ctx.Err() != nil {
		return Unknown, "", fmt.Errorf("%s --version: %w", path, context.Cause(ctx))
	}
	id := identity{}
	id.kind, id.version = readVersion(out.String())
	if id.kind == Unknown {
		id.kind = kindOfName(path)
	}
	if id.kind == Unknown {
		id.err = fmt.Errorf("%s --version tells no known launcher: %w", path, errors.Join(err, errors.New(firstLine(out.String()))))
	}
	identities.Store(path, id)
	return id.kind, id.version, id.err
}

// kindOfName tells the kind by what the name leads to, as Debian's
// /usr/bin/mpirun leads to orterun.
func kindOfName(path string) Kind {
	if k := launchers[filepath.Base(path)]; k != Unknown {
		return k
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return Unknown
	}
	return launchers[filepath.Base(real)]
}

var versions = []struct {
	kind Kind
	form *regexp.Regexp
}{
	{OpenMPI, regexp.MustCompile(`\((?:Open MPI|OpenRTE|PRRTE)\) v?(\S+)`)},
	{MPICH, regexp.MustCompile(`(?s)HYDRA build details:.*?Version:\s+(\S+)`)},
	{MPICH, regexp.MustCompile(`Intel\(R\) MPI Library.*?Version (\S+(?: Update \d+)?)`)},
	{Srun, regexp.MustCompile(`(?m)^slurm(?:-wlm)? (\S+)`)},
}

// readVersion reads what a launcher prints for --version.
func readVersion(text string) (Kind, string) {
	for _, v := range versions {
		if m := v.form.FindStringSubmatch(text); m != nil {
			return v.kind, m[1]
		}
	}
	return Unknown, ""
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}

// installHint is the cure for a machine without MPI.
const installHint = "install one (Debian, Ubuntu: apt-get install openmpi-bin), or name it with --mpiexec or mpi_cmd"

// findLauncher returns the name of the launcher that is there. Inside a Slurm
// allocation without any mpirun, it is srun.
func findLauncher(environ []string) (string, error) {
	for _, name := range []string{"mpirun", "mpiexec", "orterun", "prterun", "mpiexec.hydra"} {
		if _, err := lookPath(name, environ); err == nil {
			return name, nil
		}
	}
	if _, err := lookPath("srun", environ); err == nil {
		return "srun", nil
	}
	return "", luaerr.New(luaerr.Launch, "mpirun was not found on the PATH: %s", installHint)
}

// lookLauncher finds the executable of a launch command.
func lookLauncher(name string, environ []string) (string, error) {
	path, err := lookPath(name, environ)
	if err == nil {
		return path, nil
	}
	if strings.Contains(name, "/") {
		if _, err := os.Stat(name); err == nil {
			return "", luaerr.New(luaerr.Launch, "the launcher %s cannot be run: it is no executable file", name)
		}
	}
	return "", luaerr.New(luaerr.Launch, "the launcher %s was not found: %s", name, installHint)
}

// lookPath is exec.LookPath for the PATH of a given environment.
func lookPath(name string, environ []string) (string, error) {
	if strings.Contains(name, "/") {
		return exec.LookPath(name)
	}
	for _, dir := range filepath.SplitList(lookup(environ, "PATH")) {
		if dir == "" {
			continue
		}
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return path, nil
		}
	}
	return "", exec.ErrNotFound
}

// knownVersion returns the launcher's version, "" where it does not tell.
func knownVersion(path string) string {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_, version, _ := detect(ctx, path, true)
	return version
}
