package output

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// quiet is a console whose notes go into a buffer.
func quiet(out io.Writer) (*Console, *bytes.Buffer) {
	var notes bytes.Buffer
	return NewConsole(out, &notes), &notes
}

func outletTo(t *testing.T, mode string, out io.Writer) (*Outlet, *bytes.Buffer) {
	t.Helper()
	c, notes := quiet(out)
	d, err := NewDisplay(mode, c, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	o := NewOutlet(d)
	o.Name("3")
	return o, notes
}

// TestLines: each line has its rank in front, whatever the pieces are in which
// it comes, and a line that is not finished ends with the chunk.
func TestLines(t *testing.T) {
	for _, step := range []int{1, 3, 1000} {
		var out bytes.Buffer
		o, _ := outletTo(t, "live", &out)
		text := "one\ntwo\n\nunfinished"
		for i := 0; i < len(text); i += step {
			o.Add(StreamOut, []byte(text[i:min(i+step, len(text))]))
		}
		o.Await(uint64(len(text)))
		if got, want := out.String(), "[3] one\n[3] two\n[3] \n[3] unfinished\n"; got != want {
			t.Errorf("in steps of %d: got %q, want %q", step, got, want)
		}
	}
}

// TestLongLine: a line of any length is passed on in pieces, in time that grows
// as its length does, and stays one line.
func TestLongLine(t *testing.T) {
	const size = 64 << 20
	for _, mode := range []string{"live", "file"} {
		var out bytes.Buffer
		dir := t.TempDir()
		o, _ := outletTo(t, map[string]string{"live": "live", "file": "file=" + dir}[mode], &out)
		piece := bytes.Repeat([]byte("x"), 4<<10)
		for range size / len(piece) {
			o.Add(StreamOut, piece)
			if kept := len(o.partial[StreamOut]); kept > longestLine+len(piece) {
				t.Fatalf("%d bytes are kept", kept)
			}
		}
		o.Add(StreamOut, []byte("y\nnext\n"))
		got, want := out.String(), "[3] "+strings.Repeat("x", size)+"y\n[3] next\n"
		if mode == "file" {
			b, err := os.ReadFile(filepath.Join(dir, "3.out"))
			if err != nil {
				t.Fatal(err)
			}
			got, want = string(b), strings.Repeat("x", size)+"y\nnext\n"
		}
		if got != want {
			t.Errorf("%s: %d bytes are not the %d that were written", mode, len(got), len(want))
		}
	}
}

// TestLongLinesOfTwo: a long line that another one interrupts goes on with its
// rank in front.
func TestLongLinesOfTwo(t *testing.T) {
	var out bytes.Buffer
	c, _ := quiet(&out)
	d, err := NewDisplay("live", c, false)
	if err != nil {
		t.Fatal(err)
	}
	d.show("1", StreamOut, []byte("begin "))
	d.show("1", StreamOut, []byte("more"))
	d.show("2", StreamOut, []byte("other\n"))
	d.show("1", StreamOut, []byte("end\nand"))
	_, _ = c.Out.Write([]byte("own\n"))
	if got, want := out.String(), "[1] begin more\n[2] other\n[1] end\n[1] and\nown\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestGroupedBound: grouped output that is too much to keep is shown early.
func TestGroupedBound(t *testing.T) {
	var out bytes.Buffer
	o, _ := outletTo(t, "grouped", &out)
	line := []byte(strings.Repeat("x", 1<<20-1) + "\n")
	o.Add(StreamOut, line)
	if out.Len() > 0 {
		t.Fatal("shown before the chunk ends")
	}
	for range 20 {
		o.Add(StreamOut, line)
	}
	if kept := len(o.grouped[StreamOut]); kept > groupedBytes {
		t.Errorf("%d bytes are kept", kept)
	}
	o.Await(0)
	if n := bytes.Count(out.Bytes(), []byte("\n")); n != 21 {
		t.Errorf("%d lines, want 21", n)
	}
}

// held is output that nobody reads.
type held struct{ release chan struct{} }

func (h held) Write(p []byte) (int, error) { <-h.release; return len(p), nil }

// TestHeldBack: whoever waits for output that is not taken goes on when it is
// given up, and what a worker wrote last can be asked for meanwhile.
func TestHeldBack(t *testing.T) {
	out := held{make(chan struct{})}
	defer close(out.release)
	o, _ := outletTo(t, "live", out)
	var waiting sync.WaitGroup
	for range 3 {
		waiting.Go(func() { o.Add(StreamOut, []byte("line\n")) })
	}
	waiting.Go(func() { o.Await(15) })
	for o.display.Out.stuck() == 0 {
		time.Sleep(time.Millisecond)
	}
	if got := o.LastLines(1); got != "line" {
		t.Errorf("last line %q", got)
	}
	o.display.GiveUp()
	waiting.Wait()
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// TestLostOutput: output that cannot be written is told once, at once, and how
// much it was at the end.
func TestLostOutput(t *testing.T) {
	o, notes := outletTo(t, "live", failing{fmt.Errorf("it is full: %w", syscall.ENOSPC)})
	for range 2 {
		o.Add(StreamOut, []byte("line\n"))
	}
	if text := notes.String(); strings.Count(text, "standard output cannot be written to: it is full") != 1 {
		t.Errorf("told: %q", text)
	}
	err := o.display.Lost()
	if !errors.Is(err, errOutput) || !strings.Contains(err.Error(), "18 bytes for standard output") {
		t.Errorf("lost: %v", err)
	}
}
