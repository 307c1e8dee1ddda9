package launch

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
)

// folderPrefix starts the names of job folders: mpiclus-UID-RANDOM.
const folderPrefix = "mpiclus-"

// Folder is the private folder (mode 0700) of a job, for its sockets and for
// what the MPI library leaves. It is held by a lock as long as its maker lives.
type Folder struct {
	Path  string
	lock  *os.File
	guard *guard
	once  sync.Once
}

// MakeFolder makes the folder of a job of so many ranks on this machine (0: not
// known): in memory where there is room, so that
// shared memory in it is fast and its path is short enough for a socket; else,
// or when MPICLUS_TMPDIR says so, on disk. Folders that a killed master left
// behind are removed on the way.
func MakeFolder(ranks int) (*Folder, error) {
	name := folderPrefix + strconv.Itoa(os.Geteuid()) + "-"
	var errs []error
	for _, dir := range folderPlaces(ranks) {
		abandoned, _ := filepath.Glob(filepath.Join(dir, name+"*"))
		for _, folder := range abandoned {
			RemoveAbandoned(folder)
		}
		for range 3 { // another master may sweep the folder before it is locked
			path, err := os.MkdirTemp(dir, name)
			if err != nil {
				errs = append(errs, err)
				break
			}
			if lock := lockFolder(path); lock != nil {
				return &Folder{Path: path, lock: lock}, nil
			}
			errs = append(errs, fmt.Errorf("%s was removed while it was made", path))
		}
	}
	return nil, fmt.Errorf("no place for the job's folder: %w", errors.Join(errs...))
}

// Guard has a process of its own watch that the folder goes when this process
// is killed. Without a shell there is no guard: then the next job of the
// user removes the folder.
func (f *Folder) Guard() {
	self, err := os.Executable()
	if err != nil {
		return
	}
	words := []string{"-c", guardScript, self, SweepCommand, f.Path}
	cmd := exec.Command("/bin/sh", words...)             // without this process's output, whose end Hydra's proxies wait for
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // signals to the job are not for it
	cmd.Dir = "/"
	in, err := cmd.StdinPipe()
	if err == nil && cmd.Start() == nil {
		f.guard = &guard{cmd, in}
	}
}

// Record writes the owner into the folder, at once and whole.
func (f *Folder) Record(o Owner) error {
	text, err := json.Marshal(o)
	if err != nil {
		return err
	}
	path := filepath.Join(f.Path, ownerFile)
	if err := os.WriteFile(path+"~", text, 0o600); err != nil {
		return err
	}
	return os.Rename(path+"~", path)
}

// Remove removes the folder with all that is in it, and what its owner left if
// that is gone. It may be called again.
func (f *Folder) Remove() error {
	if owner, ok := readOwner(f.Path); ok {
		owner.RemoveLeft()
	}
	err := os.RemoveAll(f.Path)
	f.lock.Close()
	f.once.Do(func() {
		if f.guard != nil {
			f.guard.dismiss()
		}
	})
	return err
}

// Leave is Remove for a rank that ends before its launcher does: the folder's
// guard waits for that end, since the launcher may be killed yet, and removes
// the folder then. It reports false where there is no guard.
func (f *Folder) Leave() bool {
	if f.guard == nil {
		return false
	}
	entries, _ := os.ReadDir(f.Path)
	for _, e := range entries {
		if e.Name() != ownerFile {
			_ = os.RemoveAll(filepath.Join(f.Path, e.Name()))
		}
	}
	_, _ = io.WriteString(f.guard.in, wordLeft)
	return true
}

// RemoveAbandoned removes a job's folder if its maker is gone, and reports
// whether it did. Supervisors call it when they have lost their master.
func RemoveAbandoned(path string) bool {
	info, err := os.Lstat(path)
	if err != nil || !info.IsDir() || !ownedByUser(info) {
		return false
	}
	lock := lockFolder(path)
	if lock == nil {
		return false
	}
	defer lock.Close()
	if owner, ok := readOwner(path); ok {
		if owner.launcherLives() {
			return false // it may be killed yet, and leave what the record names
		}
		owner.RemoveLeft()
	}
	return os.RemoveAll(path) == nil
}

// lockFolder takes the lock of a folder that is there; nil: another holds it.
func lockFolder(path string) *os.File {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
		if _, err := os.Lstat(path); err == nil {
			return f
		}
	}
	f.Close()
	return nil
}

// folderPlaces are where the folder of a job of so many ranks may be, the best
// first.
func folderPlaces(ranks int) []string {
	if dir := os.Getenv("MPICLUS_TMPDIR"); dir != "" {
		return []string{dir}
	}
	if inMemory("/dev/shm", ranks) {
		return []string{"/dev/shm", os.TempDir()}
	}
	return []string{os.TempDir()}
}
