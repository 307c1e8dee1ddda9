package launch

import (
	"slices"
	"strings"
)

// countFlag is the option that says how many processes.
func (k Kind) countFlag() string {
	if k == OpenMPI || k == Unknown {
		return "-np"
	}
	return "-n"
}

// hostFlags are the options that say where. The forms are those of the
// launchers' manuals: Open MPI --host a,b:4 and --hostfile F; Hydra -hosts
// a,b:4 and -f F; srun -w a,b (counts are Slurm's own) and -w F, which it
// takes for a file when it holds a slash.
func (k Kind) hostFlags(spec Spec) (flags []string) {
	names := [...][2]string{Unknown: {"--host", "--hostfile"}, OpenMPI: {"--host", "--hostfile"}, MPICH: {"-hosts", "-f"}, Srun: {"-w", "-w"}}[k]
	if spec.Hosts != "" {
		hosts := spec.Hosts
		if k == Srun {
			hosts = strings.Join(splitHosts(hosts), ",")
		}
		flags = append(flags, names[0], hosts)
	}
	if spec.Hostfile != "" {
		file := spec.Hostfile
		if k == Srun && !strings.Contains(file, "/") {
			file = "./" + file
		}
		flags = append(flags, names[1], file)
	}
	return flags
}

// splitHosts returns the names in "a,b:4".
func splitHosts(list string) (hosts []string) {
	for h := range strings.SplitSeq(list, ",") {
		name, _, _ := strings.Cut(strings.TrimSpace(h), ":")
		if name != "" {
			hosts = append(hosts, name)
		}
	}
	return hosts
}

// forwardFlags are the options that take environment variables to other hosts,
// by name (those named OMPI_… go by themselves). Hydra and srun take the whole environment there by themselves.
func (k Kind) forwardFlags(spec Spec) (flags []string) {
	if k != OpenMPI {
		return nil
	}
	names := slices.Clone(spec.Forward)
	for _, s := range rows(OpenMPI, 0, func(when condition) bool { return when == everyRank }) {
		if !strings.HasPrefix(s.name, "OMPI_") {
			names = append(names, s.name)
		}
	}
	for name := range spec.Env {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		flags = append(flags, "-x", name)
	}
	return flags
}

// options returns what a launcher is told besides what the user said, since it
// has no variable for it.
func (k Kind) options(major int) []string {
	switch {
	case k == MPICH:
		return []string{"-disable-auto-cleanup"} // survivors of a lost rank live on
	case k == OpenMPI && (major == 0 || major >= 5):
		return []string{"--enable-recovery"} // the same; PRRTE reads no setting for it
	}
	return nil
}
