package protocol

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/munge"
)

// A secret that is handed over in a file: what travels with the launcher is
// its path and the SHA-256 of its content, so that who reads that has nothing,
// and a worker knows that the file which it sees is the same.

const (
	handoverMark   = "@" // begins the text in the place of a Join
	handoverFolder = ".mpiclus"
	handoverPrefix = "join-"
	handoverAge    = 24 * time.Hour // after which a file that was left behind goes
	maxHandover    = 64 << 10
)

// HandOver writes a secret to a file that only this user can read, in the home
// folder, and returns the text that tells workers of it, and the file's path. The
// caller removes the file when all have read it.
func HandOver(secret string) (text, path string, err error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return "", "", err
	}
	folder := filepath.Join(home, handoverFolder)
	var name [12]byte
	_, _ = rand.Read(name[:]) // never fails
	path = filepath.Join(folder, handoverPrefix+hex.EncodeToString(name[:]))
	f, err := createIn(folder, path)
	if err != nil {
		return "", "", err
	}
	sweepHandover(folder)
	_, err = f.WriteString(secret)
	if err == nil {
		err = f.Sync() // other hosts read it
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		os.Remove(path)
		return "", "", err
	}
	sum := sha256.Sum256([]byte(secret))
	return handoverMark + hex.EncodeToString(sum[:]) + path, path, nil
}

// createIn makes a file, and its folder if need be. The last job to end takes
// the folder away.
func createIn(folder, path string) (f *os.File, err error) {
	for range 3 {
		if err := os.Mkdir(folder, 0o700); err != nil && !os.IsExist(err) {
			return nil, err
		}
		f, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if !os.IsNotExist(err) {
			break
		}
	}
	return f, err
}

// sweepHandover removes what masters left behind that were killed.
func sweepHandover(folder string) {
	old, _ := filepath.Glob(filepath.Join(folder, handoverPrefix+"*"))
	for _, path := range old {
		if info, err := os.Lstat(path); err == nil && time.Since(info.ModTime()) > handoverAge {
			_ = os.Remove(path)
		}
	}
}

// TakeOver returns the secret that a text of HandOver tells of, or that one of MUNGE
// holds; any other text is given back as it is.
func TakeOver(text string) (string, error) {
	if munge.IsSealed(text) {
		secret, err := munge.Open(text)
		if err != nil {
			err = fmt.Errorf("the job's secret: %w; --secret file or launcher takes it another way", err)
		}
		return secret, err
	}
	rest, marked := strings.CutPrefix(text, handoverMark)
	if !marked {
		return text, nil
	}
	if len(rest) < 2*sha256.Size+1 {
		return "", errors.New("where the secret is cannot be read")
	}
	sum, path := rest[:2*sha256.Size], rest[2*sha256.Size:]
	secret, err := readHandover(path)
	if err != nil {
		return "", fmt.Errorf("the job's secret: %w (with --secret file the home folder must be the same on all hosts)", err)
	}
	if got := sha256.Sum256([]byte(secret)); hex.EncodeToString(got[:]) != sum {
		return "", fmt.Errorf("the job's secret: %s is not the file that the master wrote", path)
	}
	return secret, nil
}

func readHandover(path string) (string, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	switch {
	case !info.Mode().IsRegular():
		return "", fmt.Errorf("%s is no file", path)
	case info.Mode().Perm()&0o077 != 0 || ok && int(owner.Uid) != os.Geteuid():
		return "", fmt.Errorf("%s is not this user's alone", path)
	}
	b, err := io.ReadAll(io.LimitReader(f, maxHandover))
	return string(b), err
}
