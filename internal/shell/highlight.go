package shell

import "regexp"

// Colours of Lua in a terminal.
const (
	commentColour = "\x1b[2m"
	stringColour  = "\x1b[32m"
	keywordColour = "\x1b[35m"
	numberColour  = "\x1b[36m"
	commandColour = "\x1b[1m"
	noColour      = "\x1b[0m"
)

// words are what is coloured, each as one group: comments, strings, keywords, numbers,
// and the name of a command.
var words = regexp.MustCompile(`(--(?:\[\[(?s:.*?)(?:\]\]|$)|[^\n]*))` +
	`|("(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|\[\[(?s:.*?)(?:\]\]|$))` +
	`|(\b(?:and|break|do|else|elseif|end|false|for|function|if|in|local|nil|not|or|repeat|return|then|true|until|while)\b)` +
	`|(\b\d[\w.]*)` +
	`|(^\s*%%?\w*)`)

// Highlight gives an input with control sequences for colours.
func Highlight(input string) string {
	colours := []string{commentColour, stringColour, keywordColour, numberColour, commandColour}
	var out []byte
	last := 0
	for _, m := range words.FindAllStringSubmatchIndex(input, -1) {
		for group, colour := range colours {
			if m[2*group+2] >= 0 {
				out = append(out, input[last:m[0]]...)
				out = append(append(append(out, colour...), input[m[0]:m[1]]...), noColour...)
				last = m[1]
			}
		}
	}
	return string(append(out, input[last:]...))
}
