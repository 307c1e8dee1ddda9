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

// Checksum gives the checksum of a file, "sha256:…".
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
// the configuration and the one beside it, as far as there are any.
func (l *Loader) verify(path, want string) error {
	locks := make([]string, 0, 2)
	if l.cfg.Lock != "" {
		locks = append(locks, l.cfg.Lock)
	}
	if beside := filepath.Join(filepath.Dir(path), LockName); exists(beside) {
		locks = append(locks, beside)
	}
	if want == "" && len(locks) == 0 {
		return nil
	}
	name := nameOf(path)
	if want != "" && !wellFormed(want) {
		return luaerr.New(luaerr.Argument, "plugin %s: a checksum looks like sha256: and 64 hexadecimal digits, not %q", name, want)
	}
	got, err := Checksum(path)
	if err != nil {
		return luaerr.New(luaerr.Plugin, "plugin %s: %w", name, err)
	}
	if want != "" && !strings.EqualFold(got, want) {
		return luaerr.New(luaerr.Plugin, "plugin %s: the checksum of %s is %s, not %s as wanted", name, path, got, want)
	}
	for _, lock := range locks {
		allowed, err := readLock(lock)
		if err != nil {
			return luaerr.New(luaerr.Plugin, "plugin %s: lock file: %w", name, err)
		}
		switch sums := allowed[name]; {
		case len(sums) == 0:
			return luaerr.New(luaerr.Plugin, "plugin %s is not in the lock file %s: add it with 'mpiclus-lua plugin lock %s' if you trust it", name, lock, path)
		case !sums[got]:
			return luaerr.New(luaerr.Plugin, "plugin %s: the checksum of %s is %s, which the lock file %s does not allow", name, path, got, lock)
		}
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
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
