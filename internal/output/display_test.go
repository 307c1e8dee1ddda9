package output

import (
	"io"
	"os"
	"path/filepath"
	"testing"
)

// TestLatePiece: what a worker's pipe still holds when the files are closed goes
// behind what they have.
func TestLatePiece(t *testing.T) {
	folder := t.TempDir()
	d, err := NewDisplay("file="+folder, NewConsole(io.Discard, io.Discard), false)
	if err != nil {
		t.Fatal(err)
	}
	d.show("0", StreamOut, []byte("first\n"))
	d.closeFiles()
	d.show("0", StreamOut, []byte("late\n"))
	d.closeFiles()
	text, err := os.ReadFile(filepath.Join(folder, "0.out"))
	if err != nil || string(text) != "first\nlate\n" {
		t.Errorf("%q, %v", text, err)
	}
}
