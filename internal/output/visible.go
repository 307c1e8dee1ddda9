package output

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// What a worker writes may hold sequences that a terminal obeys: they move the
// cursor over what others wrote, change the title, even send text back as if it
// was typed. On a terminal they are made visible, in the notation of cat -v;
// --output raw leaves them.

// visible returns a text as a terminal may see it: control characters but tab
// and the end of a line are shown and not obeyed.
func visible(text []byte) []byte {
	if !bytes.ContainsFunc(text, hidden) && !bytes.HasSuffix(text, []byte{c1Lead}) {
		return text
	}
	shown := make([]byte, 0, len(text)+16)
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\r' && i+1 < len(text) && text[i+1] == '\n', c == '\t', c == '\n':
			shown = append(shown, c)
		case c < ' ' || c == 0x7f:
			shown = append(shown, '^', c^0x40)
		case c == c1Lead && i+1 < len(text) && text[i+1] < 0xa0 && text[i+1] >= 0x80:
			i++
			shown = fmt.Appendf(shown, "<U+%04X>", text[i])
		case c == c1Lead && i+1 == len(text): // the rest of it would come unseen
			shown = append(shown, `\xc2`...)
		default:
			shown = append(shown, c)
		}
	}
	return shown
}

// c1Lead begins the control characters from U+0080 to U+009F in UTF-8.
const c1Lead = 0xc2

func hidden(r rune) bool {
	return r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0
}

// isTerminal reports whether what is written there may be obeyed.
func isTerminal(w io.Writer) bool {
	f, ok := w.(interface{ Stat() (fs.FileInfo, error) })
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
