package launch

import (
	"bufio"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// OversubscribedVar is set to 1 for workers that outnumber the processors of
// their machine: they should pause early when they wait.
const OversubscribedVar = "MPICLUS_OVERSUBSCRIBED"

// A setting is one environment variable that is set unless the user set it.
type setting struct{ name, value string }

// RankSettings are what a process needs in its environment before MPI_Init,
// however it was started, as "NAME=value". What environ has already, or the
// user's Open MPI parameter file, is left out.
func RankSettings(environ []string) []string {
	// The launcher of Open MPI 5 sets nothing of ORTE's.
	classic := RankKind(environ) != OpenMPI || slices.ContainsFunc(environ, func(e string) bool { return strings.HasPrefix(e, "OMPI_MCA_orte_") })
	var add []string
	for _, s := range rankSettings(classic) {
		if !chosen(environ, s.name) {
			add = append(add, s.name+"="+s.value)
		}
	}
	return add
}

// rankSettings are those of every rank. Open MPI 4's osc/rdma dies in
// MPI_Compare_and_swap on shared memory; its successors have no other osc for
// several hosts. UCX must leave SIGSEGV to the Go runtime.
func rankSettings(classic bool) []setting {
	s := []setting{{"UCX_ERROR_SIGNALS", "SIGILL,SIGBUS,SIGFPE"}, {"UCX_MEMTYPE_CACHE", "no"}}
	if classic {
		s = append(s, setting{"OMPI_MCA_osc", "^rdma"})
	}
	return s
}

// environment gives the whole environment of a launch. Settings go here and
// not on the command line: a launcher of another family ignores them, and both
// the user's variables and the user's options win.
func environment(c *Command, spec Spec) []string {
	env := withoutOuterJob(spec.Environ)
	for name, value := range spec.Env {
		env = setVar(env, name, value)
	}
	for _, s := range settings(c, spec) {
		if !chosen(env, s.name) {
			env = setVar(env, s.name, s.value)
		}
	}
	return env
}

// settings are what c's decisions ask for.
func settings(c *Command, spec Spec) []setting {
	s := rankSettings(c.Kind == OpenMPI && classic(c.Path))
	if os.Geteuid() == 0 {
		for _, prefix := range []string{"OMPI", "PRTE"} {
			s = append(s, setting{prefix + "_ALLOW_RUN_AS_ROOT", "1"}, setting{prefix + "_ALLOW_RUN_AS_ROOT_CONFIRM", "1"})
		}
	}
	s = append(s, setting{"OMPI_MCA_orte_enable_recovery", "1"})
	if c.Oversubscribed {
		s = append(s, setting{OversubscribedVar, "1"}, setting{"OMPI_MCA_mpi_yield_when_idle", "1"})
	}
	if c.Local {
		s = append(s, temporaries(spec.Folder)...)
	}
	if c.Kind == OpenMPI {
		if c.Local {
			return append(s, localSettings(c, spec)...)
		}
		// A daemon that dies is then reported, and not waited for.
		s = append(s, setting{"OMPI_MCA_orte_leave_session_attached", "1"})
	}
	return s
}

// localSettings are for Open MPI on one machine. Naming pml ob1 spares each
// rank the search through network libraries that shared memory does not need:
// a start of 4 ranks takes 0.18 s instead of 0.39 s (2 cores, Open MPI 4.1.4),
// the latency stays what it was.
func localSettings(c *Command, spec Spec) []setting {
	s := []setting{{"OMPI_MCA_pml", "ob1"}}
	if !strings.Contains(spec.Hosts, ":") {
		s = append(s, setting{"OMPI_MCA_rmaps_base_oversubscribe", "1"}, setting{"PRTE_MCA_rmaps_default_mapping_policy", ":oversubscribe"})
	}
	if !placesRanks(c.Args[1 : len(c.Args)-len(spec.ExeArgs)-1]) {
		// A rank is several threads (Lua, links, garbage collection): one core is
		// too narrow. Where memory has more than one home, stay in one.
		policy := "none"
		if c.NP > 0 && c.NP <= runtime.NumCPU()/2 && numaNodes() > 1 {
			policy = "numa"
		}
		s = append(s, setting{"OMPI_MCA_hwloc_base_binding_policy", policy}, setting{"PRTE_MCA_hwloc_default_binding_policy", policy})
	}
	if !copiesBetweenProcesses() {
		s = append(s, setting{"OMPI_MCA_btl_vader_single_copy_mechanism", "none"}, setting{"OMPI_MCA_smsc", "^cma"})
	}
	if _, err := lookPath("ssh", spec.Environ); err != nil {
		// Open MPI 4 wants a remote shell for a local job too; it is never run.
		s = append(s, setting{"OMPI_MCA_plm_rsh_agent", "/bin/sh"})
	}
	return s
}

// temporaries keep what the MPI library leaves in the job's folder, so that it
// goes with it. A launcher of another family makes Open MPI's workers singletons,
// which leave files too.
func temporaries(folder string) []setting {
	if folder == "" {
		return nil
	}
	s := []setting{{"OMPI_MCA_orte_tmpdir_base", folder}, {"PRTE_MCA_prte_tmpdir_base", folder}}
	if inMemory(folder) { // on a disk, shared memory would be written back to it
		s = append(s,
			setting{"OMPI_MCA_btl_vader_backing_directory", folder}, setting{"OMPI_MCA_btl_sm_backing_directory", folder},
			setting{"OMPI_MCA_osc_sm_backing_directory", folder}, setting{"UCX_POSIX_DIR", folder})
	}
	return s
}

// SingletonSettings are for a process that no MPI launcher has started: it
// becomes an MPI job of its own, and what Open MPI leaves for that goes to
// folder, the job's, when that is on this host. As "NAME=value".
func SingletonSettings(environ []string, folder string) (add []string) {
	if info, err := os.Stat(folder); err != nil || !info.IsDir() || RankKind(environ) != Unknown {
		return nil
	}
	for _, s := range temporaries(folder) {
		if !chosen(environ, s.name) {
			add = append(add, s.name+"="+s.value)
		}
	}
	return add
}

// placesRanks reports whether options say where ranks run on the machine: a
// binding policy of ours could contradict them.
func placesRanks(args []string) bool {
	return slices.ContainsFunc(args, func(a string) bool {
		if !strings.HasPrefix(a, "-") {
			return strings.HasPrefix(a, "hwloc_base_") || strings.HasPrefix(a, "rmaps_")
		}
		for _, word := range []string{"bind", "map-by", "cpu", "rank", "per", "bycore", "byslot", "bynode", "bysocket"} {
			if strings.Contains(a, word) {
				return true
			}
		}
		return false
	})
}

// classic reports whether the launcher is of Open MPI 4 or older.
func classic(path string) bool {
	real, err := filepath.EvalSymlinks(path)
	if err == nil && filepath.Base(real) == "orterun" {
		return true
	}
	version := knownVersion(path)
	return strings.HasPrefix(version, "4.") || strings.HasPrefix(version, "3.") || strings.HasPrefix(version, "2.")
}

// outerPrefixes name what an MPI launcher tells its own ranks. A launcher that
// is started by such a rank must not take it for its own.
var outerPrefixes = []string{
	"OMPI_COMM_WORLD_", "OMPI_UNIVERSE_SIZE", "OMPI_APP_CTX_NUM_PROCS", "OMPI_FIRST_RANKS", "OMPI_NUM_APP_CTX", "OMPI_COMMAND", "OMPI_ARGV", "OMPI_FILE_LOCATION",
	"OMPI_MCA_ess", "OMPI_MCA_orte_", "OMPI_MCA_pmix", "OMPI_MCA_initial_wdir", "OMPI_MCA_mpi_oversubscribe", "OMPI_MCA_shmem_RUNTIME_QUERY_hint",
	"PMIX_", "PRTE_MCA_ess", "PMI_", "PMI2_", "HYDI_", "HYDRA_CONTROL_FD", "MPI_LOCALRANKID", "MPI_LOCALNRANKS",
}

// withoutOuterJob copies an environment; inside an MPI job it leaves out what
// belongs to that job.
func withoutOuterJob(environ []string) []string {
	outer := false
	for _, name := range []string{"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"} {
		outer = outer || lookup(environ, name) != ""
	}
	if !outer {
		return slices.Clone(environ)
	}
	return slices.DeleteFunc(slices.Clone(environ), func(entry string) bool {
		return slices.ContainsFunc(outerPrefixes, func(p string) bool { return strings.HasPrefix(entry, p) })
	})
}

// chosen reports whether the user decided about a setting, in the environment
// or in their file of Open MPI parameters.
func chosen(environ []string, name string) bool {
	if hasVar(environ, name) {
		return true
	}
	parameter, isMCA := strings.CutPrefix(name, "OMPI_MCA_")
	if !isMCA {
		return false
	}
	f, err := os.Open(filepath.Join(lookup(environ, "HOME"), ".openmpi", "mca-params.conf"))
	if err != nil {
		return false
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		key, _, isSetting := strings.Cut(lines.Text(), "=")
		if isSetting && strings.TrimSpace(key) == parameter {
			return true
		}
	}
	return false
}

// lookup gives a variable of an environment, or "".
func lookup(environ []string, name string) string {
	for _, entry := range slices.Backward(environ) {
		if key, value, ok := strings.Cut(entry, "="); ok && key == name {
			return value
		}
	}
	return ""
}

func hasVar(environ []string, name string) bool {
	return slices.ContainsFunc(environ, func(entry string) bool { return strings.HasPrefix(entry, name+"=") })
}

// setVar gives environ with one variable set.
func setVar(environ []string, name, value string) []string {
	environ = slices.DeleteFunc(environ, func(entry string) bool { return strings.HasPrefix(entry, name+"=") })
	return append(environ, name+"="+value)
}

// numaNodes counts the memory homes of this machine; 1 where it is not known.
func numaNodes() int {
	nodes, _ := filepath.Glob("/sys/devices/system/node/node[0-9]*")
	return max(1, len(nodes))
}
