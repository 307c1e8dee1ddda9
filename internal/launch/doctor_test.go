package launch

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestExamineWithoutMPI(t *testing.T) {
	exe := filepath.Join(t.TempDir(), "mpiclus-lua")
	r := examine(t.Context(), exe, []string{"PATH=/nonexistent", "HOME=/nonexistent", "MPICLUS_PLUGIN_PATH=/nonexistent"}, "", 2)
	got := r.String()
	for _, want := range []string{"FAIL  launcher   no mpirun", "apt-get install openmpi-bin", "FAIL  workers    no executable", "make build", "warn  plugins", "processors"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in:\n%s", want, got)
		}
	}
	if r.Problems() != 2 || r.OK() {
		t.Errorf("%d problems in:\n%s", r.Problems(), got)
	}
}

// TestExamineNamedLauncher: the launcher that is named is looked at, and no other.
func TestExamineNamedLauncher(t *testing.T) {
	folder := t.TempDir()
	script := "#!/bin/sh\ncase \"$*\" in *version*) echo 'mpirun (Open MPI) 4.1.4';; *) echo tried >>" + folder + "/tried;; esac\n"
	for _, name := range []string{"mpirun", "named"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	environ := []string{"PATH=" + folder + ":/usr/bin:/bin", "HOME=" + folder}
	named := filepath.Join(folder, "named") + " --bind-to none"
	if got := examine(t.Context(), "x", environ, named, 2).String(); !strings.Contains(got, "ok    launcher   "+folder+"/named: Open MPI 4.1.4") {
		t.Errorf("the named launcher is not looked at:\n%s", got)
	}
	if _, err := os.Stat(filepath.Join(folder, "tried")); err != nil {
		t.Error("the named launcher is not tried")
	}
	for _, wrong := range []string{"nosuch", "'"} {
		if got := examine(t.Context(), "x", environ, wrong, 2).String(); !strings.Contains(got, "FAIL  launcher") || strings.Contains(got, "mpirun:") {
			t.Errorf("%s:\n%s", wrong, got)
		}
	}
}

func TestExamineLinkedExecutables(t *testing.T) {
	if os.Getenv("MPICLUS_NO_MPI") != "" {
		t.Skip("MPICLUS_NO_MPI is set: there may be no C compiler")
	}
	dir := t.TempDir()
	exe := filepath.Join(dir, "mpiclus-lua")
	build := func(args ...string) {
		t.Helper()
		cmd := exec.Command("gcc", args...)
		cmd.Dir = dir
		cmd.Stdin = strings.NewReader("int MPI_Init(void){return 0;} int main(void){return 7;}")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	build("-xc", "-", "-shared", "-fPIC", "-o", "libmpi.so.999", "-Wl,-soname,libmpi.so.999")
	build("-xc", "-", "-o", exe+linkedOpenMPI, "-xnone", "-Wl,--no-as-needed", "libmpi.so.999")
	var r Report
	r.linked(t.Context(), exe, OpenMPI)
	if got := r.String(); !strings.Contains(got, "cannot start: libmpi.so.999 is missing") || r.Problems() != 1 {
		t.Errorf("a missing library:\n%s", got)
	}
	t.Setenv("LD_LIBRARY_PATH", dir)
	r = nil
	r.linked(t.Context(), exe, OpenMPI)
	if got := r.String(); !strings.Contains(got, "uses "+filepath.Join(dir, "libmpi.so.999")) || r.Problems() != 0 {
		t.Errorf("all there:\n%s", got)
	}
	r = nil
	r.linked(t.Context(), exe, MPICH)
	if got := r.String(); !strings.Contains(got, "make build-mpich") || r.Problems() != 1 {
		t.Errorf("another MPI's launcher:\n%s", got)
	}
}

func TestRealExamine(t *testing.T) {
	real(t, 1, "")
	r := examine(t.Context(), filepath.Join(t.TempDir(), "mpiclus-lua"), os.Environ(), "", 2)
	got := r.String()
	if !strings.Contains(got, "ok    trial      two processes started and ended in") || r.Problems() != 1 {
		t.Errorf("%d problems in:\n%s", r.Problems(), got)
	}
	if strings.Contains(got, "mpirun: MPICH") {
		return // which has no folder of its own
	}
	broken := append(os.Environ(), "OMPI_MCA_orte_tmpdir_base=/proc/nope", "PRTE_MCA_prte_tmpdir_base=/proc/nope")
	if got := examine(t.Context(), "x", broken, "", 2).String(); !strings.Contains(got, "FAIL  trial      mpirun cannot make its folder /proc/nope") {
		t.Errorf("a broken setting:\n%s", got)
	}
}
