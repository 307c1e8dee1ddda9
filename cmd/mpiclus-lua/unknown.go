package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/mpiclus/mpiclus-lua/internal/nearest"
)

// elsewhere are the names that launchers, and people, have for what is said
// otherwise here; "%s" is the word as it was written.
var elsewhere = func() map[string]string {
	said := map[string]string{}
	for here, names := range map[string]string{
		"-n":                "np c N procs nprocs nproc num-procs numprocs ntasks workers nworkers num-workers ranks processes",
		"--host":            "H hosts w nodelist",
		"--hostfile":        "f hosts-file machinefile machine-file",
		"--mpiexec":         "mpirun launcher mpi-cmd",
		"--mpiflags":        "mpi-flags launcher-flags",
		`--mpiflags "%s"`:   "oversubscribe allow-run-as-root bind-to map-by rank-by mca x genv genvall use-hwthread-cpus report-bindings mpi",
		"--launch-timeout":  "timeout",
		"--interface":       "iface listen",
		"--output":          "o",
		"--log-level debug": "v verbose debug",
		"--log-level":       "loglevel",
	} {
		for _, name := range strings.Fields(names) {
			said[name] = here
		}
	}
	return said
}()

// unknownFlag words the error of a flag that a command does not have: with
// the flag that was likely meant. args is the command line.
func unknownFlag(flags *pflag.FlagSet, args []string, unknown *pflag.NotExistError) error {
	word := "--" + unknown.GetSpecifiedName()
	if letters := unknown.GetSpecifiedShortnames(); letters != "" {
		word = asWritten(args, letters)
	}
	name, _, _ := strings.Cut(word, "=")
	return fmt.Errorf("unknown flag: %s%s", name, meant(flags, name))
}

// asWritten returns the word of the command line that ends in letters that were
// read as flags of one letter each: "-ost" of -host, since -h was known.
func asWritten(args []string, letters string) string {
	for _, word := range args {
		if strings.HasPrefix(word, "-") && !strings.HasPrefix(word, "--") && strings.HasSuffix(word, letters) {
			return word
		}
	}
	return "-" + letters
}

// meant returns ": did you mean --host?" for a word that is no flag, or "".
func meant(flags *pflag.FlagSet, word string) string {
	name := strings.TrimLeft(word, "-")
	if f := flags.Lookup(name); f != nil {
		return fmt.Sprintf(": did you mean %s?", dashed(f))
	}
	if here := elsewhere[name]; here != "" {
		flag, _, _ := strings.Cut(here, " ")
		if flags.Lookup(strings.TrimLeft(flag, "-")) == nil {
			return ""
		}
		return fmt.Sprintf(": did you mean %s?", strings.ReplaceAll(here, "%s", word))
	}
	var names []string
	flags.VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if f := flags.Lookup(nearest.Name(name, names)); f != nil {
		return fmt.Sprintf(": did you mean %s?", dashed(f))
	}
	return ""
}

// gluedName returns the word that was read as a flag of one letter and its
// value, when another tool has a flag of that name: "-np" of -np 4 and of
// -np4; "" else.
func gluedName(wrong *pflag.InvalidValueError) string {
	letter := wrong.GetFlag().Shorthand
	name, _, _ := strings.Cut(letter+wrong.GetValue(), "=")
	name = strings.TrimRight(name, "0123456789")
	if letter == "" || elsewhere[name] == "" {
		return ""
	}
	return "-" + name
}

// flagError words the error of a flag that cannot be read. args is the
// command line, nil where the flag does not come from there.
func flagError(flags *pflag.FlagSet, args []string, err error) error {
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		return unknownFlag(flags, args, unknown)
	}
	var wrong *pflag.InvalidValueError
	if !errors.As(err, &wrong) {
		return err
	}
	f := wrong.GetFlag()
	if word := gluedName(wrong); word != "" && args != nil {
		return fmt.Errorf("unknown flag: %s%s", word, meant(flags, word))
	}
	if expected[f.Value.Type()] == "" {
		return err
	}
	return fmt.Errorf("%s: %s expected, got %q", dashed(f), expected[f.Value.Type()], wrong.GetValue())
}

// unknownCommand is the error of a word that names no command below c.
func unknownCommand(c *cobra.Command, word string) error {
	var names []string
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			names = append(names, sub.Name())
		}
	}
	hint := ""
	if name := nearest.Name(word, names); name != "" {
		hint = fmt.Sprintf(": did you mean %s %s?", c.CommandPath(), name)
	}
	return fmt.Errorf("unknown command %q for %q%s", word, c.CommandPath(), hint)
}
