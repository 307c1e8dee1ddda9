package main

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/mpiclus/mpiclus-lua/host"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/launch"
	"github.com/mpiclus/mpiclus-lua/internal/modules"
	"github.com/mpiclus/mpiclus-lua/internal/native"
	"github.com/mpiclus/mpiclus-lua/luampi/outside"
	"github.com/mpiclus/mpiclus-lua/plugins/load"
	"github.com/mpiclus/mpiclus-lua/plugins/luaplugin"
)

// hostFlags are the flags of a command that is a master.
type hostFlags struct {
	np                                 int
	mpiexec, mpiflags, hosts, hostfile string
	iface, output, logLevel, secret    string
	native                             string
	untrusted, check                   bool
	seed                               uint64
	timeout                            time.Duration
	plugins                            []string
	loader                             *load.Loader // made by config, for who runs to close
}

func (f *hostFlags) add(c *cobra.Command) {
	fs := c.Flags()
	fs.SortFlags = false
	fs.IntVarP(&f.np, "n", "n", 0, "default number of workers (0: one for each processor)")
	fs.StringVar(&f.mpiexec, "mpiexec", "", "MPI launcher, instead of the one that is found")
	fs.StringVar(&f.mpiflags, "mpiflags", "", "further options for the launcher")
	fs.StringVar(&f.hosts, "host", "", "hosts to start workers on: a,b:4")
	fs.StringVar(&f.hostfile, "hostfile", "", "file that lists hosts, as Open MPI or MPICH have it")
	fs.StringVar(&f.iface, "interface", "", "address or network interface where the master listens")
	fs.StringVar(&f.secret, "secret", string(launch.CarrierAuto), "what brings the job's secret to other hosts: "+strings.Join(launch.Carriers, ", "))
	fs.BoolVar(&f.untrusted, "untrusted-workers", false, "take values only from workers: run no function that one sent, hand out no files but modules")
	fs.BoolVar(&f.check, "check", false, "ranks compare each collective call before they make it; a difference is an error")
	fs.DurationVar(&f.timeout, "launch-timeout", 0, "how long workers may take to start (default 60s, more for many)")
	fs.Uint64Var(&f.seed, "seed", 0, "make random numbers the same in every run, in all processes (default: other ones in each)")
	fs.StringVar(&f.output, "output", "live", "output of workers: live, raw (terminals obey its control sequences), grouped, file=DIR or none")
	fs.StringArrayVar(&f.plugins, "plugin", nil, "plugin to load, by path (may be given several times)")
	fs.StringVar(&f.native, "native", native.ModeOn, "loops of numbers as machine code: on, off, or explain what became of each at the end")
	fs.StringVar(&f.logLevel, "log-level", "warn", "what the program tells of itself: debug, info, warn, error")
}

func (f *hostFlags) config(c *cobra.Command, args []string) (host.Config, error) {
	if err := environment(c.Flags()); err != nil {
		return host.Config{}, err
	}
	log, err := logger(f.logLevel)
	if err != nil {
		return host.Config{}, err
	}
	if err := native.Configure(f.native, log); err != nil {
		return host.Config{}, err
	}
	words, err := launch.SplitWords(f.mpiflags)
	if err != nil {
		return host.Config{}, fmt.Errorf("--mpiflags: %w", err)
	}
	files, err := absolutePlugins(f.plugins)
	if err != nil {
		return host.Config{}, err
	}
	if f.np < 0 {
		return host.Config{}, fmt.Errorf("-n %d: the number of workers cannot be negative", f.np)
	}
	if f.timeout < 0 {
		return host.Config{}, fmt.Errorf("--launch-timeout %v: the time cannot be negative", f.timeout)
	}
	if !slices.Contains(launch.Carriers, f.secret) {
		return host.Config{}, fmt.Errorf("--secret %s: it is one of %s", f.secret, strings.Join(launch.Carriers, ", "))
	}
	f.loader = load.New(pluginConfig(files))
	var seed *uint64
	if c.Flags().Changed("seed") {
		seed = &f.seed
	}
	env := pluginEnvironment(files)
	if f.check {
		env[envCheck] = "true"
	}
	return host.Config{
		Args: args, NP: f.np, Mpiexec: f.mpiexec, MPIFlags: words, Hosts: f.hosts, Hostfile: f.hostfile,
		Interface: f.iface, Secret: f.secret, UntrustedWorkers: f.untrusted, LaunchTimeout: f.timeout, Seed: seed, Output: f.output, Version: version, Log: log,
		Verbose: f.logLevel == "debug", Native: f.native, Env: env,
		Modules: func(in *interp.Interp) {
			modules.Common(in)
			in.AddModule("mpi", outside.Open(version))
			luaplugin.Add(in, luaplugin.Config{Loader: f.loader})
		},
	}, nil
}

// envCheck is the variable by which workers know of --check.
const envCheck = "MPICLUS_CHECK"

// codeName is the name, in arg and in messages, of a script that the flag -e holds.
const codeName = "-e"

// standardInput is the name of a script that standard input holds.
const standardInput = "-"

func runCommand() *cobra.Command {
	var f hostFlags
	var code []string
	c := &cobra.Command{
		Use:   "run [flags] script.lua [args…]",
		Short: "Run a Lua script as the master of a cluster",
		Long: "Run a Lua script as the master of a cluster. Started by mpirun, it runs the\n" +
			"script on every rank, in MPI.\n\n" +
			"Flags stand before the script. What follows it is the script's own, in arg.\n" +
			"The script - is that of standard input; -e CODE is in place of a script.",
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case code != nil:
				return nil
			case len(args) == 0:
				return errors.New("which script? Say mpiclus-lua run [flags] script.lua [args…]")
			case args[0] == standardInput && launch.RankKind(os.Environ()) != launch.Unknown:
				return errors.New("a script from standard input runs on one process only, and mpirun gives its input to rank 0: name a file, or say -e CODE")
			}
			if info, err := os.Stat(args[0]); err == nil && info.IsDir() {
				return fmt.Errorf("%s is a folder: name a script in it", args[0])
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			words := append([]string{"run"}, args...)
			text := strings.Join(code, "\n")
			if code != nil {
				args = append([]string{codeName}, args...)
				words = append([]string{launch.CodeCommand, text}, args...)
			}
			cfg, err := f.config(c, args)
			if err != nil {
				return err
			}
			if code != nil {
				cfg.Code = &text
			} else {
				warnMisplaced(c.Flags(), args[0], args[1:])
			}
			if launch.RankKind(os.Environ()) != launch.Unknown {
				if f.untrusted {
					return errors.New("--untrusted-workers is for workers that this command starts: under mpirun rank 0 is one of the ranks, and MPI's messages go between all of them")
				}
				return becomeLinked(words, append(passOn(c.Flags()), quietCrashes(f.logLevel)...), cfg.Log)
			}
			defer f.loader.Close()
			f.tellNumber()
			return exit(host.Run(cfg))
		},
	}
	f.add(c)
	c.Flags().StringArrayVarP(&code, codeFlag, "e", nil, "run this code in place of a script (several times: one line each)")
	c.Flags().SetInterspersed(false) // what follows the script is the script's
	return c
}

// tellNumber lets a script that has a default of its own read what -n says
// where it would read what MPICLUS_N says.
func (f *hostFlags) tellNumber() {
	if f.np > 0 {
		os.Setenv("MPICLUS_N", strconv.Itoa(f.np))
	} else {
		os.Unsetenv("MPICLUS_N")
	}
}

// quietCrashes keeps the stacks of a process that crashes, which are this
// software's inside, out of its last words, unless somebody wants to see them.
func quietCrashes(level string) []string {
	if _, said := os.LookupEnv("GOTRACEBACK"); said || level == "debug" {
		return nil
	}
	return []string{"GOTRACEBACK=none"}
}

// becomeLinked replaces this process by the executable that is linked with
// the MPI library of the launcher.
func becomeLinked(args, settings []string, log *slog.Logger) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	path, err := launch.Linked(self, os.Environ())
	if err != nil {
		fmt.Fprintln(os.Stderr, "mpiclus-lua:", err)
		return exit(host.ExitLaunch)
	}
	added := launch.RankSettings(os.Environ())
	env := append(append(os.Environ(), settings...), added...)
	if os.Getenv(launch.EnvProcessors) == "" {
		env = append(env, fmt.Sprintf("%s=%d", launch.EnvProcessors, launch.Processors()))
	}
	log.Debug("start: this rank runs the executable that is linked with MPI", "path", path, "settings", strings.Join(added, " "))
	return syscall.Exec(path, append([]string{path}, args...), env)
}
