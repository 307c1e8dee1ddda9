package table

import (
	"fmt"
	"strings"
)

// Help returns the documentation of a function or constant, for a function of
// the standard that is not offered what to use instead, the list of all names
// by chapter for "", and "" for any other name.
func Help(name string) string {
	if name == "" {
		return overview()
	}
	if c := ByName[name]; c != nil {
		return c.Help()
	}
	for _, c := range Constants {
		if c.Name == name {
			return fmt.Sprintf("mpi.%s\n    %s%s.", name, strings.ToUpper(c.Doc[:1]), c.Doc[1:])
		}
	}
	if instead, ok := Instead(name); ok {
		return fmt.Sprintf("mpi.%s\n    Is not offered: %s.", name, instead)
	}
	return ""
}

func overview() string {
	var b strings.Builder
	chapter := ""
	for _, c := range All {
		if c.Chapter != chapter {
			chapter = c.Chapter
			fmt.Fprintf(&b, "\n%s\n", chapter)
		}
		fmt.Fprintf(&b, "    %s\n", c.Synopsis())
	}
	fmt.Fprintf(&b, "\nConstants\n")
	line := "   "
	for _, c := range Constants {
		if len(line)+len(c.Name) > 100 {
			fmt.Fprintln(&b, line)
			line = "   "
		}
		line += " " + c.Name
	}
	fmt.Fprintln(&b, line)
	return strings.TrimLeft(b.String(), "\n")
}
