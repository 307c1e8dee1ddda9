package launch

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// ownerFile is the record in a job's folder of whose job it is.
const ownerFile = "owner.json"

// Owner says which launcher a job is of that this software did not start, and
// what the MPI library leaves of that job when the launcher is killed. It is
// kept in the job's folder, for whoever is the last.
type Owner struct {
	Machine  string    // as Place has it
	Launcher ProcessID // of the job, on this machine
	Files    []string  // patterns of files (filepath.Glob) that go with the launcher
	Folders  []string  // and folders
}

// ProcessID names a process for good: numbers are used again, but not by a
// process that started at the same moment.
type ProcessID struct {
	Pid   int
	Start string // as the system tells it, "" where it does not
}

// Lives reports whether the process is there, and not its number alone.
func (p ProcessID) Lives() bool { return p.Pid > 0 && startOf(p.Pid) == p.Start && p.Start != "" }

// readOwner returns the owner of a job's folder; ok is false where it has none.
func readOwner(folder string) (o Owner, ok bool) {
	text, err := os.ReadFile(filepath.Join(folder, ownerFile))
	if err != nil || json.Unmarshal(text, &o) != nil {
		return Owner{}, false
	}
	return o, true
}

// launcherLives tells whether the launcher is there, as far as this machine
// knows.
func (o Owner) launcherLives() bool {
	return o.Machine != "" && o.Machine == ownMachine() && o.Launcher.Lives()
}

// RemoveLeft removes what the MPI library left of a job whose launcher is gone;
// it does nothing while the launcher lives, which then sees to it, or may live
// on another machine.
func (o Owner) RemoveLeft() {
	if o.Machine == "" || o.Machine != ownMachine() || o.Launcher.Pid == 0 || o.Launcher.Lives() {
		return
	}
	for _, pattern := range o.Files {
		files, _ := filepath.Glob(pattern)
		for _, file := range files {
			if info, err := os.Lstat(file); err == nil && info.Mode().IsRegular() && ownedByUser(info) {
				_ = os.Remove(file)
			}
		}
	}
	for _, folder := range o.Folders {
		if info, err := os.Lstat(folder); err == nil && info.IsDir() && ownedByUser(info) {
			_ = os.RemoveAll(folder)
			if ofOneUser(folder) {
				_ = os.Remove(filepath.Dir(folder)) // if this job was the last of them
			}
		}
	}
}

// ofOneUser reports whether a session's folder is one of Open MPI 4, "pid.N" in a folder
// of all jobs of a user.
func ofOneUser(session string) bool { return strings.HasPrefix(filepath.Base(session), "pid.") }

// sessionOf returns the pid of the launcher whose session a folder holds, -1 if its
// name tells none: a job that runs inside of another inherits that one's variables.
func sessionOf(folder string) (pid int) {
	name := filepath.Base(folder)
	words := strings.Split(name, ".")
	text := ""
	switch {
	case ofOneUser(folder):
		text = words[1] // "pid.N" of Open MPI 4
	case words[0] == "prterun" && len(words) >= 4:
		text = words[len(words)-2] // "prterun.HOST.PID.USER" of Open MPI 5; a host's name may have dots
	}
	pid, err := strconv.Atoi(text)
	if err != nil {
		return -1
	}
	return pid
}

// OwnerHere returns the owner of the job that this process is a rank of. MPI
// runs, so that its files can be seen.
func OwnerHere(launcher ProcessID) Owner {
	o := Owner{Machine: ownMachine(), Launcher: launcher}
	for _, name := range []string{"OMPI_MCA_orte_jobfam_session_dir", "PMIX_SERVER_TMPDIR"} {
		if session := os.Getenv(name); filepath.IsAbs(session) && sessionOf(session) == launcher.Pid {
			o.Folders = append(o.Folders, session)
		}
	}
	seen := map[string]bool{}
	for _, file := range mappedFiles() {
		name := filepath.Base(file)
		// "vader_segment.HOST.UID.JOB.RANK" of Open MPI 4, "sm_segment.…" of 5
		if cut := strings.LastIndexByte(name, '.'); cut > 0 && strings.Contains(name[:cut], "_segment.") {
			if pattern := filepath.Join(filepath.Dir(file), name[:cut]) + ".*"; !seen[pattern] && !strings.ContainsAny(file, `*?[\`) {
				seen[pattern] = true
				o.Files = append(o.Files, pattern)
			}
		}
	}
	return o
}

func ownedByUser(info os.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid()
}
