package launch

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// TestLoneSays: the words reach the reader of the launcher's errors, and saying
// them ends when there is no reader, or one that does not read.
func TestLoneSays(t *testing.T) {
	const words = "rank 3 is gone"
	for name, prepare := range map[string]func(t *testing.T, read, write *os.File){
		"read":      func(*testing.T, *os.File, *os.File) {},
		"no reader": func(_ *testing.T, read, _ *os.File) { read.Close() },
		"full":      fill,
	} {
		t.Run(name, func(t *testing.T) {
			read, write, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer read.Close()
			defer write.Close()
			prepare(t, read, write) // before os/exec makes the pipe one that blocks
			launcher := exec.Command("sleep", "60")
			launcher.Stderr = write
			if err := launcher.Start(); err != nil {
				t.Fatal(err)
			}
			defer func() {
				_ = launcher.Process.Kill()
				_ = launcher.Wait()
			}()
			said := make(chan struct{})
			go func() {
				Lone{ProcessID{Pid: launcher.Process.Pid}, words}.say()
				close(said)
			}()
			select {
			case <-said:
			case <-time.After(sayLimit + 10*time.Second):
				t.Fatal("it waits for a reader")
			}
			if name != "read" {
				return
			}
			got := make([]byte, 100)
			n, err := read.Read(got)
			if err != nil || strings.TrimSpace(string(got[:n])) != words {
				t.Errorf("%q, %v", got[:n], err)
			}
		})
	}
}

// fill writes to a pipe until it has no room.
func fill(t *testing.T, _, write *os.File) {
	_ = write.SetWriteDeadline(time.Now().Add(100 * time.Millisecond))
	for block := make([]byte, 1<<12); ; {
		if _, err := write.Write(block); err != nil {
			if !os.IsTimeout(err) {
				t.Fatal(err)
			}
			return
		}
	}
}
