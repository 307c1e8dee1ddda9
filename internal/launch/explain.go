package launch

import (
	"cmp"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// Outcome is how far a launch came before it was given up.
type Outcome struct {
	Process   *Process      // nil, or the launcher, running or ended
	Joined    int           // workers that joined
	WorldSize int           // the size of the MPI world that the first of them told; 0: none did
	Timeout   time.Duration // the limit that has passed; 0: none has
	Waiting   string        // what the start waited for at its end, "" if it is not known
}

// Explain says why the workers of a launch did not come and what to do about
// it: an error of kind launch. The launcher's own words follow where they help.
func Explain(c *Command, o Outcome) *luaerr.Error {
	var tail []string
	var status ExitStatus
	ended := false
	if o.Process != nil {
		tail = o.Process.Tail()
		status, ended = o.Process.ExitStatus()
	}
	if o.WorldSize > 0 && c.NP > 0 && o.WorldSize != c.NP {
		return luaerr.New(luaerr.Launch, "%s", otherMPI(c, o.WorldSize))
	}
	text := strings.Join(tail, "\n")
	for _, r := range refusals {
		if c.Kind != Unknown && r.kind != Unknown && r.kind != c.Kind {
			continue
		}
		if m := r.form.FindStringSubmatch(text); m != nil {
			e := luaerr.New(luaerr.Launch, "%s", r.say(c, m))
			return withOutput(e, tail)
		}
	}
	name := filepath.Base(c.Path)
	joined := fmt.Sprintf("%d of %s workers joined", o.Joined, count(c.NP))
	switch {
	case ended:
		e := luaerr.New(luaerr.Launch, "%s ended (%s) before its workers were ready (%s)", name, status, joined)
		if len(tail) == 0 {
			e.Message += fmt.Sprintf(" and printed nothing; try its command line by hand: %s", c)
		}
		return withOutput(e, tail)
	case o.Timeout > 0:
		e := luaerr.New(luaerr.Launch, "%s within %v; allow more time with --launch-timeout, or see what `mpiclus-lua doctor` finds",
			cmp.Or(o.Waiting, joined), o.Timeout)
		return withOutput(e, tail)
	default:
		return withOutput(luaerr.New(luaerr.Launch, "%s was given up: %s", name, joined), tail)
	}
}

// otherMPI explains a world of the wrong size: the launcher and the linked
// executable do not know each other.
func otherMPI(c *Command, size int) string {
	who := fmt.Sprintf("each worker found itself in an MPI world of size %d where %d workers were asked for", size, c.NP)
	if size != 1 {
		return who + ": the launch command starts another number of processes than np says"
	}
	if c.Kind == Srun {
		return who + `: this srun offers another process-management interface than the MPI library wants; try --mpiexec "srun --mpi=pmix" (srun --mpi=list shows what there is)`
	}
	return fmt.Sprintf("%s: %s (%s) is the launcher of another MPI than the one that the workers are linked with; name the right one with --mpiexec (`mpiclus-lua doctor` shows both)", who, c.Path, c.Kind)
}

// withOutput adds the last words of the launcher that say something.
func withOutput(e *luaerr.Error, tail []string) *luaerr.Error {
	const most = 12
	var lines []string
	for _, line := range tail {
		if strings.Trim(line, "-= ") != "" {
			lines = append(lines, "    "+line)
		}
	}
	if len(lines) > most {
		lines = append([]string{"    …"}, lines[len(lines)-most:]...)
	}
	if len(lines) > 0 {
		e.Message += "\nIts output:\n" + strings.Join(lines, "\n")
	}
	return e
}

// A refusal knows one way in which a launcher says no.
type refusal struct {
	kind Kind // Unknown: any
	form *regexp.Regexp
	say  func(c *Command, m []string) string
}

// refusals are tried in order; the first that fits is told. The texts on the
// left are those of Open MPI 4.1 and 5.0, MPICH 4 and Slurm 22.
var refusals = []refusal{
	{Unknown, outOfFiles, func(c *Command, _ []string) string {
		return tooFewFiles(c.NP, resource(syscall.RLIMIT_NOFILE)) + ": " + filesCure(c.NP)
	}},
	{OpenMPI, regexp.MustCompile(`not enough slots available.*\n?.*satisfy the\s+(\d+)`), tooFewSlots},
	{OpenMPI, regexp.MustCompile(`detected an attempt to run as root`), fixed(
		"mpirun refuses to run as root: start the master as another user, or set OMPI_ALLOW_RUN_AS_ROOT=1 and OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1")},
	{OpenMPI, regexp.MustCompile(`prte_session_dir failed`), fixed(
		"mpirun met a folder of its own name that an earlier run left: remove prterun.* from the folder for temporary files (TMPDIR, else /tmp)")},
	{OpenMPI, regexp.MustCompile(`(?s)(?:could not access\s+or execute an executable|lacked\s+permissions to execute an executable):.*?Executable: (.*?)\n\s*Node: (\S+)`), missingExecutable},
	{OpenMPI, regexp.MustCompile(`(?m)^host (\S+) has no executable (.*)$`), func(c *Command, m []string) string {
		return missingExecutable(c, []string{m[0], m[2], m[1]})
	}},
	{OpenMPI, regexp.MustCompile(`(?s)working directory:\s+Working directory: (.*?)\nNode: (\S+)`), func(_ *Command, m []string) string {
		return fmt.Sprintf("the workers' folder %s is not there on host %s: name another with dir=", m[1], m[2])
	}},
	{OpenMPI, regexp.MustCompile(`(?s)system limit exceeded on number of files.*?Node: (\S+)`), func(_ *Command, m []string) string { // PRRTE means either
		return fmt.Sprintf("host %s cannot start a worker: its folder is not there (name another with dir=), or too many files are open (ulimit -n)", m[1])
	}},
	{MPICH, regexp.MustCompile(`(?s)(?:@([^\]\s]+)\]).*?execvp error on file (\S+)`), func(c *Command, m []string) string {
		return missingExecutable(c, []string{m[0], m[2], m[1]})
	}},
	{Srun, regexp.MustCompile(`error: (\S+?): task.*: execve\(\)?:? ?(\S*)`), func(c *Command, m []string) string {
		return missingExecutable(c, []string{m[0], cmp.Or(strings.TrimSuffix(m[2], ":"), c.spec.Exe), m[1]})
	}},
	{Srun, regexp.MustCompile(`(?i)more processors requested than permitted|requested node configuration is not available`), func(c *Command, m []string) string {
		return fmt.Sprintf("Slurm has no room for %s workers in this allocation: ask for fewer (np, -n), or for more tasks (salloc -n, sbatch -n; --mpiflags --overlap shares processors)", count(c.NP))
	}},
	{Unknown, regexp.MustCompile(`(?i)could not resolve hostname ([^:\s]+)`), func(c *Command, m []string) string {
		return fmt.Sprintf("host %s is not known: check --host or the host file", m[1])
	}},
	{Unknown, regexp.MustCompile(`(?m)^(?:(\S+@\S+): )?Permission denied \(`), func(c *Command, m []string) string {
		return fmt.Sprintf("ssh may not log in%s without a password: set up a key (ssh-copy-id), since launchers cannot ask", forName(" as ", m[1]))
	}},
	{Unknown, regexp.MustCompile(`Host key verification failed`), fixed(
		"ssh does not know the key of a host yet: log in there once by hand, or add it with ssh-keyscan")},
	{Unknown, regexp.MustCompile(`connect to host (\S+) port \d+: (.*)`), func(c *Command, m []string) string {
		return fmt.Sprintf("ssh cannot reach host %s (%s): is it up, and does it run an ssh server?", m[1], strings.TrimSpace(m[2]))
	}},
	{OpenMPI, regexp.MustCompile(`(?s)"plm_rsh_agent" was set to a path\s+that could not be found|No available launching agents were found`), fixed(
		"there is no ssh to reach the other hosts with: install it (Debian, Ubuntu: apt-get install openssh-client)")},
	{OpenMPI, regexp.MustCompile(`(?:orted|prted): (?:command )?not found|(?:orted|prted): No such file`), fixed(
		"Open MPI is not installed on another host, or not on the PATH of an ssh login there: install the same version, or name its place with --mpiflags \"--prefix DIR\"")},
	{MPICH, regexp.MustCompile(`hydra_pmi_proxy: (?:command )?(?:not found|No such file)`), fixed(
		"MPICH is not installed at the same place on another host")},
	{OpenMPI, regexp.MustCompile(`(?s)unable to open the hostfile:\s*(\S+)`), func(c *Command, m []string) string {
		file := m[1]
		if filepath.Base(file) == filepath.Base(c.spec.Hostfile) {
			file = c.spec.Hostfile // as it was given: PRRTE tells its whole path
		}
		return fmt.Sprintf("the host file %s cannot be read", file)
	}},
	{MPICH, regexp.MustCompile(`unable to open host file: (\S+)`), func(_ *Command, m []string) string {
		return fmt.Sprintf("the host file %s cannot be read", m[1])
	}},
	{OpenMPI, regexp.MustCompile(`unknown option "?([^"\n]+)"?`), badOption},
	{OpenMPI, regexp.MustCompile(`(?s)unrecognized option was included.*?Option: (\S+)`), badOption},
	{Unknown, regexp.MustCompile(`unrecognized (?:argument|option) '?"?([^"'\n]+)`), badOption},
	{OpenMPI, regexp.MustCompile(`(?s)does not match the expected format:\s+Option: (\S+)\s+Param:\s+(\S+)`), func(_ *Command, m []string) string {
		return fmt.Sprintf("the launcher's option %s cannot be %q: check mpi_cmd or mpiflags", m[1], m[2])
	}},
	{Unknown, regexp.MustCompile(`error while loading shared libraries: (\S+):`), func(_ *Command, m []string) string {
		return fmt.Sprintf("the library %s is missing where a worker starts: install the MPI that it was built with there (Debian, Ubuntu: apt-get install openmpi-bin)", m[1])
	}},
	{OpenMPI, regexp.MustCompile(`(?s)binding more\s+processes than cpus|require binding\s+processes to more cpus`), fixed(
		"the launcher cannot bind that many workers to processors: add --mpiflags \"--bind-to none\"")},
	{OpenMPI, regexp.MustCompile(`(?s)unable to create the desired directory:\s+Directory: (\S+)`), func(_ *Command, m []string) string {
		return fmt.Sprintf("mpirun cannot make its folder %s: set TMPDIR, or MPICLUS_TMPDIR, to a folder that can be written", m[1])
	}},
	{OpenMPI, regexp.MustCompile(`(?s)requested component was not found.*?Framework: (\S+)\s+Component: (\S+)`), func(_ *Command, m []string) string {
		return fmt.Sprintf("Open MPI has no component %s of %s: check OMPI_MCA_%s and --mca %s", m[2], m[1], m[1], m[1])
	}},
	{OpenMPI, regexp.MustCompile(`unable to find network interfaces`), fixed(
		"Open MPI finds no network interface, not even loopback: bring it up (ip link set lo up)")},
	{OpenMPI, regexp.MustCompile(`MPI_INIT failed`), fixed(
		"a worker could not start MPI: Open MPI says why below; OMPI_MCA_ variables, a full /dev/shm or two versions of Open MPI are the usual causes")},
	{OpenMPI, regexp.MustCompile(`unable to reliably start one or more daemons`), fixed(
		"Open MPI could not start its daemon on another host: it must be installed there at the same place, and ssh must work without a password")},
}

func fixed(text string) func(*Command, []string) string {
	return func(*Command, []string) string { return text }
}

func forName(before, name string) string {
	if name == "" {
		return ""
	}
	return before + name
}

func tooFewSlots(c *Command, m []string) string {
	cure := "add --mpiflags --oversubscribe to share processors"
	if c.spec.Hosts != "" {
		cure = fmt.Sprintf("give more with --host (%s is what was said; NAME:COUNT), or %s", c.spec.Hosts, cure)
	}
	return fmt.Sprintf("mpirun has no slots for %s workers: ask for fewer (np, -n), or %s", m[1], cure)
}

func missingExecutable(_ *Command, m []string) string {
	name := filepath.Base(m[1])
	return fmt.Sprintf("host %s has no executable %s: install %s there at the same place, or name its place with exename=", m[2], m[1], name)
}

func badOption(c *Command, m []string) string {
	option := m[1]
	for _, flag := range c.spec.Flags { // Hydra prints it without its dashes
		if strings.TrimLeft(flag, "-") == option {
			option = flag
		}
	}
	return fmt.Sprintf("%s (%s) does not know the option %s: check mpi_cmd, --mpiexec and --mpiflags", filepath.Base(c.Path), c.Kind, option)
}
