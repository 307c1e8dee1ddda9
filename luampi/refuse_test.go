package luampi

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/mpiclus/mpiclus-lua/tests/mpitest"
)

// TestFailedFree has the library refuse to free objects: they stay in use.
func TestFailedFree(t *testing.T) {
	mpitest.Need(t)
	layer := filepath.Join(t.TempDir(), "refuse.so")
	if out, err := exec.Command("mpicc", "-shared", "-fPIC", "-o", layer, "testdata/oracle/refuse.c").CombinedOutput(); err != nil {
		t.Fatalf("mpicc: %v\n%s", err, out)
	}
	script, _ := filepath.Abs("testdata/oracle/refuse.lua")
	c := rankCommand("scripts", 2)
	c.Env = append(c.Env, scriptsVariable+"="+script, "LD_PRELOAD="+layer, "REFUSE_WHILE="+filepath.Join(t.TempDir(), "refuse"))
	if options, set := os.LookupEnv("ASAN_OPTIONS"); set { // a layer comes before the sanitizer's library
		c.Env = append(c.Env, "ASAN_OPTIONS="+options+":verify_asan_link_order=0")
	}
	if r := mpitest.Run(t, c); r.Status != 0 {
		t.Fatal(r)
	}
}
