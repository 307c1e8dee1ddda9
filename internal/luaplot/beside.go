package luaplot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/mpiclus/mpiclus-lua/internal/figure"
)

// Program is what draws, beside the executable: it holds what only files of figures
// need, so that no process starts later for it.
const Program = "mpiclus-lua-plot"

// Beside draws by the program beside the executable. It gets the picture, in
// MessagePack, on its standard input and writes the file to its output; what is wrong
// it says on standard error, and ends with 1.
func Beside(ctx context.Context, w io.Writer, p *figure.Picture) error {
	exe, err := os.Executable()
	if err != nil {
		return err
	}
	program := filepath.Join(filepath.Dir(exe), Program)
	var picture, wrong bytes.Buffer
	if err := msgpack.NewEncoder(&picture).Encode(p); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, program)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = &picture, w, &wrong
	err = cmd.Run()
	var ended *exec.ExitError
	switch {
	case errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("the program %s, which draws, is not beside %s: keep together what make build puts into bin/", Program, exe)
	case errors.As(err, &ended) && wrong.Len() > 0:
		return errors.New(strings.TrimSpace(wrong.String()))
	}
	return err
}
