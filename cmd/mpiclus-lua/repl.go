package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mpiclus/mpiclus-lua/host"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/launch"
	"github.com/mpiclus/mpiclus-lua/internal/lineedit"
	"github.com/mpiclus/mpiclus-lua/internal/shell"
)

func replCommand() *cobra.Command {
	var f hostFlags
	c := &cobra.Command{
		Use:   "repl [flags]",
		Short: "A shell on a cluster: Lua, and commands for the workers",
		Long: "A shell on a cluster. What is typed is Lua, run on the master, or a command:\n" +
			"%all CODE runs code on all workers, %help lists the others. Without a terminal\n" +
			"it reads standard input, and ends at the first error.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if launch.RankKind(os.Environ()) != launch.Unknown {
				return errors.New("a shell is no rank of an MPI job: start it without mpirun, and it starts its workers")
			}
			cfg, err := f.config(c, []string{"repl"})
			if err != nil {
				return err
			}
			defer f.loader.Close()
			f.tellNumber()
			interp.TuneMemory()
			status, err := repl(cfg)
			if err != nil {
				return err
			}
			return exit(status)
		},
	}
	f.add(c)
	return c
}

// front is the shell in a terminal, or on standard input.
type front struct {
	*shell.Shell
	pieces *host.Pieces
	editor *lineedit.Editor // nil: there is no terminal that can be edited on
	lines  *bufio.Reader    // of standard input then
	asks   bool             // a person types
}

// repl runs a shell and gives the exit status.
func repl(cfg host.Config) (int, error) {
	f := &front{asks: lineedit.IsTerminal(os.Stdin)}
	var noHistory error
	if lineedit.Possible() {
		if f.editor, noHistory = lineedit.New(lineedit.Config{
			History: lineedit.HistoryFile("mpiclus-lua"), Highlight: shell.Highlight,
			Whole:    func(input string) bool { return f.Whole(input) },
			Hint:     func(input string, at int) string { return f.Hint(input, at) },
			Complete: func(input string, at int) (int, []lineedit.Completion) { return f.complete(input, at) },
		}); f.editor == nil {
			return 0, noHistory
		}
		cfg.Stdout, cfg.Stderr = f.editor.Writer(os.Stdout), f.editor.Writer(os.Stderr)
	} else {
		f.lines = bufio.NewReader(os.Stdin)
	}
	h, err := host.New(cfg)
	if err != nil {
		return 0, err
	}
	f.pieces = h.Pieces()
	defer f.pieces.Watch(func(os.Signal) { f.restore() })()
	if f.Shell, err = shell.New(shell.Config{Pieces: f.pieces, Width: lineedit.Width}); err != nil {
		f.pieces.Finish()
		return 0, err
	}
	if f.asks {
		f.pieces.Print("mpiclus-lua " + cfg.Version + ": %all CODE runs on the workers; %help tells more\n")
	}
	if noHistory != nil {
		f.pieces.Say("mpiclus-lua: what you type is not kept for the next time: %v", noHistory)
	}
	status := f.loop()
	if end := f.pieces.Finish(); status == host.ExitOK {
		status = end
	}
	return status, nil
}

func (f *front) restore() {
	if f.editor != nil {
		f.editor.Restore()
		fmt.Fprintln(os.Stdout)
	}
}

func (f *front) complete(input string, at int) (int, []lineedit.Completion) {
	c := f.Complete(input, at)
	var items []lineedit.Completion
	for _, item := range c.Items {
		items = append(items, lineedit.Completion{Text: item.Text, Doc: item.Doc})
	}
	return c.Start, items
}

// loop reads inputs and shows what comes of them, to the end. Where nobody types the
// first error is the end.
func (f *front) loop() int {
	for {
		input, err := f.read()
		switch {
		case errors.Is(err, lineedit.ErrInterrupted):
			continue
		case err != nil && input == "":
			return host.ExitOK
		}
		o := f.Run(input)
		if o.Text != "" {
			f.pieces.Print(o.Text + "\n")
		}
		if o.Err != nil {
			f.pieces.Say("%s", f.pieces.Report(o.Err))
			if !f.asks {
				return host.Status(o.Err)
			}
		}
		if o.Quit {
			return host.ExitOK
		}
	}
}

// read reads an input.
func (f *front) read() (string, error) {
	prompt := fmt.Sprintf("In[%d]> ", f.Count())
	if f.editor != nil {
		return f.editor.Read(prompt)
	}
	input := ""
	for {
		if f.asks {
			f.pieces.Print(prompt)
			prompt = strings.Repeat(".", len(prompt)-1) + " "
		}
		line, err := f.lines.ReadString('\n')
		input += line
		if errors.Is(err, io.EOF) || err == nil && f.Whole(strings.TrimSuffix(input, "\n")) {
			return strings.TrimSuffix(input, "\n"), err
		}
		if err != nil {
			return "", err
		}
	}
}
