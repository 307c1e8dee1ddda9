package launch

import (
	"cmp"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// ended makes a launcher that printed text and ended.
func ended(text string, code int) *Process {
	p := &Process{done: make(chan struct{}), status: ExitStatus{Code: code}}
	w := p.lines(nil, true)
	w.Write([]byte(text))
	w.flush()
	close(p.done)
	return p
}

func TestExplainRecordedOutputs(t *testing.T) {
	want := map[string]struct {
		kind Kind
		say  []string // the message holds each of these
	}{
		"openmpi-slots":       {OpenMPI, []string{"no slots for 4 workers", "--oversubscribe"}},
		"openmpi-root":        {OpenMPI, []string{"as root", "OMPI_ALLOW_RUN_AS_ROOT=1"}},
		"openmpi-nofile":      {OpenMPI, []string{"host node1 has no executable ./no-such-program", "exename="}},
		"openmpi-badcwd":      {OpenMPI, []string{"folder /nonexistent is not there on host node1", "dir="}},
		"openmpi-badflag":     {OpenMPI, []string{"does not know the option --no-such-flag", "--mpiflags"}},
		"openmpi-badflag2":    {OpenMPI, []string{`option np cannot be "two"`}},
		"openmpi-badhost":     {OpenMPI, []string{"host no-such-host is not known", "--host"}},
		"openmpi-hostfile":    {OpenMPI, []string{"host file nofile.txt cannot be read"}},
		"openmpi-bind":        {OpenMPI, []string{"--bind-to none"}},
		"openmpi-notmp":       {OpenMPI, []string{"folder /proc/nope", "TMPDIR"}},
		"openmpi-badmca":      {OpenMPI, []string{"no component nosuch of pml", "OMPI_MCA_pml"}},
		"openmpi-exit3":       {OpenMPI, []string{"mpirun ended (exit status 3) before its workers were ready (1 of 4 workers joined)", "words"}},
		"openmpi-nossh":       {OpenMPI, []string{"no ssh to reach the other hosts", "openssh-client"}},
		"openmpi-noloopback":  {OpenMPI, []string{"ip link set lo up"}},
		"openmpi5-slots":      {OpenMPI, []string{"no slots for 4 workers", "--oversubscribe"}},
		"openmpi5-root":       {OpenMPI, []string{"as root", "OMPI_ALLOW_RUN_AS_ROOT=1"}},
		"openmpi5-nofile":     {OpenMPI, []string{"host node1 has no executable ./no-such-program", "exename="}},
		"openmpi5-badcwd":     {OpenMPI, []string{"host node1 cannot start a worker", "dir="}},
		"openmpi5-badflag":    {OpenMPI, []string{"does not know the option --no-such-flag", "--mpiflags"}},
		"openmpi5-badhost":    {OpenMPI, []string{"host no-such-host is not known", "--host"}},
		"openmpi5-hostfile":   {OpenMPI, []string{"host file /tmp/nofile.txt cannot be read"}},
		"openmpi5-bind":       {OpenMPI, []string{"--bind-to none"}},
		"openmpi5-notmp":      {OpenMPI, []string{"folder /proc/nope", "TMPDIR"}},
		"openmpi5-badmca":     {OpenMPI, []string{"no component nosuch of plm", "OMPI_MCA_plm"}},
		"openmpi5-exit3":      {OpenMPI, []string{"mpirun ended (exit status 3) before its workers were ready (1 of 4 workers joined)", "words"}},
		"openmpi5-nossh":      {OpenMPI, []string{"no ssh to reach the other hosts", "openssh-client"}},
		"openmpi5-session":    {OpenMPI, []string{"an earlier run left", "prterun.*"}},
		"openmpi5-noloopback": {OpenMPI, []string{"ip link set lo up"}},
		"mpich-nofile":        {MPICH, []string{"host node1 has no executable ./no-such-program"}},
		"srun-slots":          {Srun, []string{"Slurm has no room for 4 workers", "salloc"}},
		"ssh-denied":          {OpenMPI, []string{"log in as ann@node7 without a password", "ssh-copy-id"}},
		"ssh-refused":         {MPICH, []string{"cannot reach host node7 (Connection refused)"}},
		"ssh-key":             {Unknown, []string{"key of a host", "ssh-keyscan"}},
		"nolib":               {OpenMPI, []string{"library libmpi.so.40 is missing", "apt-get install"}},
	}
	files, err := filepath.Glob("testdata/outputs/*.txt")
	if err != nil || len(files) != len(want) {
		t.Fatalf("%d recorded outputs for %d cases (%v)", len(files), len(want), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			w := want[name]
			c := &Command{Path: "/usr/bin/mpirun", Kind: w.kind, NP: 4}
			e := Explain(c, Outcome{Process: ended(string(text), 3), Joined: 1})
			if e.Kind != luaerr.Launch {
				t.Errorf("kind %q", e.Kind)
			}
			for _, say := range w.say {
				if !strings.Contains(e.Message, say) {
					t.Errorf("no %q in:\n%s", say, e.Message)
				}
			}
			if first, _, _ := strings.Cut(e.Message, "\n"); len(first) > 260 || strings.ContainsAny(e.Message, "\x00") || strings.Contains(e.Message, "-----") {
				t.Errorf("not a message for people:\n%s", e.Message)
			}
		})
	}
}

func TestExplainWithoutOutput(t *testing.T) {
	mpirun := &Command{Path: "/usr/bin/mpirun", Kind: OpenMPI, NP: 4, Args: []string{"mpirun", "-np", "4", "/a b/worker"}}
	srun := &Command{Path: "/usr/bin/srun", Kind: Srun, NP: 4}
	running := &Process{done: make(chan struct{})}
	for name, tc := range map[string]struct {
		c    *Command
		o    Outcome
		want string
	}{
		"other MPI":      {mpirun, Outcome{Process: running, WorldSize: 1, Joined: 4}, "world of size 1 where 4 workers were asked for: /usr/bin/mpirun (Open MPI) is the launcher of another MPI"},
		"srun alone":     {srun, Outcome{Process: running, WorldSize: 1}, `--mpiexec "srun --mpi=pmix"`},
		"another number": {mpirun, Outcome{Process: running, WorldSize: 8}, "starts another number of processes than np says"},
		"silent end":     {mpirun, Outcome{Process: ended("", 7)}, "exit status 7) before its workers were ready (0 of 4 workers joined) and printed nothing; try its command line by hand: mpirun -np 4 '/a b/worker'"},
		"time-out":       {mpirun, Outcome{Process: running, Joined: 3, Timeout: time.Minute, Waiting: "3 of 4 workers joined; waiting for rank 2 on host a"}, "3 of 4 workers joined; waiting for rank 2 on host a within 1m0s; allow more time with --launch-timeout"},
		"not started":    {mpirun, Outcome{}, "mpirun was given up: 0 of 4 workers joined"},
	} {
		if e := Explain(tc.c, tc.o); !strings.Contains(e.Message, tc.want) {
			t.Errorf("%s: no %q in %q", name, tc.want, e.Message)
		}
	}
}

// TestRealRefusals explains what the mpirun of this machine says.
func TestRealRefusals(t *testing.T) {
	hostfile := filepath.Join(t.TempDir(), "hosts")
	if err := os.WriteFile(hostfile, []byte("localhost slots=3\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		change func(*Spec)
		want   string // by Open MPI
		mpich  string // by MPICH, if that says something else; "-": there is no such refusal
	}{
		"slots":      {func(s *Spec) { s.Hosts = "localhost:2" }, "no slots for 3 workers: ask for fewer (np, -n), or give more with --host (localhost:2", "-"},
		"executable": {func(s *Spec) { s.Exe = "/no/such/worker"; s.Hostfile = hostfile }, "has no executable /no/such/worker: install worker", ""},
		"option":     {func(s *Spec) { s.Flags = []string{"--no-such-option"} }, "does not know the option --no-such-option", ""},
		"host file":  {func(s *Spec) { s.Hostfile = "missing.txt" }, "host file missing.txt cannot be read", ""},
		"early end":  {func(s *Spec) { s.ExeArgs = []string{"-c", "echo last words; exit 5"} }, "last words", ""},
		"component":  {func(s *Spec) { s.Flags = []string{"--mca", "plm", "nosuch"} }, "no component nosuch of plm", "does not know the option --mca"},
	} {
		t.Run(name, func(t *testing.T) {
			spec := real(t, 3, "true")
			tc.change(&spec)
			c, err := Plan(spec)
			if err != nil {
				t.Fatal(err)
			}
			if c.Kind == MPICH {
				if tc.want = cmp.Or(tc.mpich, tc.want); tc.want == "-" {
					t.Skip("MPICH starts as many ranks as it is told")
				}
			}
			p, err := c.Start(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			select {
			case <-p.Done():
			case <-time.After(hang):
				p.Kill()
				t.Fatal("mpirun did not end")
			}
			if e := Explain(c, Outcome{Process: p}); !strings.Contains(e.Message, tc.want) {
				t.Errorf("no %q in:\n%s", tc.want, e.Message)
			}
		})
	}
}
