package shell

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// quoted writes a string as Lua reads it.
func quoted(s string, most int) string {
	more := ""
	if len(s) > most {
		more = fmt.Sprintf("… (%d bytes)", len(s))
		s = s[:most]
		for i := 0; i < utf8.UTFMax && !utf8.ValidString(s) && i < len(s); i++ {
			if utf8.ValidString(s[:len(s)-i]) {
				s = s[:len(s)-i]
			}
		}
	}
	var b strings.Builder
	b.WriteByte('"')
	for i, r := range s {
		_, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case r < ' ' || r == 0x7f || r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\%03d`, s[i])
		default:
			b.WriteRune(r)
		}
	}
	return b.String() + `"` + more
}
