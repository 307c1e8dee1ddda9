package main

import (
	"fmt"
	"log/slog"
	"os"
	"strings"

	"github.com/spf13/pflag"
)

// exit carries the status of a command that has reported its errors itself.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// codeFlag is the flag that holds a script's text.
const codeFlag = "execute"

// environment sets each flag that was not given from its environment variable:
// --launch-timeout is MPICLUS_LAUNCH_TIMEOUT. That of a script's text has none.
func environment(flags *pflag.FlagSet) (err error) {
	flags.VisitAll(func(f *pflag.Flag) {
		name := variable(f)
		value, ok := os.LookupEnv(name)
		if !ok || f.Changed || err != nil || f.Name == codeFlag {
			return
		}
		if e := flags.Set(f.Name, value); e != nil {
			err = fmt.Errorf("environment variable %s: %w", name, flagError(flags, nil, e))
		}
	})
	return err
}

func variable(f *pflag.Flag) string {
	return "MPICLUS_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
}

// passOn returns the flags that were set as environment variables, for the
// executable that is to read them.
func passOn(flags *pflag.FlagSet) (env []string) {
	flags.Visit(func(f *pflag.Flag) {
		if f.Name == codeFlag {
			return
		}
		value := f.Value.String()
		if list, ok := f.Value.(pflag.SliceValue); ok {
			value = strings.Join(list.GetSlice(), string(os.PathListSeparator))
		}
		env = append(env, variable(f)+"="+value)
	})
	return env
}

// logger writes what the program does to standard error, from a level on.
func logger(level string) (*slog.Logger, error) {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		return nil, fmt.Errorf("--log-level %s is not known: say debug, info, warn or error", level)
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: l})), nil
}
