package load

import (
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// Environment variables that say where plugins are; lists are separated as in
// PATH.
const (
	EnvPlugins = "MPICLUS_PLUGIN"      // plugins and folders of them, what --plugin gives
	EnvPath    = "MPICLUS_PLUGIN_PATH" // folders
	EnvLock    = "MPICLUS_PLUGIN_LOCK" // a lock file that all plugins must be in
)

// NoRank is the rank of a process outside MPI.
const NoRank = -1

// Config says where plugins are and who loads them. The zero value finds
// plugins by path only.
type Config struct {
	Files   []string // executables, or folders of them; first in the search
	Folders []string // searched in order
	Lock    string   // lock file that every plugin must be in; "": only one beside the plugin counts
	Version string   // of this software
	Rank    int      // in the MPI job; NoRank outside

	Stdout, Stderr io.Writer // what plugins write, each line tagged; default the process's own
	StartTimeout   time.Duration
	Log            *slog.Logger
}

const startTimeout = 15 * time.Second

// FromEnvironment completes a configuration with what the environment and the
// place of this executable say.
func (c Config) FromEnvironment() Config {
	split := func(name string) []string { // an empty element is none: not the current folder
		return slices.DeleteFunc(filepath.SplitList(os.Getenv(name)), func(s string) bool { return s == "" })
	}
	c.Files = append(c.Files, split(EnvPlugins)...)
	c.Folders = append(c.Folders, split(EnvPath)...)
	if exe, err := os.Executable(); err == nil {
		if real, err := filepath.EvalSymlinks(exe); err == nil {
			exe = real
		}
		c.Folders = append(c.Folders, filepath.Join(filepath.Dir(exe), "plugins"))
	}
	if dir, err := os.UserConfigDir(); err == nil {
		c.Folders = append(c.Folders, filepath.Join(dir, "mpiclus-lua", "plugins"))
	}
	if c.Lock == "" {
		c.Lock = os.Getenv(EnvLock)
	}
	return c
}

// Loader has the plugins of a process. Its methods may be called from any
// goroutine. Close ends it.
type Loader struct {
	cfg     Config
	starter *starter

	mu      sync.Mutex
	plugins map[string]*loading // by path
	closed  bool
}

// loading is a plugin that is loaded, or is being loaded by the first who
// asked for it.
type loading struct {
	done chan struct{}
	p    *Plugin
	err  error
}
