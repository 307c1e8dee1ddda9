package table

import (
	"fmt"
	"strings"
)

// Reference returns the reference of the module mpi as Markdown: every function
// by chapter, every constant, and what is not offered. docs/mpi-reference.md holds it; a test
// keeps the file up to date.
func Reference() string {
	var b strings.Builder
	b.WriteString("# Reference of the module `mpi`\n\n" +
		"Made from the table of calls (`internal/mpi/table/calls.h`); [mpi.md](mpi.md) tells how the calls are used. " +
		"What may be left out stands in brackets, with what it then is: at the end nothing need be written, in the middle nil is: " +
		"`mpi.Gatherv(a, nil, counts)`, `mpi.Alltoallv(a, sendcounts, nil, nil, recvcounts)`, `mpi.Sendrecv(a, dest, nil, b, source)`. The communicator, or the window, comes last. Where the standard has it first, it may stand there as well: " + first() + ".\n")
	chapter := ""
	for _, c := range All {
		if c.Chapter != chapter {
			chapter = c.Chapter
			fmt.Fprintf(&b, "\n## %s\n\n| call | what it does | section of MPI %s |\n| --- | --- | --- |\n", chapter, c.Since)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", c.signature(), cell(c.Doc), c.Section)
	}
	b.WriteString("\n## Constants\n\n| name | meaning |\n| --- | --- |\n")
	for _, c := range Constants {
		fmt.Fprintf(&b, "| `mpi.%s` | %s |\n", c.Name, cell(c.Doc))
	}
	b.WriteString("\n## Functions of the standard that are not offered\n\nReading one is an error that says what to use instead; `rawget(mpi, name)` tests for one without an error. " +
		"The same goes for persistent collectives (`Bcast_init`: use `mpi.Ibcast` each time), for forms with large counts (`Send_c`) and for the interface of tools (`T_…`).\n\n" +
		"| functions | instead |\n| --- | --- |\n")
	for _, a := range absent {
		fmt.Fprintf(&b, "| `%s` | %s |\n", strings.Join(strings.Fields(a.names), "`, `"), cell(a.instead))
	}
	return b.String()
}

// first lists the calls that take their communicator or window first as well.
func first() string {
	var list []string
	for _, c := range All {
		if n := len(c.Args); n > 0 && c.Args[n-1].Leads {
			list = append(list, "`"+c.Name+"`")
		}
	}
	return strings.Join(list, ", ")
}

// cell makes a text fit for a table.
func cell(s string) string { return strings.ReplaceAll(s, "|", "\\|") }
