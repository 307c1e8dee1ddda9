package output

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
)

// TestPrintHeldBack: a script whose output nobody reads waits without the
// interpreter, an interrupt ends it, and the rest comes in order when somebody
// reads at last.
func TestPrintHeldBack(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	c := NewConsole(w, io.Discard)
	in := interp.New(interp.Config{Stdout: c.Out})
	defer in.Close()
	start := func(source string) (*interp.Task, chan error) {
		failed := make(chan error, 1)
		return in.Start(t.Context(), "test", func(task *interp.Task) {
			fn, err := task.L().LoadString(source)
			if err == nil {
				_, err = task.Call(fn)
			}
			failed <- err
		}), failed
	}
	ends := func(what string, failed chan error) error {
		select {
		case err := <-failed:
			return err
		case <-time.After(20 * time.Second):
			r.Close() // or the write would hold the end of the test as well
			t.Fatalf("%s holds on", what)
			return nil
		}
	}
	const lines, wide = 40, 8000
	printing, printed := start(fmt.Sprintf("for i = 1, %d do print(i .. (' '):rep(%d)) end", lines, wide))
	for c.Out.stuck() < 10*time.Millisecond { // the pipe is full
		time.Sleep(time.Millisecond)
	}
	if _, other := start("x = 1"); ends("another task beside a print that waits", other) != nil {
		t.Error("another task failed")
	}
	writing, written := start("pcall(io.write, 'cut') io.write 'never'")
	for waiting := 0; waiting == 0; time.Sleep(time.Millisecond) {
		c.Out.turns.mu.Lock()
		waiting = len(c.Out.turns.queue)
		c.Out.turns.mu.Unlock()
	}
	writing.Cancel(errors.New("enough"))
	if err := ends("an interrupted io.write", written); err == nil || !strings.Contains(err.Error(), "interrupted") {
		t.Errorf("interrupted: %v", err)
	}
	scanner, cuts := bufio.NewScanner(r), 0
	for i := 1; i <= lines; i++ {
		scanner.Scan()
		text, cut := strings.CutPrefix(strings.TrimRight(scanner.Text(), " "), "cut") // its write had begun
		if text != fmt.Sprint(i) {
			t.Fatalf("line %d is %.20q", i, scanner.Text())
		}
		if cut {
			cuts++
		}
	}
	if cuts != 1 {
		t.Errorf("what was begun before the interrupt is there %d times", cuts)
	}
	if err := ends("print", printed); err != nil {
		t.Error(err)
	}
	<-printing.Done()
}
