package launch

import "testing"

// TestSessionOf holds whose a session's folder is, by its name.
func TestSessionOf(t *testing.T) {
	for folder, want := range map[string]int{
		"/tmp/ompi.vm.1000/pid.77":           77,
		"/tmp/prterun.vm.15980.0":            15980,
		"/tmp/prterun.node7.site.org.42.100": 42,
		"/tmp/prterun.42":                    -1,
		"/tmp/prted.vm.42.0":                 -1,
		"/tmp/pid.x":                         -1,
		"/tmp":                               -1,
	} {
		if got := sessionOf(folder); got != want {
			t.Errorf("%s: %d, want %d", folder, got, want)
		}
	}
}
