package launch

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// machine makes a PATH with launchers that print a version, and gives an
// environment that has nothing else.
func machine(t *testing.T, launchers map[string]string) []string {
	t.Helper()
	dir := t.TempDir()
	for name, version := range launchers {
		script := "#!/bin/sh\n[ \"$1\" = --version ] || exit 9\ncat <<'END'\n" + version + "\nEND\n"
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return []string{"PATH=" + dir + ":/bin", "HOME=" + dir}
}

const (
	openMPI4 = "mpirun (Open MPI) 4.1.4\n\nReport bugs to http://www.open-mpi.org/community/help/"
	openMPI5 = "mpirun (Open MPI) 5.0.3\n\nReport bugs to https://www.open-mpi.org/community/help/"
	hydra4   = "HYDRA build details:\n    Version:                                 4.0.2\n    Release Date: Thu Apr  7 12:34:45 CDT 2022"
	intel    = "Intel(R) MPI Library for Linux* OS, Version 2021.5 Build 20211102 (id: 9279b7d62)"
	slurm    = "slurm-wlm 22.05.8"
)

func TestPlanCommandLines(t *testing.T) {
	all := map[string]string{"mpirun": openMPI4, "orterun": openMPI4, "mpiexec.hydra": hydra4, "srun": slurm, "mine": "no launcher"}
	worker := []string{"worker", "--job", "a b"}
	for name, tc := range map[string]struct {
		spec Spec
		want string
		kind Kind
		here bool
	}{
		"default":         {Spec{NP: 2}, "mpirun -np 2 /bin/sh worker --job 'a b'", OpenMPI, true},
		"launcher's own":  {Spec{}, "mpirun /bin/sh worker --job 'a b'", OpenMPI, true},
		"flags":           {Spec{NP: 2, Flags: []string{"--mca", "btl", "self,vader"}}, "mpirun --mca btl self,vader -np 2 /bin/sh worker --job 'a b'", OpenMPI, true},
		"this host":       {Spec{NP: 2, Hosts: "localhost:4"}, "mpirun --host localhost:4 -np 2 /bin/sh worker --job 'a b'", OpenMPI, true},
		"hosts":           {Spec{NP: 2, Hosts: "a,b:4", Forward: []string{"SECRET"}, Env: map[string]string{"DATA": "/x"}}, "mpirun --host a,b:4 -x DATA -x SECRET -x UCX_DEBUG_SIGNO -x UCX_ERROR_SIGNALS -x UCX_MEMTYPE_CACHE -np 2 /bin/sh -c LOOK /bin/sh worker --job 'a b'", OpenMPI, false},
		"host file":       {Spec{NP: 2, Hostfile: "f"}, "mpirun --hostfile f -x UCX_DEBUG_SIGNO -x UCX_ERROR_SIGNALS -x UCX_MEMTYPE_CACHE -np 2 /bin/sh -c LOOK /bin/sh worker --job 'a b'", OpenMPI, false},
		"mpiexec":         {Spec{NP: 2, Mpiexec: "orterun --tag-output"}, "orterun --tag-output -np 2 /bin/sh worker --job 'a b'", OpenMPI, true},
		"command":         {Spec{NP: 9, Command: []string{"mpirun", "-np", "3"}}, "mpirun -np 3 /bin/sh worker --job 'a b'", OpenMPI, true},
		"wrapped command": {Spec{Command: []string{"env", "A=1", "mpirun", "-n", "3"}}, "env A=1 mpirun -n 3 /bin/sh worker --job 'a b'", OpenMPI, true},
		"hosts in flags":  {Spec{Command: []string{"mpirun", "-n", "3", "-H", "other:3"}}, "mpirun -n 3 -H other:3 -x UCX_DEBUG_SIGNO -x UCX_ERROR_SIGNALS -x UCX_MEMTYPE_CACHE /bin/sh -c LOOK /bin/sh worker --job 'a b'", OpenMPI, false},
		"hydra":           {Spec{NP: 2, Mpiexec: "mpiexec.hydra"}, "mpiexec.hydra -disable-auto-cleanup -n 2 /bin/sh worker --job 'a b'", MPICH, true},
		"hydra hosts":     {Spec{NP: 2, Mpiexec: "mpiexec.hydra", Hosts: "a,b:4", Hostfile: "f", Flags: []string{"-iface", "eth0"}}, "mpiexec.hydra -disable-auto-cleanup -hosts a,b:4 -f f -iface eth0 -n 2 /bin/sh worker --job 'a b'", MPICH, false},
		"srun":            {Spec{NP: 2, Mpiexec: "srun --mpi=pmix", Hosts: "a,b:4", Hostfile: "f"}, "srun --mpi=pmix -w a,b -w ./f -n 2 /bin/sh worker --job 'a b'", Srun, false},
		"a script":        {Spec{NP: 2, Mpiexec: "mine"}, "mine -np 2 /bin/sh worker --job 'a b'", Unknown, false},
	} {
		t.Run(name, func(t *testing.T) {
			tc.spec.Environ, tc.spec.Exe, tc.spec.ExeArgs = machine(t, all), "/bin/sh", worker
			t.Setenv("PATH", lookup(tc.spec.Environ, "PATH"))
			c, err := Plan(tc.spec)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.ReplaceAll(c.String(), quoteWord(lookAndRun), "LOOK"); got != tc.want {
				t.Errorf("\n got %s\nwant %s", got, tc.want)
			}
			if c.Kind != tc.kind || c.Local != tc.here {
				t.Errorf("kind %v, local %v", c.Kind, c.Local)
			}
			if back, err := SplitWords(c.String()); err != nil || !slices.Equal(back, c.Args) {
				t.Errorf("its text reads back as %q (%v)", back, err)
			}
		})
	}
}

func TestPlanSettings(t *testing.T) {
	base := machine(t, map[string]string{"mpirun": openMPI4, "ssh": ""})
	many := runtime.NumCPU() + 1
	folder := t.TempDir()
	for name, tc := range map[string]struct {
		spec Spec
		env  []string
		want map[string]string // "-": not set
	}{
		"local":          {Spec{NP: 1}, nil, map[string]string{"OMPI_MCA_pml": "ob1", "OMPI_MCA_osc": "^rdma,ucx", "OMPI_MCA_orte_enable_recovery": "1", OversubscribedVar: "-", "OMPI_MCA_plm_rsh_agent": "-", "OMPI_MCA_hwloc_base_binding_policy": "none"}},
		"oversubscribed": {Spec{NP: many}, nil, map[string]string{OversubscribedVar: "1", "OMPI_MCA_mpi_yield_when_idle": "1", "OMPI_MCA_rmaps_base_oversubscribe": "1"}},
		"by its command": {Spec{Command: []string{"mpirun", "-np", "9999"}}, nil, map[string]string{OversubscribedVar: "1"}},
		"said slots":     {Spec{NP: many, Hosts: "localhost:1"}, nil, map[string]string{"OMPI_MCA_rmaps_base_oversubscribe": "-"}},
		"user's choice":  {Spec{NP: 1, Env: map[string]string{"UCX_MEMTYPE_CACHE": "yes"}}, []string{"OMPI_MCA_pml=ucx"}, map[string]string{"OMPI_MCA_pml": "ucx", "UCX_MEMTYPE_CACHE": "yes"}},
		"user's binding": {Spec{NP: 1, Flags: []string{"--bind-to", "core"}}, nil, map[string]string{"OMPI_MCA_hwloc_base_binding_policy": "-"}},
		"other hosts":    {Spec{NP: many, Hosts: "a"}, nil, map[string]string{"OMPI_MCA_pml": "-", OversubscribedVar: "-", "OMPI_MCA_osc": "^rdma,ucx", "UCX_ERROR_SIGNALS": "SIGILL,SIGBUS,SIGFPE"}},
		"allocation":     {Spec{NP: many}, []string{"SLURM_JOB_ID=7"}, map[string]string{"OMPI_MCA_rmaps_base_oversubscribe": "-", "OMPI_MCA_pml": "-"}},
		"a rank's":       {Spec{NP: 1}, []string{"OMPI_COMM_WORLD_RANK=0", "PMIX_NAMESPACE=1", "OMPI_MCA_orte_hnp_uri=x", "OMPI_MCA_btl=self"}, map[string]string{"OMPI_COMM_WORLD_RANK": "-", "PMIX_NAMESPACE": "-", "OMPI_MCA_orte_hnp_uri": "-", "OMPI_MCA_btl": "self"}},
		"folder on disk": {Spec{NP: 1, Folder: folder}, nil, map[string]string{"OMPI_MCA_orte_tmpdir_base": folder}},
	} {
		t.Run(name, func(t *testing.T) {
			tc.spec.Environ, tc.spec.Exe = append(slices.Clone(base), tc.env...), "/bin/sh"
			c, err := Plan(tc.spec)
			if err != nil {
				t.Fatal(err)
			}
			for name, want := range tc.want {
				got := "-"
				if hasVar(c.Env, name) {
					got = lookup(c.Env, name)
				}
				if got != want {
					t.Errorf("%s = %q, want %q", name, got, want)
				}
			}
		})
	}
}

func TestPlanSettingsOfOpenMPI5(t *testing.T) {
	base := machine(t, map[string]string{"mpirun": openMPI5, "ssh": ""})
	many := runtime.NumCPU() + 1
	folder := t.TempDir()
	for name, tc := range map[string]struct {
		spec Spec
		env  []string
		want map[string]string // "-": not set
	}{
		"local": {Spec{NP: many, Folder: folder}, nil, map[string]string{
			"OMPI_MCA_pml": "ob1", "OMPI_MCA_osc": "-", "OMPI_MCA_orte_enable_recovery": "-", "OMPI_MCA_btl_tcp_if_include": "127.0.0.0/8",
			"PRTE_MCA_rmaps_default_mapping_policy": ":oversubscribe", "PRTE_MCA_hwloc_default_binding_policy": "none",
			"PRTE_MCA_prte_tmpdir_base": folder, "OMPI_MCA_orte_tmpdir_base": "-", OversubscribedVar: "1",
		}},
		"other hosts":         {Spec{NP: many, Hosts: "a"}, nil, map[string]string{"OMPI_MCA_btl_tcp_if_include": "-", "PRTE_MCA_hwloc_default_binding_policy": "none", "PRTE_MCA_rmaps_default_mapping_policy": "-"}},
		"user's binding":      {Spec{NP: 1, Flags: []string{"--bind-to", "core"}}, nil, map[string]string{"PRTE_MCA_hwloc_default_binding_policy": "-"}},
		"user's interface":    {Spec{NP: 1}, []string{"OMPI_MCA_btl_tcp_if_include=eth7"}, map[string]string{"OMPI_MCA_btl_tcp_if_include": "eth7"}},
		"user's exclusion":    {Spec{NP: 1}, []string{"OMPI_MCA_btl_tcp_if_exclude=eth7"}, map[string]string{"OMPI_MCA_btl_tcp_if_include": "-"}},
		"the same, by a flag": {Spec{NP: 1, Flags: []string{"--mca", "btl_tcp_if_exclude", "eth7"}}, nil, map[string]string{"OMPI_MCA_btl_tcp_if_include": "-"}},
		"a rank's":            {Spec{NP: 1}, []string{"OMPI_COMM_WORLD_RANK=0", "OMPI_VERSION=5.0.7", "PRTE_LAUNCHED=1", "OMPI_MCA_num_procs=7"}, map[string]string{"OMPI_VERSION": "-", "PRTE_LAUNCHED": "-", "OMPI_MCA_num_procs": "-"}},
	} {
		t.Run(name, func(t *testing.T) {
			tc.spec.Environ, tc.spec.Exe = append(slices.Clone(base), tc.env...), "/bin/sh"
			c, err := Plan(tc.spec)
			if err != nil {
				t.Fatal(err)
			}
			for name, want := range tc.want {
				got := "-"
				if hasVar(c.Env, name) {
					got = lookup(c.Env, name)
				}
				if got != want {
					t.Errorf("%s = %q, want %q", name, got, want)
				}
			}
			if !slices.Contains(c.Args, "--enable-recovery") {
				t.Errorf("no --enable-recovery in %s", c)
			}
		})
	}
}

// TestTable holds what every row of the table must have, and that no release
// gets two values of one name.
func TestTable(t *testing.T) {
	quiet := "UCX_LOG_LEVEL=error"
	if !slices.Contains(RankSettings([]string{"PMI_RANK=0", "MPI_LOCALRANKID=0"}), quiet) || slices.Contains(RankSettings([]string{"OMPI_COMM_WORLD_RANK=0"}), quiet) {
		t.Error("UCX is to be quiet under MPICH, and there only")
	}
	for _, major := range []int{4, 5} {
		seen := map[setting]condition{}
		for _, r := range table {
			if r.why == "" || r.name == "" || r.value == "" {
				t.Errorf("row %v lacks a name, a value or a reason", r)
			}
		}
		for when := everyRank; when <= freeAway; when++ {
			for _, s := range rows(OpenMPI, major, func(c condition) bool { return c == when }) {
				key := setting{name: s.name}
				if other, ok := seen[key]; ok && (other != freePlaces || when != freeAway) {
					t.Errorf("Open MPI %d: %s is set twice, under %d and %d", major, s.name, other, when)
				}
				seen[key] = when
			}
		}
	}
}

func TestPlanHonoursTheParameterFile(t *testing.T) {
	env := machine(t, map[string]string{"mpirun": openMPI4})
	home := lookup(env, "HOME")
	os.MkdirAll(filepath.Join(home, ".openmpi"), 0o700)
	os.WriteFile(filepath.Join(home, ".openmpi", "mca-params.conf"), []byte("# mine\npml = ucx\nbtl_tcp_flags = send\n"), 0o600)
	c, err := Plan(Spec{NP: 1, Exe: "/bin/sh", Environ: env})
	if err != nil {
		t.Fatal(err)
	}
	if hasVar(c.Env, "OMPI_MCA_pml") || !hasVar(c.Env, "OMPI_MCA_osc") {
		t.Errorf("pml set: %v, osc set: %v", hasVar(c.Env, "OMPI_MCA_pml"), hasVar(c.Env, "OMPI_MCA_osc"))
	}
	if got := RankSettings(append(env, "UCX_MEMTYPE_CACHE=no")); slices.ContainsFunc(got, sets("UCX_MEMTYPE_CACHE", "OMPI_MCA_btl_tcp_flags")) || !slices.Contains(got, "OMPI_MCA_btl_tcp_max_send_size=524288") {
		t.Errorf("RankSettings: %q", got)
	}
	rank := []string{"OMPI_COMM_WORLD_RANK=0", "OMPI_COMM_WORLD_SIZE=4", "UCX_MEMTYPE_CACHE=no"}
	for _, tc := range []struct{ env, with, without string }{
		{"OMPI_VERSION=5.0.7 OMPI_COMM_WORLD_LOCAL_SIZE=2", "OMPI_MCA_smsc", "OMPI_MCA_btl_tcp_if_include"},
		{"OMPI_VERSION=5.0.7 OMPI_COMM_WORLD_LOCAL_SIZE=4", "OMPI_MCA_btl_tcp_if_include", "OMPI_MCA_osc"},
		{"OMPI_VERSION=5.0.7 OMPI_COMM_WORLD_LOCAL_SIZE=4 SLURM_JOB_ID=7", "OMPI_MCA_btl_self_flags", "OMPI_MCA_btl_tcp_if_include"},
		{"OMPI_MCA_orte_hnp_uri=x OMPI_COMM_WORLD_LOCAL_SIZE=4", "OMPI_MCA_btl_vader_flags", "OMPI_MCA_smsc"},
	} {
		got := RankSettings(append(slices.Clone(rank), strings.Fields(tc.env)...))
		if !slices.ContainsFunc(got, sets(tc.with)) || slices.ContainsFunc(got, sets(tc.without, "UCX_MEMTYPE_CACHE")) {
			t.Errorf("RankSettings with %s: %q, want %s and not %s", tc.env, got, tc.with, tc.without)
		}
	}
}

// sets matches "NAME=value" of some variables.
func sets(names ...string) func(string) bool {
	return func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return slices.Contains(names, name)
	}
}

func TestPlanErrors(t *testing.T) {
	some := machine(t, map[string]string{"mpirun": openMPI4})
	plain := filepath.Join(t.TempDir(), "plain")
	os.WriteFile(plain, nil, 0o600)
	for name, tc := range map[string]struct {
		spec Spec
		want string
	}{
		"no launcher":    {Spec{NP: 1, Environ: []string{"PATH=/nonexistent"}}, "mpirun was not found on the PATH: install one (Debian, Ubuntu: apt-get install openmpi-bin)"},
		"wrong launcher": {Spec{NP: 1, Mpiexec: "/opt/none/mpirun", Environ: some}, "the launcher /opt/none/mpirun was not found"},
		"no executable":  {Spec{NP: 1, Command: []string{plain}, Environ: some}, "it is no executable file"},
		"wrong command":  {Spec{Command: []string{"nompirun", "-np", "4"}, Environ: some}, "the launcher nompirun was not found"},
		"open quote":     {Spec{NP: 1, Mpiexec: "mpirun 'x", Environ: some}, "a quote is not closed"},
		"no worker":      {Spec{NP: 1, Exe: "/nonexistent/worker", Environ: some}, "cannot start workers: "},
		"negative":       {Spec{NP: -1, Environ: some}, "cannot start -1 workers"},
	} {
		_, err := Plan(tc.spec)
		if err == nil || !strings.Contains(err.Error(), tc.want) || luaerr.From(err).Kind != luaerr.Launch {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDetectVersions(t *testing.T) {
	for name, tc := range map[string]struct {
		text    string
		kind    Kind
		version string
	}{
		"openmpi4": {openMPI4, OpenMPI, "4.1.4"}, "openmpi5": {openMPI5, OpenMPI, "5.0.3"}, "hydra": {hydra4, MPICH, "4.0.2"},
		"intel": {intel, MPICH, "2021.5"}, "slurm": {slurm, Srun, "22.05.8"}, "prrte": {"prterun (PRRTE) 3.0.5", OpenMPI, "3.0.5"},
	} {
		env := machine(t, map[string]string{"mpirun": tc.text})
		path, _ := lookPath("mpirun", env)
		if kind, version, err := Detect(t.Context(), path); kind != tc.kind || version != tc.version || err != nil {
			t.Errorf("%s: %v %q %v", name, kind, version, err)
		}
	}
	env := machine(t, map[string]string{"mpirun": "hello"})
	path, _ := lookPath("mpirun", env)
	if kind, _, err := Detect(t.Context(), path); kind != Unknown || err == nil || !strings.Contains(err.Error(), "hello") {
		t.Errorf("no launcher: %v %v", kind, err)
	}
}

func TestSplitWords(t *testing.T) {
	for line, want := range map[string][]string{
		"":                     nil,
		"  a  b\t":             {"a", "b"},
		`a 'b "c' "d 'e" f\ g`: {"a", `b "c`, "d 'e", "f g"},
		`"" x''y "\"\n"`:       {"", "xy", `"\n`},
	} {
		if got, err := SplitWords(line); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %q %v", line, got, err)
		}
	}
	for _, line := range []string{`'a`, `"a`, `a\`} {
		if got, err := SplitWords(line); err == nil {
			t.Errorf("%q gave %q", line, got)
		}
	}
}

func TestLinkedAndRankKind(t *testing.T) {
	exe := filepath.Join(t.TempDir(), "mpiclus-lua")
	if _, err := Linked(exe, nil); err == nil || !strings.Contains(err.Error(), "make build`") {
		t.Errorf("nothing there: %v", err)
	}
	for _, ending := range []string{linkedOpenMPI, linkedMPICH} {
		os.WriteFile(exe+ending, nil, 0o700)
	}
	for _, tc := range []struct {
		env  string
		kind Kind
		want string
	}{
		{"OMPI_COMM_WORLD_RANK=0", OpenMPI, linkedOpenMPI},
		{"PMI_RANK=0", MPICH, linkedMPICH},
		{"PMIX_RANK=0", OpenMPI, linkedOpenMPI},
		{"PMIX_RANK=0 SLURM_STEP_ID=1", Srun, linkedOpenMPI},
		{"SLURM_PROCID=0", Unknown, linkedOpenMPI},
	} {
		env := strings.Fields(tc.env)
		if got, err := Linked(exe, env); got != exe+tc.want || err != nil || RankKind(env) != tc.kind {
			t.Errorf("%s: %s %v, kind %v", tc.env, got, err, RankKind(env))
		}
	}
	os.Remove(exe + linkedMPICH)
	if _, err := Linked(exe, []string{"PMI_RANK=0"}); err == nil || !strings.Contains(err.Error(), "make build-mpich") {
		t.Errorf("no -mpich: %v", err)
	}
}

func TestFolders(t *testing.T) {
	t.Setenv("MPICLUS_TMPDIR", t.TempDir())
	first, err := MakeFolder(0)
	if err != nil {
		t.Fatal(err)
	}
	os.WriteFile(filepath.Join(first.Path, "x"), nil, 0o600)
	if info, _ := os.Stat(first.Path); info.Mode().Perm() != 0o700 {
		t.Errorf("mode %v", info.Mode())
	}
	if RemoveAbandoned(first.Path) {
		t.Error("a held folder was taken for abandoned")
	}
	first.lock.Close() // its maker dies
	second, err := MakeFolder(0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(first.Path); !os.IsNotExist(err) {
		t.Errorf("the abandoned folder is still there: %v", err)
	}
	if err := second.Remove(); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(os.Getenv("MPICLUS_TMPDIR")); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

// TestCountIn: the number of processes of a command that the user wrote.
func TestCountIn(t *testing.T) {
	for line, want := range map[string]int{"-c 4 -n 2": 2, "-c 4": 0, "--ntasks=3 -c 4": 3} {
		if got := countIn(Srun, strings.Fields(line)); got != want {
			t.Errorf("srun %s: %d processes, want %d", line, got, want)
		}
	}
	if got := countIn(OpenMPI, []string{"-c", "4"}); got != 4 {
		t.Errorf("mpirun -c 4: %d processes, want 4", got)
	}
}
