package launch

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// Examine looks at everything that starting workers from this command needs,
// and tries the launcher on two shells. It works on a machine without MPI,
// changes nothing, and takes less than a second unless something hangs; then
// it gives up after ten. np is the number of workers that are wanted; 0: one for
// each processor. mpiexec is the launcher, with or without options; "": what is found.
func Examine(ctx context.Context, mpiexec string, np int) Report {
	exe, err := os.Executable()
	if err != nil {
		exe = os.Args[0]
	}
	return examine(ctx, exe, os.Environ(), mpiexec, np)
}

// examine is Examine for any command and environment.
func examine(ctx context.Context, exe string, environ []string, mpiexec string, np int) Report {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	var r Report
	r.system(environ)
	kind, found := r.launcher(ctx, mpiexec, environ)
	r.linked(ctx, exe, kind)
	if np == 0 {
		np = runtime.NumCPU()
	}
	if enough := r.limits(np); found && enough { // some launchers hang where limits are too low
		r.trial(ctx, mpiexec, environ)
	}
	r.memory()
	r.network(environ)
	r.parameters(environ)
	r.plugins(exe, environ)
	return r
}

func (r *Report) system(environ []string) {
	host, _ := os.Hostname()
	r.add(Fine, "system", "", "%s/%s, host %s, %d processors", runtime.GOOS, runtime.GOARCH, host, runtime.NumCPU())
	if os.Geteuid() == 0 {
		r.add(Fine, "user", "", "root: Open MPI is told that this is meant")
	}
	if inAllocation(environ) {
		var known []string
		for _, name := range []string{"SLURM_JOB_ID", "SLURM_NTASKS", "SLURM_JOB_NODELIST", "PBS_JOBID", "LSB_JOBID", "PE_HOSTFILE"} {
			if v := lookup(environ, name); v != "" {
				known = append(known, name+"="+v)
			}
		}
		r.add(Fine, "scheduler", "", "inside an allocation (%s): it decides about hosts and slots", strings.Join(known, " "))
	}
	if k := RankKind(environ); k != Unknown {
		r.add(Warning, "job", "run doctor outside, unless you look for what a rank sees", "this process is a rank of an MPI job (%s)", k)
	}
}

func (r *Report) launcher(ctx context.Context, mpiexec string, environ []string) (Kind, bool) {
	words, _, err := launcherWords(Spec{Mpiexec: mpiexec, Environ: environ})
	switch {
	case err != nil && mpiexec != "":
		r.add(Problem, "launcher", "", "%v", err)
		return Unknown, false
	case err != nil:
		r.add(Problem, "launcher", installHint, "no mpirun, mpiexec or srun is on the PATH")
		return Unknown, false
	}
	path, err := lookLauncher(words[0], environ)
	if err != nil {
		r.add(Problem, "launcher", installHint, "%v", err)
		return Unknown, false
	}
	kind, version, err := Detect(ctx, path)
	if err != nil {
		r.add(Problem, "launcher", "name another one with --mpiexec", "%v", err)
		return Unknown, false
	}
	r.add(Fine, "launcher", "", "%s: %s %s", path, kind, version)
	for _, other := range []string{"mpirun.openmpi", "mpiexec.hydra", "srun"} {
		if p, err := lookPath(other, environ); err == nil {
			if k, v, err := Detect(ctx, p); err == nil && k != kind {
				r.add(Fine, "launcher", "", "%s as well: %s %s (--mpiexec %s)", p, k, v, other)
			}
		}
	}
	return kind, true
}

// linked looks at the executables that run the chunks.
func (r *Report) linked(ctx context.Context, exe string, launcher Kind) {
	any, fits := false, false
	for _, l := range []struct {
		kind   Kind
		ending string
		build  string
	}{{OpenMPI, linkedOpenMPI, "make build"}, {MPICH, linkedMPICH, "make build-mpich"}} {
		path := exe + l.ending
		if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
			continue
		}
		any, fits = true, fits || l.kind == launcher || launcher == Srun || launcher == Unknown
		library, missing := libraries(ctx, path)
		switch {
		case len(missing) > 0:
			r.add(Problem, "workers", "install the MPI that it was built with (Debian, Ubuntu: apt-get install openmpi-bin), or build it here: "+l.build,
				"%s cannot start: %s is missing", path, strings.Join(missing, ", "))
		case library != "":
			r.add(Fine, "workers", "", "%s uses %s", path, library)
		default:
			r.add(Fine, "workers", "", "%s is there", path)
		}
	}
	switch {
	case !any:
		r.add(Problem, "workers", "run `make build` in the sources, and keep what it puts into bin/ together",
			"no executable that is linked with MPI is beside %s", exe)
	case !fits:
		cure := "run `make build`, or name the launcher of Open MPI with --mpiexec"
		if launcher == MPICH {
			cure = "run `make build-mpich`, or name the launcher of Open MPI with --mpiexec mpirun.openmpi"
		}
		r.add(Problem, "workers", cure, "none of them is linked with the MPI of the launcher (%s)", launcher)
	}
}

// trial starts two shells.
func (r *Report) trial(ctx context.Context, mpiexec string, environ []string) {
	spec := Spec{NP: 2, Mpiexec: mpiexec, Exe: "/bin/sh", ExeArgs: []string{"-c", "true"}, Environ: environ}
	folder, err := MakeFolder(2)
	if err != nil {
		r.add(Problem, "folder", "set TMPDIR, or MPICLUS_TMPDIR, to a folder that can be written", "%v", err)
		return
	}
	defer folder.Remove()
	spec.Folder = folder.Path
	c, err := Plan(spec)
	if err != nil {
		r.add(Problem, "trial", "", "%v", err)
		return
	}
	begin := time.Now()
	p, err := c.Start(ctx)
	if err != nil {
		r.add(Problem, "trial", "", "%v", err)
		return
	}
	<-p.Done()
	took := time.Since(begin).Round(time.Millisecond)
	if status, _ := p.ExitStatus(); status != (ExitStatus{}) {
		if ctx.Err() != nil {
			e := luaerr.New(luaerr.Launch, "two processes did not start and end within %v: the launcher hangs, or this machine is very busy", took)
			r.add(Problem, "trial", "try the command line by hand: "+c.String(), "%s", withOutput(e, p.Tail()).Message)
		} else {
			r.add(Problem, "trial", "command line: "+c.String(), "%s", Explain(c, Outcome{Process: p}).Message)
		}
		<-p.Gone()
		return
	}
	<-p.Gone()
	r.add(Fine, "trial", "", "two processes started and ended in %v", took)
}

// limits adds what limits say about np workers to a report of doctor, and
// reports whether they are enough.
func (r *Report) limits(np int) bool {
	places := folderPlaces(np)
	found := capacityFor(places[0]).findings(np)
	if len(found) == 0 {
		r.add(Fine, "limits", "", "files, processes, memory and disk are enough to start %s", plural(max(np, 1), "worker"))
	}
	*r = append(*r, found...)
	return found.OK()
}

func (r *Report) memory() {
	const enough = 64 << 20
	free, ok := memoryFree("/dev/shm")
	switch {
	case !ok:
		if runtime.GOOS == "linux" {
			r.add(Warning, "memory", "mount a tmpfs at /dev/shm", "/dev/shm is no file system in memory: messages within this machine go through files on disk")
		}
	case free < enough:
		r.add(Warning, "memory", "give a container more: docker run --shm-size=1g", "/dev/shm has only %d MiB free; each worker takes 4 MiB and more", free>>20)
	default:
		r.add(Fine, "memory", "", "/dev/shm has %d MiB free for shared memory", free>>20)
	}
	if !copiesBetweenProcesses() {
		r.add(Warning, "memory", "allow process_vm_readv (docker run --cap-add=SYS_PTRACE)", "the system forbids copies from process to process: large messages take a second copy")
	}
}

func (r *Report) network(environ []string) {
	interfaces, _ := net.Interfaces()
	var names []string
	for _, i := range interfaces {
		if i.Flags&net.FlagUp == 0 || i.Flags&net.FlagLoopback != 0 {
			continue
		}
		addresses, _ := i.Addrs()
		for _, a := range addresses {
			if ip, ok := a.(*net.IPNet); ok && !ip.IP.IsLinkLocalUnicast() {
				names = append(names, i.Name+" "+ip.IP.String())
			}
		}
	}
	if len(names) == 0 {
		r.add(Fine, "network", "", "no interface but loopback: workers can run on this machine only")
		return
	}
	r.add(Fine, "network", "", "%s (the master listens on all; --interface chooses)", strings.Join(names, ", "))
	if _, err := lookPath("ssh", environ); err != nil {
		r.add(Warning, "network", "apt-get install openssh-client", "there is no ssh: workers can run on this machine only, and a plain mpirun refuses to start")
	}
}

// parameters tells which of the user's own settings will have an effect.
func (r *Report) parameters(environ []string) {
	var own []string
	for _, entry := range environ {
		name, _, _ := strings.Cut(entry, "=")
		for _, prefix := range []string{"OMPI_MCA_", "PRTE_MCA_", "PMIX_MCA_", "UCX_", "MPIR_CVAR_", "I_MPI_", "HYDRA_", "MPICLUS_"} {
			if strings.HasPrefix(name, prefix) {
				own = append(own, entry)
			}
		}
	}
	if len(own) > 0 {
		r.add(Fine, "settings", "", "from the environment: %s", strings.Join(own, " "))
	}
	file := filepath.Join(lookup(environ, "HOME"), ".openmpi", "mca-params.conf")
	if _, err := os.Stat(file); err == nil {
		r.add(Fine, "settings", "", "Open MPI also reads %s", file)
	}
}

func (r *Report) plugins(exe string, environ []string) {
	places := filepath.SplitList(lookup(environ, "MPICLUS_PLUGIN_PATH"))
	named := len(places)
	places = append(places, filepath.Join(filepath.Dir(exe), "plugins"))
	if config, err := os.UserConfigDir(); err == nil {
		places = append(places, filepath.Join(config, "mpiclus-lua", "plugins"))
	}
	for i, place := range places {
		entries, err := os.ReadDir(place)
		switch {
		case err == nil:
			r.add(Fine, "plugins", "", "%s holds %s", place, plural(len(entries), "file"))
		case i < named:
			r.add(Warning, "plugins", "correct MPICLUS_PLUGIN_PATH", "%v", err)
		}
	}
}
