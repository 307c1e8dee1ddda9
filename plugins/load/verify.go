package load

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// LockName is the name of a lock file beside plugins: its lines are those of
// sha256sum, "checksum  name".
const LockName = "plugins.lock"

const checksumPrefix = "sha256:"

// Checksum returns the checksum of a file, "sha256:…".
func Checksum(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return checksumPrefix + hex.EncodeToString(h.Sum(nil)), nil
}

// verify checks a plugin's file against the wanted checksum, the lock file of
// the configuration and the one beside it, as far as there are any; and whether
// others can have written it, which is an error unless the checksum or the
// configuration's lock file say what is in it. Then it gives that checksum as
// pin: what runs must have it.
func (l *Loader) verify(path, want string) (pin string, err error) {
	foreign := distrust(path)
	if foreign != nil && want == "" && (l.cfg.Lock == "" || distrust(absolute(l.cfg.Lock)) != nil) {
		return "", luaerr.New(luaerr.Plugin, "plugin %s is %w; or name its content: plugin.load(path, {checksum = …}), MPICLUS_PLUGIN_LOCK",
			nameOf(path), fmt.Errorf("%w: %w", ErrUntrusted, foreign))
	}
	got, err := l.check(path, want)
	if err != nil || foreign == nil {
		return "", err
	}
	return got, nil
}

func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

// pinned copies a plugin that others may write to into a folder that only this
// user can enter, and checks the copy: what is checked is what runs.
func pinned(path, pin, folder string) (string, error) {
	from, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer from.Close()
	copied := filepath.Join(folder, filepath.Base(path))
	to, err := os.OpenFile(copied, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o700)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	_, err = io.Copy(io.MultiWriter(to, h), from)
	if closeErr := to.Close(); err == nil {
		err = closeErr
	}
	if err == nil && checksumPrefix+hex.EncodeToString(h.Sum(nil)) != pin {
		err = fmt.Errorf("%s has changed since it was checked", path)
	}
	return copied, err
}

// check checks a plugin's file against what says which content it must have,
// and returns its checksum, "" when nothing does.
func (l *Loader) check(path, want string) (string, error) {
	locks := make([]string, 0, 2)
	if l.cfg.Lock != "" {
		locks = append(locks, l.cfg.Lock)
	}
	if beside := filepath.Join(filepath.Dir(path), LockName); exists(beside) {
		locks = append(locks, beside)
	}
	if want == "" && len(locks) == 0 {
		return "", nil
	}
	name := nameOf(path)
	if want != "" && !wellFormed(want) {
		return "", luaerr.New(luaerr.Argument, "plugin %s: a checksum looks like sha256: and 64 hexadecimal digits, not %q", name, want)
	}
	got, err := Checksum(path)
	if err != nil {
		return "", luaerr.New(luaerr.Plugin, "plugin %s: %w", name, err)
	}
	if want != "" && !strings.EqualFold(got, want) {
		return "", luaerr.New(luaerr.Plugin, "plugin %s: the checksum of %s is %s, not %s as wanted", name, path, got, want)
	}
	for _, lock := range locks {
		allowed, err := readLock(lock)
		if err != nil {
			return "", luaerr.New(luaerr.Plugin, "plugin %s: lock file: %w", name, err)
		}
		switch sums := allowed[name]; {
		case len(sums) == 0:
			return "", luaerr.New(luaerr.Plugin, "plugin %s is not in the lock file %s: add it with 'mpiclus-lua plugin lock %s' if you trust it", name, lock, path)
		case !sums[got]:
			return "", luaerr.New(luaerr.Plugin, "plugin %s: the checksum of %s is %s, which the lock file %s does not allow", name, path, got, lock)
		}
	}
	return got, nil
}

// exists reports whether there is such a file, also one that cannot be read, or
// a link that leads nowhere: it says that there are limits.
func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil || !os.IsNotExist(err)
}

func wellFormed(checksum string) bool {
	digits, ok := strings.CutPrefix(strings.ToLower(checksum), checksumPrefix)
	raw, err := hex.DecodeString(digits)
	return ok && err == nil && len(raw) == sha256.Size
}

// readLock reads a lock file: the checksums that each name may have.
func readLock(path string) (map[string]map[string]bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	allowed := map[string]map[string]bool{}
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		sum, name, ok := strings.Cut(line, " ")
		name = nameOf(strings.TrimLeft(name, " *"))
		sum = checksumPrefix + strings.ToLower(strings.TrimPrefix(sum, checksumPrefix))
		if !ok || !wellFormed(sum) || name == "" {
			return nil, fmt.Errorf("%s:%d: a line of sha256sum expected, got %q", path, n, line)
		}
		if allowed[name] == nil {
			allowed[name] = map[string]bool{}
		}
		allowed[name][sum] = true
	}
	return allowed, lines.Err()
}

// Lock adds the checksum of a plugin to a lock file, in the place of older
// ones of the same name.
func Lock(file, plugin string) error {
	sum, err := Checksum(plugin)
	if err != nil {
		return err
	}
	name := nameOf(plugin)
	var kept []string
	if old, err := os.ReadFile(file); err == nil {
		if _, err := readLock(file); err != nil {
			return err
		}
		for line := range strings.Lines(string(old)) {
			f := strings.Fields(line)
			if len(f) == 2 && nameOf(strings.TrimPrefix(f[1], "*")) == name {
				continue
			}
			kept = append(kept, strings.TrimRight(line, "\n")+"\n")
		}
	} else if !os.IsNotExist(err) {
		return err
	}
	kept = append(kept, fmt.Sprintf("%s  %s\n", strings.TrimPrefix(sum, checksumPrefix), name))
	temporary := file + ".new"
	if err := os.WriteFile(temporary, []byte(strings.Join(kept, "")), 0o644); err != nil {
		return err
	}
	return os.Rename(temporary, file)
}
