package launch

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const agentRole = "MPICLUS_TEST_AGENT"

// TestAgent runs Agent as mpirun does, with a program in the place of ssh that
// does what sshd does: it gives the words to a login shell. The values arrive
// in the environment of the command and stand in no command line.
func TestAgent(t *testing.T) {
	if os.Getenv(agentRole) != "" {
		args := os.Args[slices.Index(os.Args, "--")+1:]
		t.Fatal(Agent(args, "MPICLUS_A", "MPICLUS_B"))
	}
	dir := t.TempDir()
	far := filepath.Join(dir, "far")
	script := "#!/bin/sh\nprintf '%s\\n' \"$@\" >" + dir + "/words; env >" + dir + "/env\n[ \"$1\" = -q ] && shift; host=$1; shift\nexec env -i PATH=\"$PATH\" SHELL=\"$LOGIN\" sh -c \"$*\"\n"
	if err := os.WriteFile(far, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, login := range map[string]string{"sh": "/bin/sh", "none": "", "csh": "/bin/csh", "bash": "/bin/bash"} {
		t.Run(name, func(t *testing.T) {
			if login != "" {
				if _, err := os.Stat(login); err != nil {
					t.Skip(err)
				}
			}
			c := exec.Command(os.Args[0], "-test.run", "^TestAgent$", "--", "-q", "node7", "echo", "[$MPICLUS_A]", "'it''s'", `"two  words"`, ";", "cat")
			c.Env = append(os.Environ(), agentRole+"=1", "LOGIN="+login, "MPICLUS_A=secret one", "MPICLUS_B=", EnvAgent+"="+far)
			var out bytes.Buffer
			c.Stdout, c.Stderr = &out, &out
			if err := c.Run(); err != nil {
				t.Fatalf("%v\n%s", err, &out)
			}
			if got, want := out.String(), "[secret one] its two  words\n"; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			for _, file := range []string{"words", "env"} {
				text, err := os.ReadFile(filepath.Join(dir, file))
				if err != nil || strings.Contains(string(text), "secret one") {
					t.Errorf("the value is in the %s: %v\n%s", file, err, text)
				}
			}
		})
	}
}

// TestCarry chooses a carrier for plans that a user may have.
func TestCarry(t *testing.T) {
	fakes := t.TempDir()
	for name, version := range map[string]string{"mpirun": "mpirun (Open MPI) 4.1.4", "prterun": "prterun (PRRTE) 3.0.8", "mpiexec.hydra": "HYDRA build details:\n    Version: 4.0.2", "srun": "slurm 22.05"} {
		if err := os.WriteFile(filepath.Join(fakes, name), []byte("#!/bin/sh\nprintf '%b' '"+version+"\n'\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", fakes+":"+os.Getenv("PATH"))
	const mungeWorks = "cat >/dev/null; echo MUNGE:x:"
	unmunge := fmt.Sprintf("#!/bin/sh\ncat >/dev/null\necho 'UID:  %d'\necho\nprintf 'is anybody there?'\n", os.Geteuid())
	if err := os.WriteFile(filepath.Join(fakes, "unmunge"), []byte(unmunge), 0o755); err != nil {
		t.Fatal(err)
	}
	inSlurm := append(os.Environ(), "SLURM_JOB_ID=1")
	for name, c := range map[string]struct {
		spec  Spec
		wish  Carrier
		want  Carrier // "" is an error
		notes bool
		munge string // what munge does; "" is to fail
	}{
		"here":               {Spec{Mpiexec: "mpirun"}, CarrierAuto, CarrierLauncher, false, ""},
		"hosts":              {Spec{Mpiexec: "mpirun", Hosts: "far1,far2"}, CarrierAuto, CarrierSSH, false, ""},
		"hosts by hand":      {Spec{Mpiexec: "mpirun", Hosts: "far1"}, CarrierLauncher, CarrierLauncher, false, ""},
		"file":               {Spec{Mpiexec: "mpirun", Hosts: "far1"}, CarrierFile, CarrierFile, false, ""},
		"Open MPI 5":         {Spec{Mpiexec: "prterun", Hosts: "far1"}, CarrierAuto, CarrierLauncher, true, ""},
		"MPICH":              {Spec{Mpiexec: "mpiexec.hydra", Hosts: "far1"}, CarrierAuto, CarrierLauncher, true, ""},
		"MPICH by ssh":       {Spec{Mpiexec: "mpiexec.hydra", Hosts: "far1"}, CarrierSSH, "", false, ""},
		"Slurm":              {Spec{Mpiexec: "srun"}, CarrierAuto, CarrierLauncher, true, ""},
		"inside Slurm":       {Spec{Mpiexec: "mpirun", Environ: inSlurm}, CarrierAuto, CarrierLauncher, true, ""},
		"ssh inside Slurm":   {Spec{Mpiexec: "mpirun", Environ: inSlurm}, CarrierSSH, "", false, ""},
		"an unknown program": {Spec{Command: []string{"true"}}, CarrierAuto, CarrierLauncher, false, ""},
		"MUNGE by a program": {Spec{Command: []string{"true"}}, CarrierMunge, CarrierMunge, false, ""},
		"MUNGE under srun":   {Spec{Mpiexec: "srun"}, CarrierAuto, CarrierMunge, false, mungeWorks},
		"MUNGE inside Slurm": {Spec{Mpiexec: "mpirun", Environ: inSlurm}, CarrierAuto, CarrierMunge, false, mungeWorks},
		"MUNGE elsewhere":    {Spec{Mpiexec: "prterun", Hosts: "far1"}, CarrierAuto, CarrierLauncher, true, mungeWorks},
		"MUNGE by hand":      {Spec{Mpiexec: "prterun", Hosts: "far1"}, CarrierMunge, CarrierMunge, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if homeIsShared() && c.notes {
				t.Skip("the home folder is on a network")
			}
			if err := os.WriteFile(filepath.Join(fakes, "munge"), []byte("#!/bin/sh\n"+cmp.Or(c.munge, "exit 1")+"\n"), 0o755); err != nil {
				t.Fatal(err)
			}
			c.spec.NP, c.spec.Exe, c.spec.Forward = 2, "/bin/true", []string{"SECRET", "OTHER"}
			plan, err := Plan(c.spec)
			if err != nil {
				t.Fatal(err)
			}
			as, spec, note, err := Carry(plan, c.spec, c.wish, "SECRET")
			if c.want == "" {
				if err == nil {
					t.Errorf("carried by %s", as)
				}
				return
			}
			if err != nil || as != c.want || (note != "") != c.notes {
				t.Fatalf("carried by %s, %q, %v", as, note, err)
			}
			plan, err = Plan(spec)
			if err != nil {
				t.Fatal(err)
			}
			sent := slices.Contains(plan.Args, "SECRET")
			if sent == (as == CarrierSSH) && !plan.Local && plan.Kind == OpenMPI {
				t.Errorf("carried by %s with the command line %v", as, plan.Args)
			}
		})
	}
}

// TestOwnAgent: the user's agent is run by ours, wherever it was named.
func TestOwnAgent(t *testing.T) {
	home := t.TempDir()
	if err := os.Mkdir(filepath.Join(home, ".openmpi"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, ".openmpi", "mca-params.conf"), []byte("btl = self\nplm_rsh_agent = myssh -v\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, spec := range map[string]Spec{
		"flags":       {Flags: []string{"--mca", "plm_rsh_agent", "myssh -v", "--mca", "a", "b"}},
		"command":     {Command: []string{"mpirun", "-mca", "plm_rsh_agent", "myssh -v"}},
		"launcher":    {Mpiexec: `mpirun --mca plm_rsh_agent "myssh -v" --host 'a b'`},
		"file":        {Environ: []string{"HOME=" + home}},
		"environment": {Environ: []string{"OMPI_MCA_plm_rsh_agent=myssh -v"}},
	} {
		got, err := withAgent(spec, "SECRET")
		if err != nil {
			t.Fatal(err)
		}
		all := strings.Join(append(append(slices.Clone(got.Flags), got.Command...), lookup(got.Environ, "OMPI_MCA_plm_rsh_agent"), got.Mpiexec), " ")
		if lookup(got.Environ, EnvAgent) != "myssh -v" || strings.Contains(all, "myssh") || !strings.Contains(all, AgentCommand) {
			t.Errorf("%s: %s, own agent %q", name, all, lookup(got.Environ, EnvAgent))
		}
	}
}
