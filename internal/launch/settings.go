package launch

import (
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/mpiclus/mpiclus-lua/internal/rankenv"
)

// A setting is one environment variable that workers get unless the user set
// it.
type setting struct{ name, value string }

// A row of the table of settings: which releases of Open MPI it is for, when it
// is made, and why. Rows of Open MPI go to launchers of other families as
// well, which ignore what is not theirs.
type row struct {
	of    rankenv.Releases
	when  condition
	name  string
	value string // FOLDER and BINDING stand for the job's
	why   string
}

// The releases that a row is for. A version that is not known counts as the
// newest.
const (
	all   = rankenv.All
	to4   = rankenv.To4
	from5 = rankenv.From5
	mpich = rankenv.MPICH
)

// condition says in which launches a setting is made.
type condition int

const (
	everyRank    condition = iota // of each rank, however it was started
	oneHost                       // of each rank of a job that is on one machine only
	everyLaunch                   // of the launcher, wherever its workers run
	asRoot                        // … when root starts it
	crowded                       // … when workers outnumber the processors
	here                          // … when all workers run on this machine
	freeSlots                     // … and nobody said how many may
	freePlaces                    // … and nobody said on which processors
	noCopies                      // … and the system forbids copies between processes
	noShell                       // … and there is no ssh
	inFolder                      // … and the job has a folder
	inMemoryOnly                  // … that lies in memory: on a disk, shared memory would be written back to it
	elsewhere                     // … when workers run on other machines
	freeAway                      // … and nobody said on which processors
)

// table holds all that is set for the workers' sake: first what each rank needs,
// however it was started. What was measured is from Open MPI 4.1.4 and 5.0.7, on
// 2 cores.
var table = append(everyRanks(), []row{
	{from5, oneHost, "OMPI_MCA_btl_tcp_if_include", "127.0.0.0/8", "btl/tcp prints lines of interfaces that cannot reach each other; without tcp MPI_Comm_spawn fails"},

	{all, asRoot, "OMPI_ALLOW_RUN_AS_ROOT", "1", "in a container everybody is root"},
	{all, asRoot, "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", "both are asked for"},
	{from5, asRoot, "PRTE_ALLOW_RUN_AS_ROOT", "1", "where prterun is called by its own name"},
	{from5, asRoot, "PRTE_ALLOW_RUN_AS_ROOT_CONFIRM", "1", "both are asked for"},

	{to4, everyLaunch, "OMPI_MCA_orte_enable_recovery", "1", "survivors of a lost rank live on; 5 has an option for it (Kind.options)"},
	{all, crowded, OversubscribedVar, "1", "our own waits pause early"},
	{all, crowded, "OMPI_MCA_mpi_yield_when_idle", "1", "and so do MPI's"},

	{all, here, "OMPI_MCA_pml", "ob1", "no search through network libraries: 4 ranks start in 0.18 s instead of 0.39 s, the latency is the same"},
	{to4, freeSlots, "OMPI_MCA_rmaps_base_oversubscribe", "1", "more workers than processors are fine"},
	{from5, freeSlots, "PRTE_MCA_rmaps_default_mapping_policy", ":oversubscribe", "more workers than processors are fine"},
	{to4, freePlaces, "OMPI_MCA_hwloc_base_binding_policy", "BINDING", "a rank is several threads (Lua, links, garbage collection): one core is too narrow"},
	{from5, freePlaces, "PRTE_MCA_hwloc_default_binding_policy", "BINDING", "a rank is several threads (Lua, links, garbage collection): one core is too narrow"},
	{from5, freeAway, "PRTE_MCA_hwloc_default_binding_policy", "none", "else prterun refuses more workers on a host than it has cores"},
	{to4, noCopies, "OMPI_MCA_btl_vader_single_copy_mechanism", "none", "Open MPI tries, and fails loudly"},
	{to4, noShell, "OMPI_MCA_plm_rsh_agent", "/bin/sh", "a remote shell is wanted for a local job too; it is never run"},

	{to4, inFolder, "OMPI_MCA_orte_tmpdir_base", "FOLDER", "what is left goes with the job's folder"},
	{from5, inFolder, "PRTE_MCA_prte_tmpdir_base", "FOLDER", "what is left goes with the job's folder"},
	{to4, inMemoryOnly, "OMPI_MCA_btl_vader_backing_directory", "FOLDER", "shared memory goes with the job's folder"},
	{from5, inMemoryOnly, "OMPI_MCA_btl_sm_backing_directory", "FOLDER", "shared memory goes with the job's folder"},
	{all, inMemoryOnly, "OMPI_MCA_osc_sm_backing_directory", "FOLDER", "windows go with the job's folder"},
	{from5, inMemoryOnly, "OMPI_MCA_osc_rdma_backing_directory", "FOLDER", "windows go with the job's folder"},
	{all, inMemoryOnly, "UCX_POSIX_DIR", "FOLDER", "shared memory goes with the job's folder"},

	{to4, elsewhere, "OMPI_MCA_orte_leave_session_attached", "1", "a daemon that dies is then reported, and not waited for"},
	{from5, elsewhere, "PRTE_MCA_prte_leave_session_attached", "1", "a daemon that dies is then reported, and not waited for"},
}...)

func everyRanks() (list []row) {
	for _, e := range rankenv.Settings {
		list = append(list, row{e.Of, everyRank, e.Name, e.Value, e.Why})
	}
	return list
}

// excludes names settings of the user's that rule out one of ours.
var excludes = map[string]string{"OMPI_MCA_btl_tcp_if_include": "OMPI_MCA_btl_tcp_if_exclude"}

// rows gives the settings of the table for a release of Open MPI under some
// conditions. major is 0 where it is not known, and where the launcher is of
// another family: that gets all.
func rows(kind Kind, major int, holds func(condition) bool) (s []setting) {
	for _, r := range table {
		switch {
		case !holds(r.when),
			r.of == mpich && kind != MPICH,
			kind == OpenMPI && !r.of.Include(major):
			continue
		}
		s = append(s, setting{r.name, r.value})
	}
	return s
}

// settings are what c's decisions ask for.
func settings(c *Command, spec Spec) []setting {
	binding := "none"
	if c.NP > 0 && c.NP <= runtime.NumCPU()/2 && numaNodes() > 1 {
		binding = "numa" // where memory has more than one home, stay in one
	}
	options := c.Args[1 : len(c.Args)-len(spec.ExeArgs)-1]
	open := c.Kind == OpenMPI
	s := rows(c.Kind, c.major, func(when condition) bool {
		switch when {
		case everyRank, everyLaunch:
			return true
		case asRoot:
			return os.Geteuid() == 0
		case crowded:
			return c.Oversubscribed
		case here:
			return open && c.Local
		case oneHost:
			return open && c.Local && !slices.Contains(options, "btl_tcp_if_exclude")
		case freeSlots:
			return open && c.Local && !strings.Contains(spec.Hosts, ":")
		case freePlaces:
			return open && c.Local && !placesRanks(options)
		case noCopies:
			return open && c.Local && !copiesBetweenProcesses()
		case noShell:
			_, err := lookPath("ssh", spec.Environ)
			return open && c.Local && err != nil
		case elsewhere:
			return open && !c.Local
		case freeAway:
			return open && !c.Local && !placesRanks(options)
		}
		return c.Local && folderHolds(when, spec.Folder)
	})
	return filled(s, "FOLDER", spec.Folder, "BINDING", binding)
}

// folderHolds reports whether a job's folder meets a condition.
func folderHolds(when condition, folder string) bool {
	return when == inFolder && folder != "" || when == inMemoryOnly && folder != "" && inMemory(folder, 0)
}

// filled puts values in the place of the words that stand for them.
func filled(s []setting, words ...string) []setting {
	fill := strings.NewReplacer(words...)
	for i := range s {
		s[i].value = fill.Replace(s[i].value)
	}
	return s
}

// environment returns the whole environment of a launch. Settings go here and
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
			c.Settings = append(c.Settings, s.name+"="+s.value)
		}
	}
	return env
}

// chosen reports whether the user decided about a setting, in the environment
// or in their file of Open MPI parameters.
func chosen(environ []string, name string) bool {
	if hasVar(environ, name) {
		return true
	}
	if other := excludes[name]; other != "" && chosen(environ, other) {
		return true
	}
	_, inFile := rankenv.InParameterFile(lookup(environ, "HOME"), name)
	return inFile
}

// RankSettings are what a process needs in its environment before MPI_Init,
// however it was started, as "NAME=value". What environ has already, or the
// user's file of parameters, is left out.
func RankSettings(environ []string) []string {
	return unchosen(environ, rows(RankKind(environ), rankMajor(environ), func(when condition) bool {
		return when == everyRank || when == oneHost && RankKind(environ) == OpenMPI && aloneHere(environ)
	}))
}

// SingletonSettings are for a process that no MPI launcher has started: it
// becomes an MPI job of its own, and what Open MPI leaves for that goes to
// folder, the job's, when that is on this host. As "NAME=value".
func SingletonSettings(environ []string, folder string) []string {
	if info, err := os.Stat(folder); err != nil || !info.IsDir() || RankKind(environ) != Unknown {
		return nil
	}
	s := rows(Unknown, 0, func(when condition) bool { return folderHolds(when, folder) })
	return unchosen(environ, filled(s, "FOLDER", folder))
}

// unchosen gives the settings that the user has not made, as "NAME=value".
func unchosen(environ []string, settings []setting) (add []string) {
	for _, s := range settings {
		if !chosen(environ, s.name) {
			add = append(add, s.name+"="+s.value)
		}
	}
	return add
}

// rankMajor tells the major version of Open MPI whose launcher started this
// rank: 5 says it, those before are known by ORTE's variables; 0: not known.
func rankMajor(environ []string) int {
	if version := lookup(environ, "OMPI_VERSION"); version != "" {
		return majorOf(version)
	}
	if slices.ContainsFunc(environ, func(e string) bool { return strings.HasPrefix(e, "OMPI_MCA_orte_") }) {
		return 4
	}
	return 0
}

// PassesLastWords reports whether the launcher of this rank still passes on what
// ranks write after it was told to end, by Ctrl-C or a signal.
func PassesLastWords(environ []string) bool {
	kind := RankKind(environ)
	return kind != MPICH && (kind != OpenMPI || rankMajor(environ) < 5)
}

// aloneHere reports whether a rank's job, and the room that it has, are on one
// machine.
func aloneHere(environ []string) bool {
	size := lookup(environ, "OMPI_COMM_WORLD_SIZE")
	return size != "" && size == lookup(environ, "OMPI_COMM_WORLD_LOCAL_SIZE") && !inAllocation(environ)
}

// placesRanks reports whether options say where ranks run on the machine: a
// binding policy of ours could contradict them.
func placesRanks(args []string) bool {
	return slices.ContainsFunc(args, func(a string) bool {
		if !strings.HasPrefix(a, "-") {
			return strings.HasPrefix(a, "hwloc_") || strings.HasPrefix(a, "rmaps_")
		}
		for _, word := range []string{"bind", "map-by", "cpu", "rank", "per", "bycore", "byslot", "bynode", "bysocket"} {
			if strings.Contains(a, word) {
				return true
			}
		}
		return false
	})
}
