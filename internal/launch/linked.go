package launch

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// EnvLinked names the variable that holds the path of the linked executable,
// for those who keep it elsewhere than beside the command.
const EnvLinked = "MPICLUS_LINKED"

// rankVariables are how launchers tell a process its rank and the number of
// ranks. SLURM_PROCID is not among them: sbatch sets it for a script, too.
var rankVariables = []struct {
	rank, size string
	kinds      []string // linked executables to prefer, best first
}{
	{"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", []string{"openmpi"}},
	{"PMIX_RANK", "", []string{"openmpi", "mpich"}},
	{"PMI_RANK", "PMI_SIZE", []string{"mpich", "openmpi"}},
}

// RankFromEnvironment gives the rank of this process and the number of ranks
// as the launcher's environment tells them, before MPI starts; -1 where it
// does not.
func RankFromEnvironment() (rank, size int) {
	for _, v := range rankVariables {
		if rank, err := strconv.Atoi(os.Getenv(v.rank)); err == nil {
			if size, err = strconv.Atoi(os.Getenv(v.size)); err != nil {
				size = -1
			}
			return rank, size
		}
	}
	return -1, -1
}

// LinkedExecutable finds the executable that is linked with the MPI library
// of the launcher that started this process: mpiclus-lua-KIND beside this
// command, or what EnvLinked names. The error is of kind launch and names
// the cure.
func LinkedExecutable() (string, error) {
	if path := os.Getenv(EnvLinked); path != "" {
		if _, err := os.Stat(path); err != nil {
			return "", luaerr.New(luaerr.Launch, "%s names an executable that is not there: %w", EnvLinked, err)
		}
		return path, nil
	}
	self, err := os.Executable()
	if err != nil {
		return "", luaerr.New(luaerr.Launch, "where this command lies is not known: %w; set %s", err, EnvLinked)
	}
	if strings.HasPrefix(filepath.Base(self), linkedPrefix) {
		return self, nil
	}
	kinds := []string{"openmpi", "mpich"}
	for _, v := range rankVariables {
		if os.Getenv(v.rank) != "" {
			kinds = v.kinds
			break
		}
	}
	folder := filepath.Dir(self)
	for _, kind := range kinds {
		path := filepath.Join(folder, linkedPrefix+kind)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path, nil
		}
	}
	host, _ := os.Hostname()
	return "", luaerr.New(luaerr.Launch, "on host %s there is no %s beside %s: build it there with 'make build' where Open MPI is installed, or set %s",
		host, strings.Join(prefixed(kinds), " or "), self, EnvLinked)
}

const linkedPrefix = "mpiclus-lua-"

func prefixed(kinds []string) []string {
	out := slices.Clone(kinds)
	for i := range out {
		out[i] = linkedPrefix + out[i]
	}
	return out
}
