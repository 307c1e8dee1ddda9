// The command mpiclus-lua-plot draws one picture for the Lua module plot: it reads it
// from standard input and writes the file to standard output (luaplot.Beside).
package main

import (
	"fmt"
	"os"

	"github.com/mpiclus/mpiclus-lua/internal/figure/draw"
)

func main() {
	if st, err := os.Stdin.Stat(); err == nil && st.Mode()&os.ModeCharDevice != 0 {
		fmt.Fprintln(os.Stderr, "this program belongs to mpiclus-lua, which starts it for figure:save(path)")
		os.Exit(2)
	}
	if err := draw.Serve(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
