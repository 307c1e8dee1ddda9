package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/mpiclus/mpiclus-lua/host"
	"github.com/mpiclus/mpiclus-lua/internal/launch"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/plugins"
	"github.com/mpiclus/mpiclus-lua/plugins/load"
	"github.com/mpiclus/mpiclus-lua/plugins/skeleton"
	"github.com/mpiclus/mpiclus-lua/plugins/wire"
)

// pluginConfig says where plugins are found.
func pluginConfig(files []string) load.Config {
	return load.Config{Files: files, Version: version, Rank: load.NoRank}.FromEnvironment()
}

// pluginEnvironment returns the variables by which workers, on any host, find
// the same plugins.
func pluginEnvironment(files []string) map[string]string {
	env := map[string]string{}
	for _, name := range []string{load.EnvPath, load.EnvLock} {
		if v := os.Getenv(name); v != "" {
			env[name] = v
		}
	}
	if len(files) > 0 {
		env[load.EnvPlugins] = strings.Join(files, string(filepath.ListSeparator))
	}
	return env
}

// absolutePlugins makes the values of --plugin ones that hold in any working
// directory. A value may be a list, as in PATH.
func absolutePlugins(values []string) ([]string, error) {
	var files []string
	for _, v := range values {
		for _, file := range filepath.SplitList(v) {
			path, err := filepath.Abs(file)
			if err != nil {
				return nil, fmt.Errorf("--plugin %s: %w", file, err)
			}
			if _, err := os.Stat(path); err != nil {
				return nil, fmt.Errorf("--plugin: %w", err)
			}
			files = append(files, path)
		}
	}
	return files, nil
}

func pluginCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "plugin",
		Short: "List plugins, look at one, or begin a new one",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(c, args[0])
			}
			return nil
		},
		RunE:                  func(c *cobra.Command, _ []string) error { return c.Help() },
		DisableFlagsInUseLine: true,
	}
	var files []string
	c.PersistentFlags().StringArrayVar(&files, "plugin", nil, "plugin or folder of plugins, by path (may be given several times)")
	loader := func() (*load.Loader, error) {
		absolute, err := absolutePlugins(files)
		return load.New(pluginConfig(absolute)), err
	}
	c.AddCommand(pluginListCommand(loader), pluginInfoCommand(loader), pluginLockCommand(loader), pluginNewCommand())
	return c
}

// useLoader runs f with a loader and reports its error.
func useLoader(loader func() (*load.Loader, error), c *cobra.Command, f func(l *load.Loader) error) error {
	l, err := loader()
	if err != nil {
		return err
	}
	defer l.Close()
	if err := f(l); err != nil {
		fmt.Fprintln(c.ErrOrStderr(), "mpiclus-lua:", err)
		return exit(host.ExitScript)
	}
	return nil
}

func pluginListCommand(loader func() (*load.Loader, error)) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the plugins that scripts can load by name",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return useLoader(loader, c, func(l *load.Loader) error {
				all := l.List()
				if len(all) == 0 {
					fmt.Fprintln(c.OutOrStdout(), "no plugins found: set MPICLUS_PLUGIN_PATH, or begin one with 'mpiclus-lua plugin new NAME'")
					return nil
				}
				w := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
				for _, f := range all {
					why, adds := "cannot be loaded", ""
					p, err := l.Load(c.Context(), f.Path, "") // runs nothing that others could have written
					if errors.Is(err, load.ErrUntrusted) {
						why = "not trusted"
					}
					what := why + ": see 'mpiclus-lua plugin info " + f.Name + "'"
					if err == nil {
						about := p.About()
						what, adds = about.GetVersion(), adding(about)
					}
					fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", f.Name, what, adds, f.Path)
				}
				return w.Flush()
			})
		},
	}
}

// adding lists what a plugin adds in few words.
func adding(about *wire.Description) string {
	var names []string
	for _, op := range about.GetOps() {
		names = append(names, op.GetName())
	}
	for _, f := range about.GetFunctions() {
		names = append(names, f.GetName()+"()")
	}
	return strings.Join(names, " ")
}

// pluginFindings tells of the plugins that scripts can load by name, for the
// doctor.
func pluginFindings(ctx context.Context) []launch.Finding {
	l := load.New(pluginConfig(nil))
	defer l.Close()
	var fine []string
	var findings []launch.Finding
	for _, f := range l.List() {
		p, err := l.Load(ctx, f.Path, "")
		if err != nil {
			text, _, _ := strings.Cut(luaerr.From(err).Message, "\n")
			findings = append(findings, launch.Finding{
				Level: launch.Warning, Topic: "plugins", Text: text, Cure: "mpiclus-lua plugin info " + f.Name + " tells more",
			})
			continue
		}
		fine = append(fine, p.About().GetName()+" "+p.About().GetVersion())
	}
	if len(fine) > 0 {
		findings = append(findings, launch.Finding{Topic: "plugins", Text: strings.Join(fine, ", ")})
	}
	return findings
}

func pluginInfoCommand(loader func() (*load.Loader, error)) *cobra.Command {
	return &cobra.Command{
		Use:   "info NAME",
		Short: "Tell what a plugin is and what it adds",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return useLoader(loader, c, func(l *load.Loader) error {
				text, err := describe(c.Context(), l, args[0])
				fmt.Fprint(c.OutOrStdout(), text)
				return err
			})
		},
	}
}

func describe(ctx context.Context, l *load.Loader, name string) (string, error) {
	p, err := l.Load(ctx, name, "")
	if err != nil {
		return "", err
	}
	sum, err := load.Checksum(p.Path())
	if err != nil {
		return "", err
	}
	var b strings.Builder
	a := p.About()
	fmt.Fprintf(&b, "%s %s\n", a.GetName(), a.GetVersion())
	if a.GetDoc() != "" {
		fmt.Fprintf(&b, "%s\n", a.GetDoc())
	}
	fmt.Fprintf(&b, "path      %s\nchecksum  %s\nprotocol  %d\n", p.Path(), sum, a.GetProtocol())
	for _, op := range a.GetOps() {
		fmt.Fprintf(&b, "\nop %s on %s", op.GetName(), typeNames(op))
		if op.GetRecord() > 1 {
			fmt.Fprintf(&b, ", in records of %d", op.GetRecord())
		}
		if !op.GetCommutes() {
			b.WriteString(", in order of rank")
		}
		fmt.Fprintf(&b, "\n    %s\n", op.GetDoc())
	}
	for _, f := range a.GetFunctions() {
		args := f.GetArgs()
		if f.GetCommunicates() {
			args = strings.TrimPrefix(args+", comm", ", ")
		}
		fmt.Fprintf(&b, "\nfunction %s(%s)\n    %s\n", f.GetName(), args, f.GetDoc())
	}
	return b.String(), nil
}

func typeNames(op *wire.Op) string {
	var names []string
	for _, t := range op.GetTypes() {
		names = append(names, plugins.Type(t).String())
	}
	return strings.Join(names, ", ")
}

func pluginLockCommand(loader func() (*load.Loader, error)) *cobra.Command {
	var file string
	c := &cobra.Command{
		Use:   "lock NAME…",
		Short: "Put the checksums of plugins into a lock file",
		Long: "Put the checksums of plugins into a lock file. Once a folder has a plugins.lock, or\n" +
			"MPICLUS_PLUGIN_LOCK names one, only plugins that are in it are loaded.",
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return useLoader(loader, c, func(l *load.Loader) error {
				for _, name := range args {
					found, err := l.Find(name)
					if err != nil {
						return err
					}
					lock := file
					if lock == "" {
						lock = filepath.Join(filepath.Dir(found.Path), load.LockName)
					}
					if err := load.Lock(lock, found.Path); err != nil {
						return err
					}
					fmt.Fprintf(c.OutOrStdout(), "%s is in %s\n", found.Name, lock)
				}
				return nil
			})
		},
	}
	c.Flags().StringVar(&file, "file", "", "lock file (default: plugins.lock beside the plugin)")
	return c
}

func pluginNewCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "new NAME",
		Short: "Begin a plugin: a folder with a program, a test and a Makefile",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := skeleton.Write(args[0], args[0]); err != nil {
				fmt.Fprintln(c.ErrOrStderr(), "mpiclus-lua:", err)
				return exit(host.ExitScript)
			}
			fmt.Fprintf(c.OutOrStdout(), "Folder %s is ready:\n  cd %s && make test && make && mpiclus-lua run -n 2 --plugin ./%s example.lua\n", args[0], args[0], args[0])
			return nil
		},
	}
}
