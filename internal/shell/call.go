package shell

import (
	"cmp"
	"strings"

	"github.com/mpiclus/mpiclus-lua/internal/nearest"
)

// command is a row of the table of % commands.
type command struct {
	name, args string
	doc        string // one sentence
	takesCode  bool   // what follows, in the line or below it, is Lua
	takesFile  bool   // what follows is the name of a file
	run        func(s *Shell, name string, c *call) Outcome
	lua        func(c *call) (string, error) // Lua that does the same; nil: a script has no use for it
}

// call is a command as the user wrote it.
type call struct {
	*command
	words  string // what follows the name, without the code
	code   string // lines as they are in the input
	inline bool   // the code begins in the line of the command
}

// commands is the table of all % commands, in the order of the documentation.
var commands []command

// commandNamed finds a command; nil: there is none.
func commandNamed(name string) *command {
	for i := range commands {
		if commands[i].name == name {
			return &commands[i]
		}
	}
	return nil
}

// parse reads an input that begins with %; nil for any other.
func parse(input string) (*call, error) {
	text := strings.TrimLeft(input, " \t")
	if !strings.HasPrefix(text, "%") {
		return nil, nil
	}
	line, body, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(text, "%"), "%"), "\n")
	name, rest := word(line)
	c := &call{command: commandNamed(name)}
	if c.command == nil {
		var names []string
		for i := range commands {
			names = append(names, commands[i].name)
		}
		meant := ""
		if near := nearest.Name(name, names); near != "" {
			meant = ": did you mean %" + near + "?"
		}
		return nil, wrong("there is no command %%%s%s (%%help lists them)", name, meant)
	}
	if !c.takesCode {
		if c.words = strings.TrimSpace(rest + "\n" + body); c.words != "" && c.args == "" {
			return nil, wrong("%%%s takes nothing after it, got %q", name, c.words)
		}
		return c, nil
	}
	if strings.HasPrefix(c.args, "RANKS") {
		c.words, rest = word(rest)
	}
	c.inline = strings.TrimSpace(rest) != ""
	c.code = rest + "\n" + body
	return c, nil
}

// word splits the first word from a line.
func word(line string) (first, rest string) {
	line = strings.TrimLeft(line, " \t\r")
	at := strings.IndexAny(line, " \t\r")
	if at < 0 {
		return line, ""
	}
	return line[:at], strings.TrimLeft(line[at:], " \t\r")
}

// usage is how a command is written.
func (c *command) usage() string { return strings.TrimSpace("%" + c.name + " " + c.args) }

// missing is the error of a command that lacks what it takes.
func (c *call) missing() error {
	return wrong("%%%s: what is it to take? Write %s", c.name, c.usage())
}

// helpList is what %help shows.
func helpList() string {
	var b strings.Builder
	b.WriteString("An input is Lua, or a command:\n")
	for _, c := range commands {
		b.WriteString("  " + c.usage() + "\n      " + c.doc + "\n")
	}
	b.WriteString("Code may follow in the next lines, up to an empty one. %help NAME tells what mpi.Send, array.zeros or a variable is.")
	return b.String()
}

// variableName reads the one name that a command takes.
func (c *call) variableName() (string, error) {
	name := c.words
	if name == "" {
		return "", c.missing()
	}
	if !isName(name) {
		return "", wrong("%%%s: the name of a variable expected, got %s", c.name, cmp.Or(name, "nothing"))
	}
	return name, nil
}
