// Package lineedit reads inputs from a terminal: with editing over several lines,
// history, search, completion and hints. Output that comes while an input is edited
// is shown above it.
//
//	e, err := lineedit.New(lineedit.Config{Whole: whole})
//	host.Config{Stdout: e.Writer(os.Stdout)}
//	input, err := e.Read("> ")
package lineedit

import (
	"errors"
	"io"
	"os"
	"strings"

	"github.com/reeflective/readline"
	"github.com/reeflective/readline/inputrc"
	"golang.org/x/sys/unix"
)

// Config says what an editor asks others for. Functions may be nil.
type Config struct {
	History   string                                         // file of earlier inputs; "": they are forgotten at the end
	Whole     func(input string) bool                        // is an input at its end, or does it go on in the next line?
	Complete  func(input string, at int) (int, []Completion) // what may stand before a byte, from an earlier byte on
	Hint      func(input string, at int) string              // what is known of what stands before a byte, in a line
	Highlight func(input string) string                      // the input in colours
}

// Completion is a text that may be put in, and what it is.
type Completion struct{ Text, Doc string }

// Editor is the one editor of a process. Read may be called by one goroutine, all else
// by any.
type Editor struct {
	shell *readline.Shell
	state *unix.Termios // of the terminal, before anything was read
	out   output
	at    string // the prompt
	fed   bool   // the key for output is on its way; who reads owns it
}

// ErrInterrupted is what Read returns when the user gives an input up (Ctrl-C).
var ErrInterrupted = readline.ErrInterrupt

// Possible reports whether this process has a terminal that can be edited on.
func Possible() bool {
	terminal := os.Getenv("TERM")
	return IsTerminal(os.Stdin) && IsTerminal(os.Stdout) && terminal != "" && terminal != "dumb"
}

// IsTerminal reports whether a file is a terminal.
func IsTerminal(f *os.File) bool {
	_, err := unix.IoctlGetTermios(int(f.Fd()), getTermios)
	return err == nil
}

// Colours reports whether the user wants colours (no-color.org).
func Colours() bool { return os.Getenv("NO_COLOR") == "" && Possible() }

// Width is the number of columns of the terminal, or 80.
func Width() int {
	size, err := unix.IoctlGetWinsize(int(os.Stdout.Fd()), unix.TIOCGWINSZ)
	if err != nil || size.Col == 0 {
		return 80
	}
	return int(size.Col)
}

// showOutput is the command that shows output which came while an input is edited,
// and outputKey the key that stands for it.
const (
	showOutput = "mpiclus-show-output"
	outputKey  = '\x1e' // Ctrl-^
)

// New makes the editor. When there is one, the error says why the history cannot be
// kept.
func New(cfg Config) (*Editor, error) {
	state, err := unix.IoctlGetTermios(int(os.Stdin.Fd()), getTermios)
	if err != nil {
		return nil, err
	}
	e := &Editor{shell: readline.NewShell(inputrc.WithApp("mpiclus-lua")), state: state}
	e.out.wake = e.shell.Keys.RequestRefresh
	e.configure(cfg)
	if cfg.History == "" {
		return e, nil
	}
	if err := prepare(cfg.History); err != nil {
		return e, err
	}
	e.shell.History.Delete() // that of this session alone
	e.shell.History.AddFromFile("history", cfg.History)
	return e, nil
}

// configure connects the library's editor.
func (e *Editor) configure(cfg Config) {
	rl := e.shell
	// The prompt is at the beginning of a line, see Read; terminals that do not
	// answer where the cursor is would be waited for.
	_ = rl.Config.Set("cursor-position-probe", false)
	_ = rl.Config.Set("multiline-column", false)
	_ = rl.Config.Set("multiline-column-custom", "  ")
	rl.Prompt.Primary(func() string { return e.at })
	rl.Keymap.Register(map[string]func(){showOutput: e.showOutput})
	for _, keymap := range []string{"emacs", "vi-insert", "vi-command"} {
		_ = rl.Config.Bind(keymap, string(outputKey), showOutput, false)
	}
	if cfg.Whole != nil {
		rl.AcceptMultiline = func(line []rune) bool { return cfg.Whole(string(line)) }
	}
	if cfg.Highlight != nil && Colours() {
		rl.SyntaxHighlighter = func(line []rune) string { return cfg.Highlight(string(line)) }
	}
	rl.Hint.SetProvider(func(line []rune, cursor int) []rune {
		e.feed()
		if cfg.Hint == nil {
			return nil
		}
		hint := []rune(cfg.Hint(string(line), len(string(line[:min(cursor, len(line))]))))
		return hint[:min(len(hint), Width()-1)]
	})
	if cfg.Complete != nil {
		rl.Completer = func(line []rune, cursor int) readline.Completions {
			head := string(line[:min(cursor, len(line))])
			start, items := cfg.Complete(string(line), len(head))
			return completions(head, start, items)
		}
	}
}

// completions gives what may stand for the last word of a text, of which the part
// before start stays. The library's words end at spaces.
func completions(head string, start int, items []Completion) readline.Completions {
	word := strings.LastIndexAny(head, " \t\n") + 1
	word = min(word, start)
	var values []readline.Completion
	for _, item := range items {
		values = append(values, readline.Completion{Value: head[word:start] + item.Text, Display: item.Text, Description: item.Doc})
	}
	c := readline.CompleteRaw(values)
	c.PREFIX = head[word:]
	return c
}

// Writer returns a writer for a file. If that is no terminal, output goes there as it
// is; else it does not disturb who edits.
func (e *Editor) Writer(f *os.File) *Writer {
	w := &Writer{File: f}
	if IsTerminal(f) {
		w.out = &e.out
	}
	return w
}

// Read reads an input, which may be of several lines, after a prompt. The error is
// ErrInterrupted, or io.EOF for Ctrl-D in an empty input.
func (e *Editor) Read(prompt string) (string, error) {
	e.at, e.fed = prompt, false
	e.out.edit(true)
	input, err := e.shell.Readline()
	e.out.edit(false)
	if err != nil && !errors.Is(err, ErrInterrupted) {
		err = io.EOF // the terminal is gone, if it is not Ctrl-D
	}
	return input, err
}

// feed types the key for output, if there is some. The library asks for a hint each
// time that it shows the input, as it does when it is woken.
func (e *Editor) feed() {
	if !e.fed && e.out.waits() {
		e.fed = true
		e.shell.Keys.Feed(false, outputKey)
	}
}

// showOutput shows above the input what was written meanwhile.
func (e *Editor) showOutput() {
	e.shell.History.SkipSave()
	e.fed = false
	if text := strings.TrimSuffix(e.out.take(), "\n"); text != "" {
		_, _ = e.shell.PrintTransientf("%s", strings.ReplaceAll(text, "\n", "\r\n")+"\r")
	}
}

// Restore gives the terminal back as it was, for a process that ends inside Read.
func (e *Editor) Restore() {
	_ = unix.IoctlSetTermios(int(os.Stdin.Fd()), setTermios, e.state)
}
