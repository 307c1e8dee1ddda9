package figure

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Text draws the figure as a picture of characters: width columns and height rows for
// the data, and lines around them. A series alone is drawn in fine dots, several with
// a character each.
func (f *Figure) Text(width, height int) (string, error) {
	l, err := f.Limits()
	if err != nil {
		return "", err
	}
	s := newScreen(f, l, width, height)
	for i, one := range f.Series {
		s.pen = marks[i%len(marks)]
		s.fine = len(f.Series) == 1
		s.series(one)
	}
	var b strings.Builder
	if f.Title != "" {
		fmt.Fprintf(&b, "%s%s\n", strings.Repeat(" ", s.margin+1+max(0, (width-utf8.RuneCountInString(f.Title))/2)), f.Title)
	}
	if f.YLabel != "" {
		b.WriteString(f.YLabel + "\n")
	}
	for r := range height {
		label := ""
		switch r {
		case 0:
			label = short(l.High)
		case height - 1:
			label = short(l.Low)
		case s.middle():
			label = short(s.rowValue(r))
		}
		fmt.Fprintf(&b, "%*s┤%s\n", s.margin, label, strings.TrimRight(s.row(r), " "))
	}
	fmt.Fprintf(&b, "%s└%s\n", strings.Repeat(" ", s.margin), strings.Repeat("─", width))
	b.WriteString(f.underline(l, s.margin, width))
	return b.String(), nil
}

// marks are the characters of several series.
var marks = []rune("*+ox#@%&")

// underline writes the ends of the x axis, its name, and the legend.
func (f *Figure) underline(l Limits, margin, width int) string {
	left, right := short(l.Left), short(l.Right)
	if f.Names != nil {
		left, right = f.Names[0], f.Names[len(f.Names)-1]
	}
	gap := width - utf8.RuneCountInString(left) - utf8.RuneCountInString(right) - utf8.RuneCountInString(f.XLabel)
	before := max(1, gap/2)
	text := fmt.Sprintf("%s%s%s%s%s%s\n", strings.Repeat(" ", margin+1), left, strings.Repeat(" ", before), f.XLabel, strings.Repeat(" ", max(1, gap-before)), right)
	for i, s := range f.Series {
		switch {
		case s.Grid != nil:
			text += fmt.Sprintf("%s%s: %s, %s: %s\n", strings.Repeat(" ", margin+1), "blank", short(s.Grid.Low), string(shades[len(shades)-1]), short(s.Grid.High))
		case s.Label != "" && len(f.Series) == 1:
			text += fmt.Sprintf("%s%s\n", strings.Repeat(" ", margin+1), s.Label)
		case s.Label != "":
			text += fmt.Sprintf("%s%c %s\n", strings.Repeat(" ", margin+1), marks[i%len(marks)], s.Label)
		}
	}
	return text
}
