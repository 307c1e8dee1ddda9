package launch

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// FuzzExplain gives any words of a launcher to all explanations.
func FuzzExplain(f *testing.F) {
	recorded, _ := filepath.Glob("testdata/outputs/*")
	for _, file := range recorded {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	c := &Command{Path: "/usr/bin/mpirun", Args: []string{"mpirun"}, NP: 3}
	f.Fuzz(func(t *testing.T, text string) {
		for _, r := range refusals {
			if m := r.form.FindStringSubmatch(text); m != nil && r.say(c, m) == "" {
				t.Errorf("%s explains nothing", r.form)
			}
		}
		_, _ = readVersion(text)
	})
}

// FuzzWords reads any command line and list of hosts of a user.
func FuzzWords(f *testing.F) {
	for _, line := range []string{"mpirun -np 4", `--host a,b:4 'x y' "z \" z" \ `, "-hosts=a, b", "--mca a b -x C", "'", `"`, "\\"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		words, err := SplitWords(line)
		if err != nil {
			return
		}
		for _, h := range append(hostsIn(words), splitHosts(line)...) {
			if h == "" || strings.ContainsAny(h, ",:") {
				t.Errorf("%q is a host in %q", h, line)
			}
		}
		_ = countIn(OpenMPI, words)
		again, err := SplitWords(joinWords(words))
		if err != nil || !slices.Equal(again, words) {
			t.Errorf("%q is read as %q, and written and read again as %q, %v", line, words, again, err)
		}
	})
}
