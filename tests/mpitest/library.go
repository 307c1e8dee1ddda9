package mpitest

import (
	"context"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/launch"
	"github.com/mpiclus/mpiclus-lua/internal/rankenv"
)

// Library is the MPI that tests run on: the one whose mpirun is found first on
// the PATH.
type Library struct {
	Kind    launch.Kind
	Version string
	Major   int
	err     error
}

// On tells which MPI tests run on. The zero Library stands for none.
var On = sync.OnceValue(func() (l Library) {
	path, err := exec.LookPath("mpirun")
	if err != nil {
		return Library{err: err}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	l.Kind, l.Version, l.err = launch.Detect(ctx, path)
	first, _, _ := strings.Cut(l.Version, ".")
	l.Major, _ = strconv.Atoi(first)
	return l
})

// MPICH reports whether it is MPICH, and not Open MPI.
func (l Library) MPICH() bool { return l.Kind == launch.MPICH }

// String returns "Open MPI 5.0.7".
func (l Library) String() string {
	if l.MPICH() {
		return "MPICH " + l.Version
	}
	return "Open MPI " + l.Version
}

// RankVariable is the environment variable in which its launcher tells a
// process its rank.
func (l Library) RankVariable() string {
	if l.MPICH() {
		return "PMI_RANK"
	}
	return "OMPI_COMM_WORLD_RANK"
}

// Launches reports whether a process is its launcher: Open MPI 5's mpirun
// becomes another program, and MPICH's is called by several names.
func (l Library) Launches(p Process) bool {
	switch name := p.Name(); {
	case l.MPICH():
		return name == "mpirun" || name == "mpiexec" || name == "mpiexec.hydra"
	case l.Major >= 5:
		return name == "prterun"
	default:
		return name == "mpirun"
	}
}

// Linked is the ending of the name of the executable that is linked with it.
func (l Library) Linked() string {
	if l.MPICH() {
		return "-mpich"
	}
	return "-openmpi"
}

// Layers are the settings under which messages between ranks of one machine
// take one way only, by the way's name.
func (l Library) Layers() map[string][]string {
	switch {
	case l.MPICH():
		return map[string][]string{"shm": nil, "tcp": {"MPIR_CVAR_NOLOCAL=1"}}
	case l.Major >= 5:
		return map[string][]string{"sm": {"OMPI_MCA_btl=self,sm"}, "tcp": {"OMPI_MCA_btl=self,tcp", loopback}}
	}
	return map[string][]string{"vader": {"OMPI_MCA_btl=self,vader"}, "tcp": {"OMPI_MCA_btl=self,tcp"}}
}

// loopback lets Open MPI 5 find a way over TCP on any machine.
const loopback = "OMPI_MCA_btl_tcp_if_include=127.0.0.0/8"

// mpirun returns the words before the program, and the environment, for np ranks
// of a plain job on this machine.
func (l Library) mpirun(np int) (words, env []string) {
	if l.MPICH() {
		return []string{"mpirun", "-n", strconv.Itoa(np)}, []string{"UCX_ERROR_SIGNALS=SIGILL,SIGBUS,SIGFPE"}
	}
	env = []string{
		"OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1",
		"OMPI_MCA_pml=ob1", "OMPI_MCA_mpi_yield_when_idle=1",
	}
	for _, e := range rankenv.Of(l.Major) {
		env = append(env, e.Name+"="+e.Value)
	}
	if l.Major >= 5 {
		env = append(env, loopback)
	}
	return []string{"mpirun", "--oversubscribe", "--bind-to", "none", "-np", strconv.Itoa(np)}, env
}
