package launch

import (
	"os"
	"strconv"
)

// RankFromEnvironment gives the rank of this process and the number of ranks
// as the launcher's environment tells them, before MPI starts; -1 where it
// does not. SLURM_PROCID does not count: sbatch sets it for a script, too.
func RankFromEnvironment() (rank, size int) {
	for _, v := range [][2]string{
		{"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"}, {"PMIX_RANK", ""}, {"PMI_RANK", "PMI_SIZE"},
	} {
		if rank, err := strconv.Atoi(os.Getenv(v[0])); err == nil {
			if size, err = strconv.Atoi(os.Getenv(v[1])); err != nil {
				size = -1
			}
			return rank, size
		}
	}
	return -1, -1
}
