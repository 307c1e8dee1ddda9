package launch

import (
	"os"
	"runtime"
	"strconv"
)

// RankFromEnvironment returns the rank of this process and the number of ranks
// as the launcher's environment tells them, before MPI starts; -1 where it
// does not. SLURM_PROCID does not count: sbatch sets it for a script, too.
func RankFromEnvironment() (rank, size int) { return rankIn(os.Environ()) }

// rankIn is RankFromEnvironment for another environment.
func rankIn(environ []string) (rank, size int) {
	for _, v := range [][2]string{
		{"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"}, {"PMIX_RANK", ""}, {"PMI_RANK", "PMI_SIZE"},
	} {
		if rank, err := strconv.Atoi(lookup(environ, v[0])); err == nil {
			if size, err = strconv.Atoi(lookup(environ, v[1])); err != nil {
				size = -1
			}
			return rank, size
		}
	}
	return -1, -1
}

// EnvProcessors limits the processors that Go's scheduler uses.
const EnvProcessors = "GOMAXPROCS"

// Processors is the number of processors that the Go side of a rank should
// use: its share of the machine. More of them wake each other up for nothing
// while the ranks compete for the cores (an empty mpido on 4 workers and 2
// cores takes a third longer).
func Processors() int {
	for _, name := range []string{"OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS"} {
		if n, err := strconv.Atoi(os.Getenv(name)); err == nil && n > 0 {
			return max(1, runtime.NumCPU()/n)
		}
	}
	if os.Getenv(OversubscribedVar) != "" {
		return 1
	}
	return runtime.NumCPU()
}
