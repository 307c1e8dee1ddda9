package lineedit

import (
	"bufio"
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// How many inputs a file of history keeps: when it has more than twice as many, the
// older ones go.
const keptInputs = 5000

// prepare makes a file that only its owner can read, if it is not there, and not too
// long.
func prepare(file string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Chmod(0o600); err != nil {
		return err
	}
	return shorten(file)
}

// shorten leaves the last lines of a file that has become long.
func shorten(file string) error {
	text, err := os.ReadFile(file)
	if err != nil || bytes.Count(text, []byte("\n")) <= 2*keptInputs {
		return err
	}
	var lines [][]byte
	scan := bufio.NewScanner(bytes.NewReader(text))
	scan.Buffer(nil, len(text)+1)
	for scan.Scan() {
		lines = append(lines, bytes.Clone(scan.Bytes()))
	}
	fresh := file + ".new"
	if err := os.WriteFile(fresh, append(bytes.Join(lines[len(lines)-keptInputs:], []byte("\n")), '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(fresh, file)
}

// HistoryFile is where the inputs of a program are kept for the user: in
// $XDG_STATE_HOME or ~/.local/state (XDG base directory specification); "" where
// there is no home.
func HistoryFile(program string) string {
	state := os.Getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(state) {
		home, err := os.UserHomeDir()
		if err != nil || errors.Is(exists(home), fs.ErrNotExist) {
			return ""
		}
		state = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(state, program, "history")
}

func exists(path string) error {
	_, err := os.Stat(path)
	return err
}
