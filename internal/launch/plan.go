package launch

import (
	"context"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// Plan decides how to start what spec asks for, and starts nothing; a host file in
// the launcher's form is written into the job's folder if need be. Its errors
// are of kind launch and name the cure.
func Plan(spec Spec) (*Command, error) {
	if spec.Environ == nil {
		spec.Environ = os.Environ()
	}
	if spec.NP < 0 {
		return nil, luaerr.New(luaerr.Launch, "cannot start %d workers", spec.NP)
	}
	words, own, err := launcherWords(spec)
	if err != nil {
		return nil, err
	}
	path, err := lookLauncher(words[0], spec.Environ)
	if err != nil {
		return nil, err
	}
	kind, major := kindOfCommand(words, path)
	if spec.Hostfile, err = hostFile(spec, kind); err != nil {
		return nil, err
	}
	c := &Command{Path: path, Kind: kind, Dir: spec.Dir, NP: spec.NP, spec: spec, major: major}
	given := append(slices.Clone(words[1:]), spec.Flags...)
	if own && c.NP == 0 {
		c.NP = countIn(kind, given)
	}
	c.Local = kind != Unknown && runsHere(spec, kind, given)
	c.Oversubscribed = c.Local && c.NP > runtime.NumCPU()
	if err := c.checkExe(); err != nil {
		return nil, err
	}
	c.Args = c.arguments(words, own)
	c.Env = environment(c, spec)
	return c, nil
}

// checkExe looks for the worker's executable where that is this machine's.
func (c *Command) checkExe() error {
	if !c.Local {
		return nil
	}
	if _, err := lookPath(c.spec.Exe, c.spec.Environ); err != nil {
		return luaerr.New(luaerr.Launch, "cannot start workers: %w", err)
	}
	return nil
}

// arguments puts the command line together: global options before the number
// of processes, as Hydra wants it.
func (c *Command) arguments(words []string, own bool) []string {
	args := slices.Clone(words)
	if !own {
		args = append(args, c.Kind.options(c.major)...)
	}
	args = append(args, c.Kind.hostFlags(c.spec)...)
	if !c.Local {
		args = append(args, c.Kind.forwardFlags(c.spec)...)
	}
	args = append(args, c.spec.Flags...)
	if !own && c.NP > 0 {
		args = append(args, c.Kind.countFlag(), strconv.Itoa(c.NP))
	}
	if !c.Local && c.Kind == OpenMPI {
		args = append(args, "/bin/sh", "-c", lookAndRun)
	}
	return append(append(args, c.spec.Exe), c.spec.ExeArgs...)
}

// lookAndRun runs "$0" where it is there and says so where it is not. mpirun
// with recovery on would wait for ever, without a word.
const lookAndRun = `[ -x "$0" ] || { echo "host $(uname -n) has no executable $0" >&2; exit 127; }; exec "$0" "$@"`

// launcherWords returns the launcher's words without what Plan adds, and whether
// the user wrote the whole command.
func launcherWords(spec Spec) (words []string, own bool, err error) {
	switch {
	case len(spec.Command) > 0:
		return spec.Command, true, nil
	case spec.Mpiexec != "":
		words, err := SplitWords(spec.Mpiexec)
		if err != nil {
			return nil, false, luaerr.New(luaerr.Launch, "mpiexec = %q: %w", spec.Mpiexec, err)
		}
		if len(words) > 0 {
			return words, false, nil
		}
	}
	name, err := findLauncher(spec.Environ)
	return []string{name}, false, err
}

// runsHere reports whether every worker surely runs on this machine with all
// of it at its disposal: no host is named but this one, and no scheduler gave
// an allocation.
func runsHere(spec Spec, kind Kind, given []string) bool {
	if kind == Srun || spec.Hostfile != "" || inAllocation(spec.Environ) {
		return false
	}
	for _, h := range hostsIn(given) {
		if !hereByName(h) {
			return false
		}
	}
	if slices.ContainsFunc(given, namesHosts) {
		return false
	}
	for _, h := range splitHosts(spec.Hosts) {
		if !hereByName(h) {
			return false
		}
	}
	return true
}

// hostsIn returns the hosts that options name one by one: --host a,b.
func hostsIn(given []string) (hosts []string) {
	for i, w := range given {
		name, value, joined := strings.Cut(w, "=")
		switch strings.TrimLeft(name, "-") {
		case "host", "H", "hosts":
			if !strings.HasPrefix(w, "-") {
				continue
			}
			if !joined && i+1 < len(given) {
				value = given[i+1]
			}
			hosts = append(hosts, splitHosts(value)...)
		}
	}
	return hosts
}

// namesHosts reports whether an option brings in hosts, or a choice of the
// user's, that cannot be read here.
func namesHosts(w string) bool {
	name, _, _ := strings.Cut(strings.TrimLeft(w, "-"), "=")
	switch name {
	case "hostfile", "machinefile", "f", "default-hostfile", "rankfile", "rf", "configfile", "app", "am", "tune", "launcher", "rmk", "add-host", "add-hostfile":
		return strings.HasPrefix(w, "-")
	}
	return false
}

// hereByName reports whether a host's name is surely this machine's.
func hereByName(host string) bool {
	if host == "localhost" || strings.HasPrefix(host, "127.") {
		return true
	}
	self, err := os.Hostname()
	if err != nil {
		return false
	}
	short, _, _ := strings.Cut(self, ".")
	return host == self || host == short
}

// countIn reads the number of processes from a user's own command; 0 when it
// does not say.
func countIn(kind Kind, words []string) int {
	for i, w := range words {
		name, value, joined := strings.Cut(w, "=")
		if name == "-c" && kind == Srun { // the processors of each
			continue
		}
		switch name {
		case "-n", "-np", "--np", "-c", "--n", "--ntasks":
			if !joined && i+1 < len(words) {
				value = words[i+1]
			}
			if n, err := strconv.Atoi(value); err == nil && n > 0 {
				return n
			}
		}
	}
	return 0
}

// Run plans and starts in one step.
func Run(ctx context.Context, spec Spec) (*Process, error) {
	c, err := Plan(spec)
	if err != nil {
		return nil, err
	}
	return c.Start(ctx)
}
