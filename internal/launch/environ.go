package launch

import (
	"path/filepath"
	"slices"
	"strings"
)

// OversubscribedVar is set to 1 for workers that outnumber the processors of
// their machine: they should pause early when they wait.
const OversubscribedVar = "MPICLUS_OVERSUBSCRIBED"

// outerPrefixes name what an MPI launcher tells its own ranks. A launcher that
// is started by such a rank must not take it for its own.
var outerPrefixes = []string{
	"OMPI_COMM_WORLD_", "OMPI_UNIVERSE_SIZE", "OMPI_APP_CTX_NUM_PROCS", "OMPI_FIRST_RANKS", "OMPI_NUM_APP_CTX", "OMPI_COMMAND", "OMPI_ARGV", "OMPI_FILE_LOCATION",
	"OMPI_MCA_ess", "OMPI_MCA_orte_", "OMPI_MCA_pmix", "OMPI_MCA_initial_wdir", "OMPI_MCA_mpi_oversubscribe", "OMPI_MCA_shmem_RUNTIME_QUERY_hint",
	"OMPI_VERSION", "OMPI_TOOL_NAME", "OMPI_WORLD_", "OMPI_LIBDIR_LOC", "OMPI_MCA_PREFIXES", "OMPI_MCA_num_procs", "OMPI_MCA_cpu_type", "OMPI_MCA_mca_base_component_path",
	"PMIX_", "PRTE_MCA_ess", "PRTE_LAUNCHED", "PRTE_SHARED_FS", "PMI_", "PMI2_", "HYDI_", "HYDRA_CONTROL_FD", "MPI_LOCALRANKID", "MPI_LOCALNRANKS",
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

// lookup returns a variable of an environment, or "".
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

// setVar returns environ with one variable set.
func setVar(environ []string, name, value string) []string {
	environ = slices.DeleteFunc(environ, func(entry string) bool { return strings.HasPrefix(entry, name+"=") })
	return append(environ, name+"="+value)
}

// numaNodes counts the memory homes of this machine; 1 where it is not known.
func numaNodes() int {
	nodes, _ := filepath.Glob("/sys/devices/system/node/node[0-9]*")
	return max(1, len(nodes))
}

// inAllocation reports whether a scheduler decides about slots and hosts.
func inAllocation(environ []string) bool {
	for _, name := range []string{
		"SLURM_JOB_ID", "SLURM_JOBID", "PBS_JOBID", "LSB_JOBID", "LSB_HOSTS", "PE_HOSTFILE", "COBALT_JOBID", "FLUX_JOB_ID", "OMPI_MCA_orte_default_hostfile",
	} {
		if lookup(environ, name) != "" {
			return true
		}
	}
	return false
}

func withoutVar(environ []string, name string) (kept []string) {
	for _, e := range environ {
		if !strings.HasPrefix(e, name+"=") {
			kept = append(kept, e)
		}
	}
	return kept
}
