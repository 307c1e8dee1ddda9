package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/mpiclus/mpiclus-lua/internal/launch"
)

// expected says what the flags of a type take.
var expected = map[string]string{
	"int":      "a whole number",
	"duration": "a time such as 90s or 2m",
	"bool":     "true or false",
}

// dashed is the name of a flag as it is written on the command line.
func dashed(f *pflag.Flag) string {
	if len(f.Name) == 1 {
		return "-" + f.Name
	}
	return "--" + f.Name
}

// runForgotten reports whether words that name no command begin with a script,
// or with flags and then a script.
func runForgotten(root *cobra.Command, args []string) bool {
	if len(args) == 0 || !strings.HasPrefix(args[0], "-") && !isScript(args[0]) {
		return false
	}
	for _, word := range args {
		if c, _, err := root.Find([]string{word}); err == nil && c != root {
			return false
		}
		if isScript(word) {
			return true
		}
	}
	return false
}

func isScript(word string) bool {
	info, err := os.Stat(word)
	return filepath.Ext(word) == ".lua" || err == nil && info.Mode().IsRegular()
}

// readsArguments matches the source of scripts that may look at what follows
// their name.
var readsArguments = regexp.MustCompile(`\barg\b|\.\.\.`)

// warnMisplaced tells, once in a job, of a flag that has no effect where it
// stands.
func warnMisplaced(flags *pflag.FlagSet, script string, words []string) {
	name := misplaced(flags, script, words)
	if rank, _ := launch.RankFromEnvironment(); name == "" || rank > 0 {
		return
	}
	fmt.Fprintf(os.Stderr, "mpiclus-lua: %s stands after the script and went to it, and the script does not look at it: flags of run stand before the script\n", name)
}

// misplaced returns the first flag of the command that stands after the name of
// a script that has no use for it; "" for none. Scripts may have flags of
// their own that are called the same.
func misplaced(flags *pflag.FlagSet, script string, words []string) string {
	for _, word := range words {
		name, _, _ := strings.Cut(strings.TrimLeft(word, "-"), "=")
		f := flags.Lookup(name)
		if f == nil || !strings.HasPrefix(word, dashed(f)) {
			continue
		}
		source, err := os.ReadFile(script)
		if err != nil || readsArguments.Match(source) {
			return ""
		}
		return dashed(f)
	}
	return ""
}
