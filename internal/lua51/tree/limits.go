package tree

import (
	"fmt"
	"strconv"
)

// What a function may have at most (Lua 5.1, luaconf.h).
const (
	maxLocals   = 200
	maxUpvalues = 60
)

// tooMany refuses a function that has too many of something.
func (s *scopes) tooMany(most int, what string) {
	function := "main function"
	if s.begin > 0 {
		function = "function at line " + strconv.Itoa(s.begin)
	}
	s.program.refuse(s.line, fmt.Sprintf("%s has more than %d %s", function, most, what))
}

// reach notes a variable of a function around this one: those between have it, too.
func (s *scopes) reach(owner *scopes, v *local) {
	for f := s; f != owner && !f.above[v]; f = f.outer {
		if f.above == nil {
			f.above = map[*local]bool{}
		}
		if f.above[v] = true; len(f.above) > maxUpvalues {
			f.line = s.line
			f.tooMany(maxUpvalues, "upvalues")
		}
	}
}
