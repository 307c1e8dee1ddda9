package launch

import (
	"bytes"
	"os"
	"slices"
	"strconv"
	"strings"
)

// stat returns the fields of a process that follow its name, from its state on
// (proc(5)); nil when it is gone.
func stat(pid int) [][]byte {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return nil
	}
	return bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
}

func parentOf(pid int) int {
	fields := stat(pid)
	if len(fields) < 2 {
		return 0
	}
	parent, _ := strconv.Atoi(string(fields[1]))
	return parent
}

// startOf reports when a process started, in ticks since the system did; "" for
// one that has ended.
func startOf(pid int) string {
	fields := stat(pid)
	if len(fields) < 20 || fields[0][0] == 'Z' || fields[0][0] == 'X' {
		return ""
	}
	return string(fields[19])
}

// mappedFiles lists the files that this process has mapped into its memory.
func mappedFiles() (files []string) {
	text, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(text)) {
		if at := strings.IndexByte(line, '/'); at >= 0 {
			files = append(files, strings.TrimSuffix(line[at:], "\n"))
		}
	}
	return slices.Compact(files)
}
