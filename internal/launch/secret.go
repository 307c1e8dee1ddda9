package launch

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/munge"
	"github.com/mpiclus/mpiclus-lua/internal/rankenv"
)

// Carrier is what brings the job's secret to workers.
type Carrier string

// The carriers. Between processes of one host it is always their environment,
// which other users cannot read.
const (
	CarrierAuto     Carrier = "auto"     // the safest that is there
	CarrierSSH      Carrier = "ssh"      // ssh's own encrypted connection, on the standard input of what it starts
	CarrierMunge    Carrier = "munge"    // MUNGE, whose daemons on the hosts of a cluster have one key
	CarrierFile     Carrier = "file"     // a file of mode 0600 in a home folder that the hosts share
	CarrierLauncher Carrier = "launcher" // the launcher's connection, which others on the network can read
)

// Carriers are the values that a user may choose.
var Carriers = []string{string(CarrierAuto), string(CarrierSSH), string(CarrierMunge), string(CarrierFile), string(CarrierLauncher)}

// Carry chooses what brings the secret, in the environment variable with that
// name, to the workers of a plan made from spec, and returns the spec that does
// so. note, unless "", tells the user that others on the network can read it.
func Carry(c *Command, spec Spec, wish Carrier, name string) (as Carrier, changed Spec, note string, err error) {
	if c.Local || c.Kind == Unknown && (wish == CarrierAuto || wish == CarrierLauncher) {
		return CarrierLauncher, spec, "", nil
	}
	switch {
	case wish == CarrierAuto && throughSSH(c, spec):
		wish = CarrierSSH
	case wish == CarrierAuto && underSlurm(c, spec) && munge.Answers():
		wish = CarrierMunge
	case wish == CarrierAuto && homeIsShared():
		wish = CarrierFile
	case wish == CarrierAuto:
		wish = CarrierLauncher
		note = fmt.Sprintf("the secret of this job goes to the other hosts through %s, where others on that network can read it; --secret file takes a home folder that the hosts share, --secret launcher keeps this note away (docs/security.md)", c.Kind)
	case wish == CarrierSSH && !throughSSH(c, spec):
		return "", spec, "", fmt.Errorf("--secret ssh: workers are not started with ssh here (%s%s): use --secret munge, file or launcher", c.Kind, allocationText(spec))
	}
	if wish == CarrierSSH {
		spec, err = withAgent(spec, name)
	}
	return wish, spec, note, err
}

// underSlurm reports whether Slurm starts the workers: then MUNGE, if it answers on
// this host, does on theirs in most clusters.
func underSlurm(c *Command, spec Spec) bool {
	return c.Kind == Srun || lookup(spec.environ(), "SLURM_JOB_ID") != ""
}

func allocationText(spec Spec) string {
	if inAllocation(spec.environ()) {
		return ", inside a scheduler's allocation"
	}
	return ""
}

func (s Spec) environ() []string {
	if s.Environ != nil {
		return s.Environ
	}
	return os.Environ()
}

// throughSSH reports whether mpirun of Open MPI 4 starts its daemons with ssh:
// then what they inherit is what their workers inherit.
func throughSSH(c *Command, spec Spec) bool {
	_, named := launchers[base(c.Path)]
	if c.Kind != OpenMPI || inAllocation(spec.environ()) || !named && kindOfName(c.Path) == Unknown || strings.HasPrefix(base(c.Path), "pr") {
		return false // prterun and prun have numbers of their own
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_, version, err := Detect(ctx, c.Path)
	return err == nil && strings.HasPrefix(version, "4.")
}

func base(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// agentParameter is Open MPI's name for what starts its daemons.
const agentParameter = "plm_rsh_agent"

// withAgent makes mpirun start its daemons through Agent, and not send the
// variable itself. An agent of the user's own, wherever they have named it, is run by
// it.
func withAgent(spec Spec, name string) (Spec, error) {
	self, err := os.Executable()
	if err != nil {
		return spec, err
	}
	if strings.ContainsAny(self, " :") { // separators in that parameter
		return spec, fmt.Errorf("--secret ssh: %s has a space or a colon in its name", self)
	}
	agent := self + " " + AgentCommand
	spec.Forward = slices.DeleteFunc(slices.Clone(spec.Forward), func(n string) bool { return n == name })
	environ := slices.Clone(spec.environ())
	own, _ := rankenv.InParameterFile(lookup(environ, "HOME"), "OMPI_MCA_"+agentParameter)
	if v := lookup(environ, "OMPI_MCA_"+agentParameter); v != "" {
		own = v
	}
	replace := func(words []string) []string {
		words = slices.Clone(words)
		for i := range words {
			if strings.TrimLeft(words[i], "-") == "mca" && i+2 < len(words) && words[i+1] == agentParameter {
				own, words[i+2] = words[i+2], agent
			}
		}
		return words
	}
	spec.Command, spec.Flags = replace(spec.Command), replace(spec.Flags)
	if words, err := SplitWords(spec.Mpiexec); err == nil && len(words) > 0 {
		spec.Mpiexec = joinWords(replace(words))
	}
	environ = setVar(environ, "OMPI_MCA_"+agentParameter, agent)
	if own != "" {
		environ = setVar(environ, EnvAgent, own)
	}
	spec.Environ = environ
	return spec, nil
}
