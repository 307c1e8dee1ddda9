package launch

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// otherHosts makes a spec that runs on hosts which a stand-in for ssh plays on
// this machine: it starts commands with an almost empty environment, as a login
// does, and leaves the command lines that it was given in a file. Each host has
// its own TMPDIR: Open MPI's daemons must not share one.
func otherHosts(t *testing.T, np int, script string) (Spec, string) {
	t.Helper()
	spec := real(t, np, script)
	if c, err := Plan(spec); err == nil && c.Kind != OpenMPI {
		t.Skip("the stand-in for ssh is given to Open MPI by one of its settings")
	}
	agent, seen := filepath.Join(spec.Folder, "agent"), filepath.Join(spec.Folder, "seen")
	text := "#!/bin/sh\nhost=$1\nshift\necho \"$*\" >>" + seen + "\nmkdir -p " + spec.Folder + "/$host\n" +
		"exec env -i PATH=\"$PATH\" HOME=/ TMPDIR=" + spec.Folder + "/$host OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 PLAYED=$host sh -c \"$*\"\n"
	if err := os.WriteFile(agent, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	spec.Hosts = "hosta:2,hostb:1"
	spec.Flags = []string{"--mca", "plm_rsh_agent", agent, "--mca", "plm_rsh_no_tree_spawn", "1"}
	return spec, seen
}

func TestRealOtherHosts(t *testing.T) {
	spec, seen := otherHosts(t, 3, `echo "$PLAYED $SECRET $DATA $OMPI_MCA_osc $UCX_MEMTYPE_CACHE"`)
	spec.Env = map[string]string{"DATA": "a b"}
	spec.Forward = []string{"SECRET"}
	spec.Environ = append(os.Environ(), "SECRET=hush-hush")
	c, err := Plan(spec)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(c.String(), "hush-hush") {
		t.Errorf("the secret's value is on the command line: %s", c)
	}
	p := run(t, spec)
	got := p.Tail()
	slices.Sort(got)
	osc := "^rdma,ucx"
	if c.major >= 5 {
		osc = ""
	}
	want := []string{"hosta hush-hush a b " + osc + " no", "hosta hush-hush a b " + osc + " no", "hostb hush-hush a b " + osc + " no"}
	if !slices.Equal(got, want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
	lines, err := os.ReadFile(seen)
	if err != nil || strings.Contains(string(lines), "hush-hush") {
		t.Errorf("what ssh was told: %v: %s", err, lines)
	}
}

func TestRealOtherHostLacksTheWorker(t *testing.T) {
	spec, _ := otherHosts(t, 3, "exec sleep 60")
	spec.ExeArgs = nil
	spec.Exe = filepath.Join(spec.Folder, "worker")
	c, err := Plan(spec)
	if err != nil {
		t.Fatal(err)
	}
	p := run(t, spec)
	e := Explain(c, Outcome{Process: p})
	if !strings.Contains(e.Message, "has no executable "+spec.Exe+": install worker there") {
		t.Errorf("got:\n%s", e.Message)
	}
}
