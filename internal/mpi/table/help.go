package table

import (
	"fmt"
	"strings"

	"github.com/mpiclus/mpiclus-lua/internal/nearest"
)

// Help returns the documentation of a function or constant, for a function of
// the standard that is not offered what to use instead, the list of all names
// by chapter for "", and "" for any other name. The name may begin
// with "mpi." or MPI_.
func Help(name string) string {
	if name == "" {
		return overview()
	}
	name = Bare(strings.TrimPrefix(name, "mpi."))
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

// Unknown returns what there is to say of a name that is none of the module's:
// "there is no mpi.SUMM: did you mean mpi.SUM?".
func Unknown(name string) string {
	name = strings.TrimPrefix(name, "mpi.")
	text := "there is no mpi." + name
	name = Bare(name)
	var names []string
	for _, c := range All {
		names = append(names, c.Name)
	}
	for _, c := range Constants {
		names = append(names, c.Name)
	}
	near := Meant("")[name]
	if near == "" {
		near = nearest.Name(name, names)
	}
	if near != "" {
		text += ": did you mean mpi." + near + "?"
	}
	return text
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
