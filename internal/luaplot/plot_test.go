package luaplot

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/figure"
	"github.com/mpiclus/mpiclus-lua/internal/figure/draw"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/luamodule/moduletest"
)

// TestMain is the program that draws, where it is started as that.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == Program {
		if err := draw.Serve(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func add(in *interp.Interp) {
	in.AddModule("array", array.Open)
	in.AddModule("plot", Opener(in, func(_ context.Context, w io.Writer, p *figure.Picture) error { return draw.Write(w, p) }))
}

func TestScripts(t *testing.T) { moduletest.Scripts(t, add) }

// TestBeside: the program beside the executable draws what is drawn here, its errors
// are told, and one that is not there is named.
func TestBeside(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	f := figure.New()
	f.Title = "from beside"
	f.Series = []*figure.Series{{X: []float64{1, 2}, Y: []float64{3, 4}}}
	p := &figure.Picture{Page: figure.Page{Format: "svg", Width: 10, Height: 8}, Panels: [][]*figure.Figure{{f}}}
	if err := Beside(t.Context(), io.Discard, p); err == nil || !strings.Contains(err.Error(), "is not beside "+exe) {
		t.Error(err)
	}
	program := filepath.Join(filepath.Dir(exe), Program)
	if err := os.Symlink(exe, program); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Remove(program) })
	var here, beside bytes.Buffer
	if err := draw.Write(&here, p); err != nil {
		t.Fatal(err)
	}
	if err := Beside(t.Context(), &beside, p); err != nil || !bytes.Equal(here.Bytes(), beside.Bytes()) {
		t.Errorf("%v\n%s\n%s", err, here.String(), beside.String())
	}
	f.YMin, f.YLog = -1, true
	if err := Beside(t.Context(), io.Discard, p); err == nil || err.Error() != "the y axis cannot end at -1: a logarithmic axis has numbers above 0 alone" {
		t.Error(err)
	}
}
