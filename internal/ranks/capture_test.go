package ranks

import (
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/output"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

// TestCaptureEnds gives the standard output back while a process that was
// started meanwhile still has it.
func TestCaptureEnds(t *testing.T) {
	n := rpc.New(rpc.Config{Self: rpc.Master})
	defer n.Close()
	c, err := newCapture(n, []byte{output.StreamOut})
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command("sleep", "60")
	child.Stdout = os.Stdout
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	c.close()
	if took := time.Since(begin); took > 30*time.Second {
		t.Errorf("close took %v", took)
	}
	_ = child.Process.Kill()
	_ = child.Wait()
}
