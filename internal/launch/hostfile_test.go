package launch

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestHostFileForms(t *testing.T) {
	for _, c := range []struct {
		text, openmpi, mpich string
		hosts                int
	}{
		{"a\nb\n", "a\nb\n", "a\nb\n", 2},
		{"a:2\nb:13\n", "a slots=2\nb slots=13\n", "a:2\nb:13\n", 2},
		{"a slots=2\nb  slots = 4 max_slots=8\n", "a slots=2\nb  slots = 4 max_slots=8\n", "a:2\nb:4\n", 2},
		{"a slots=2\r\nb\r\n", "a slots=2\nb\n", "a:2\nb\n", 2},
		{"\ufeffa:1 # the first\n# none\n\n", "a slots=1\n# none\n\n", "a:1 # the first\n# none\n\n", 1},
		{"fe80::1\nfe80::1:2\n", "fe80::1\nfe80::1:2\n", "fe80::1\nfe80::1:2\n", 2},
		{"a user=me slots=2", "a user=me slots=2", "a user=me slots=2", 1},
		{" \n# a\n", " \n# a\n", " \n# a\n", 0},
		{"", "", "", 0},
	} {
		for kind, want := range map[Kind]string{OpenMPI: c.openmpi, MPICH: c.mpich} {
			got, hosts := inFormOf(kind, c.text)
			if got != want || hosts != c.hosts {
				t.Errorf("%q for %v: got %q, %d hosts, want %q, %d", c.text, kind, got, hosts, want, c.hosts)
			}
		}
	}
}

// TestRealHostFiles has the launcher of this machine start workers by files of
// all forms.
func TestRealHostFiles(t *testing.T) {
	for name, text := range map[string]string{
		"plain": "localhost\nlocalhost\n", "MPICH's": "localhost:2\n", "Open MPI's": "localhost slots=2\n",
		"Windows'": "localhost slots=2\r\n", "commented": "# two\nlocalhost:2 # here\n",
	} {
		t.Run(name, func(t *testing.T) {
			spec := real(t, 2, "echo here")
			spec.Hostfile = filepath.Join(t.TempDir(), "hosts")
			if err := os.WriteFile(spec.Hostfile, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			p := run(t, spec)
			if status, ok := p.ExitStatus(); !ok || status != (ExitStatus{}) || strings.Join(p.Tail(), " ") != "here here" {
				t.Errorf("%v: %q", status, p.Tail())
			}
		})
	}
	spec := real(t, 2, "echo here")
	spec.Hostfile = filepath.Join(t.TempDir(), "hosts")
	if err := os.WriteFile(spec.Hostfile, []byte("# nobody\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Plan(spec); err == nil || !strings.Contains(err.Error(), "names no host") {
		t.Errorf("a file without hosts: %v", err)
	}
}
