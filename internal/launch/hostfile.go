package launch

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

var (
	// A line of MPICH's form, "host:4", and one of Open MPI's, "host slots=4". An
	// IPv6 address has more colons.
	hydraLine = regexp.MustCompile(`^([^\s:=]+):(\d+)$`)
	slotsLine = regexp.MustCompile(`^(\S+)\s+slots\s*=\s*(\d+)(?:\s+max[-_]slots\s*=\s*\d+)?$`)
)

// inFormOf returns the text of a host file as a launcher reads it: each of the
// two forms in which files say how many processes a host takes is understood by
// one launcher only. Ends of lines are those of Unix. hosts is how many lines
// name one. What is of neither form stays as it is.
func inFormOf(kind Kind, text string) (out string, hosts int) {
	lines := strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n")
	for i, line := range lines {
		line = strings.TrimRight(line, "\r")
		entry, _, _ := strings.Cut(line, "#")
		entry = strings.TrimSpace(entry)
		if entry != "" {
			hosts++
		}
		if m := hydraLine.FindStringSubmatch(entry); m != nil && kind == OpenMPI {
			line = m[1] + " slots=" + m[2]
		}
		if m := slotsLine.FindStringSubmatch(entry); m != nil && kind == MPICH {
			line = m[1] + ":" + m[2]
		}
		lines[i] = line
	}
	return strings.Join(lines, "\n"), hosts
}

// hostFile returns the host file to give the launcher: the user's, or one in the
// job's folder that says the same in the launcher's form. A file that cannot be
// read is left to the launcher, which may look for it elsewhere.
func hostFile(spec Spec, kind Kind) (string, error) {
	if spec.Hostfile == "" || kind != OpenMPI && kind != MPICH {
		return spec.Hostfile, nil
	}
	given := spec.Hostfile
	if !filepath.IsAbs(given) {
		given = filepath.Join(spec.Dir, given)
	}
	raw, err := os.ReadFile(given)
	if err != nil {
		return spec.Hostfile, nil
	}
	text, hosts := inFormOf(kind, string(raw))
	if hosts == 0 {
		return "", luaerr.New(luaerr.Launch, "the host file %s names no host", spec.Hostfile)
	}
	if text == string(raw) || spec.Folder == "" {
		return spec.Hostfile, nil
	}
	own := filepath.Join(spec.Folder, "hosts")
	if err := os.WriteFile(own, []byte(text), 0o600); err != nil {
		return "", luaerr.New(luaerr.Launch, "the host file cannot be written in the launcher's form: %w", err)
	}
	return own, nil
}
