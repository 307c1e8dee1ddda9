package load

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// ErrUntrusted is behind the error for a plugin that others could have written.
var ErrUntrusted = errors.New("not trusted")

// distrust reports why a plugin's file may be another user's work, nil when
// nobody but this user and root can have written it: the file and every folder
// on the way to it are theirs, and others may not write to them. A folder with
// the sticky bit (as /tmp) is fine: others cannot exchange there what is not
// theirs. Both ways are looked at where one is a symbolic link.
func distrust(path string) error {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	if err := distrustWay(real); err != nil {
		return err
	}
	if real == path {
		return nil
	}
	return distrustWay(path)
}

// distrustWay looks at a path and all that is above it. A link counts by its
// owner: its mode means nothing.
func distrustWay(path string) error {
	for at := path; ; at = filepath.Dir(at) {
		info, err := os.Lstat(at)
		if err != nil {
			return err
		}
		if err := distrustEntry(at, info); err != nil {
			return err
		}
		if at == filepath.Dir(at) {
			return nil
		}
	}
}

func distrustEntry(path string, info fs.FileInfo) error {
	what := "file"
	if info.IsDir() {
		what = "folder"
	}
	if s, ok := info.Sys().(*syscall.Stat_t); ok && s.Uid != 0 && int(s.Uid) != os.Geteuid() {
		return fmt.Errorf("the %s %s belongs to another user (uid %d)", what, path, s.Uid)
	}
	mode := info.Mode()
	if mode.Type() == fs.ModeSymlink || mode.Perm()&0o022 == 0 || info.IsDir() && mode&fs.ModeSticky != 0 {
		return nil
	}
	who := "everybody"
	if mode.Perm()&0o002 == 0 {
		who = "its group"
	}
	return fmt.Errorf("%s may write to the %s %s (chmod go-w %s)", who, what, path, quoted(path))
}

// quoted is a path as a shell reads it.
func quoted(path string) string {
	if strings.ContainsAny(path, " '\"$`\\*?[]{}();&|<>~#!\t\n") {
		return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
	}
	return path
}
