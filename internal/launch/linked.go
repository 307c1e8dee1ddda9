package launch

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// The executables that are linked with an MPI library, by its kind: they stand
// beside the command, under its name with this ending.
const (
	linkedOpenMPI = "-openmpi"
	linkedMPICH   = "-mpich"
)

// Linked returns the executable beside exe that is linked with the MPI library
// of the launcher that started this process, as its environment tells. Where
// that cannot be told (srun), the one that is there is taken. The error, of
// kind launch, names the cure.
func Linked(exe string, environ []string) (string, error) {
	endings := []string{linkedOpenMPI, linkedMPICH}
	switch RankKind(environ) {
	case OpenMPI:
		endings = endings[:1]
	case MPICH:
		endings = endings[1:]
	}
	base := strings.TrimSuffix(exe, ".exe")
	for _, e := range endings {
		if info, err := os.Stat(base + e); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return base + e, nil
		}
	}
	target := "build"
	if endings[0] == linkedMPICH {
		target = "build-mpich"
	}
	return "", luaerr.New(luaerr.Launch, "the executable %s, linked with MPI, is not beside %s: run `make %s` in the sources, or `make install` where they were built",
		filepath.Base(base)+endings[0], exe, target)
}

// RankKind reports which launcher started this process as a rank of an MPI job:
// Unknown for none, or when the environment does not tell the family. It does
// not go by SLURM_PROCID, which sbatch sets for every script.
func RankKind(environ []string) Kind {
	switch {
	case hasVar(environ, "OMPI_COMM_WORLD_RANK"):
		return OpenMPI
	case hasVar(environ, "PMI_RANK") && hasVar(environ, "MPI_LOCALRANKID"):
		return MPICH
	case hasVar(environ, "PMIX_RANK"), hasVar(environ, "PMI_RANK"):
		if hasVar(environ, "SLURM_STEP_ID") || hasVar(environ, "SLURM_STEPID") {
			return Srun
		}
		if hasVar(environ, "PMI_RANK") {
			return MPICH
		}
		return OpenMPI
	}
	return Unknown
}

// libraries asks the dynamic loader what an executable would use: its MPI
// library, and what is missing. It runs no code of the executable's own.
func libraries(ctx context.Context, path string) (mpi string, missing []string) {
	if runtime.GOOS != "linux" {
		return "", nil
	}
	cmd := exec.CommandContext(ctx, path)
	cmd.Env = append(os.Environ(), "LD_TRACE_LOADED_OBJECTS=1")
	out, err := cmd.Output()
	if err != nil && len(out) == 0 {
		return "", nil
	}
	for line := range strings.Lines(string(out)) {
		name, where, ok := strings.Cut(strings.TrimSpace(line), " => ")
		if !ok {
			continue
		}
		where, _, _ = strings.Cut(where, " (")
		if where == "not found" {
			missing = append(missing, name)
		} else if strings.HasPrefix(name, "libmpi.") || strings.HasPrefix(name, "libmpich.") {
			mpi = where
			if real, err := filepath.EvalSymlinks(where); err == nil {
				mpi = real
			}
		}
	}
	return mpi, missing
}
