package shell

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/cluster"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/number"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/tree"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/spans"
)

// How much of a value is shown.
const (
	shownDepth   = 5    // tables inside tables
	shownEntries = 100  // of a table
	shownTotal   = 1000 // of all tables
	shownText    = 4000 // bytes of a string
	insideText   = 200  // the same, inside a table
)

// show gives values as text. Metamethods may run, so it does so in a call of its own.
func (s *Shell) show(t *interp.Task, values []lua.LValue) (text string, err error) {
	_, err = t.Call(t.L().NewFunction(func(L *lua.LState) int {
		p := s.newPrinter(L, values)
		var parts []string
		for _, v := range values {
			parts = append(parts, p.value(v, 0))
		}
		sep := "\n"
		if text := strings.Join(parts, "\t"); !strings.Contains(text, "\n") {
			sep = "\t"
		}
		text = strings.Join(parts, sep)
		return 0
	}))
	return text, err
}

// printer writes values for people.
type printer struct {
	L       *lua.LState
	name    func(v lua.LValue) (string, bool) // of what modules hold
	width   int
	left    int                 // entries that may still be shown
	meets   map[*lua.LTable]int // how often each table is met
	numbers map[*lua.LTable]int // what marks a table that is met again
	depth   int
}

func (s *Shell) newPrinter(L *lua.LState, values []lua.LValue) *printer {
	p := &printer{
		L: L, name: s.interp.Codec().Names.Name, width: max(s.width(), 20), left: shownTotal,
		meets: map[*lua.LTable]int{}, numbers: map[*lua.LTable]int{},
	}
	budget := shownTotal
	for _, v := range values {
		p.meet(v, 0, &budget)
	}
	return p
}

// meet counts how often tables are met among what will be shown.
func (p *printer) meet(v lua.LValue, depth int, budget *int) {
	t, ok := v.(*lua.LTable)
	if !ok || p.speaks(t) || depth > shownDepth || *budget < 0 {
		return
	}
	p.meets[t]++
	if p.meets[t] > 1 {
		return
	}
	shown := 0
	for k, v, _ := vm.Next(t, lua.LNil); k != lua.LNil && shown <= shownEntries; k, v, _ = vm.Next(t, k) {
		shown++
		*budget--
		p.meet(v, depth+1, budget)
	}
}

// speaks reports whether a table has a text of its own.
func (p *printer) speaks(t *lua.LTable) bool {
	return p.L.GetMetaField(t, "__tostring") != lua.LNil
}

// value writes a value that begins at a column.
func (p *printer) value(v lua.LValue, column int) string {
	switch v := v.(type) {
	case lua.LString:
		return quoted(string(v), map[bool]int{true: shownText, false: insideText}[p.depth == 0])
	case *lua.LFunction:
		return p.function(v)
	case *lua.LTable:
		if results, ok := p.results(v); ok {
			return results
		}
		if !p.speaks(v) {
			return p.table(v, column)
		}
	}
	text := number.ToString(p.L, v)
	if p.depth > 0 {
		text = strings.ReplaceAll(text, "\n", "\n"+strings.Repeat(" ", column))
	}
	return text
}

// function tells where a function stands.
func (p *printer) function(fn *lua.LFunction) string {
	if path, ok := p.name(fn); ok {
		return "function: " + path
	}
	if fn.IsG {
		return number.ToString(p.L, fn) + " (written in Go)"
	}
	return fmt.Sprintf("function: %s:%d", fn.Proto.SourceName, fn.Proto.LineDefined)
}

// results writes what mpido returned: by rank, equal values once. Ranks that returned
// nothing are left out.
func (p *printer) results(t *lua.LTable) (string, bool) {
	if t.Metatable != p.L.NewTypeMetatable("mpiclus.results") {
		return "", false
	}
	ranks := map[string][]int{}
	var order []string
	keys := cluster.RankKeys(t)
	for _, rank := range keys {
		text := p.value(vm.RawGet(t, lua.LNumber(rank)), 2)
		if ranks[text] == nil {
			order = append(order, text)
		}
		ranks[text] = append(ranks[text], rank)
	}
	var lines []string
	for _, text := range order {
		who := spans.Named("rank", ranks[text]) + ":"
		if strings.Contains(text, "\n") {
			lines = append(lines, who, "  "+strings.ReplaceAll(text, "\n", "\n  "))
		} else {
			lines = append(lines, who+" "+text)
		}
	}
	return strings.Join(lines, "\n"), true
}

// table writes a table that begins at a column: in one line if there is room. One
// that is met more than once has a number, <1>, which stands for it afterwards.
func (p *printer) table(t *lua.LTable, column int) string {
	if n := p.numbers[t]; n > 0 {
		return fmt.Sprintf("<%d>", n)
	}
	mark := ""
	if p.meets[t] > 1 {
		p.numbers[t] = len(p.numbers) + 1
		mark = fmt.Sprintf("<%d> ", p.numbers[t])
	}
	if first, _, _ := vm.Next(t, lua.LNil); first == lua.LNil {
		return mark + "{}"
	}
	if p.depth >= shownDepth || p.left <= 0 {
		return mark + "{…}"
	}
	p.depth++
	parts := p.entries(t, column+2)
	p.depth--
	line := mark + "{ " + strings.Join(parts, ", ") + " }"
	if !strings.Contains(line, "\n") && column+utf8.RuneCountInString(line) <= p.width {
		return line
	}
	margin := strings.Repeat(" ", column)
	return mark + "{\n" + p.fill(parts, column+2) + "\n" + margin + "}"
}

// fill writes the parts of a table at a column: short ones of a list several in a line.
func (p *printer) fill(parts []string, column int) string {
	var b strings.Builder
	at := 0
	for i, part := range parts {
		size := utf8.RuneCountInString(part) + 2
		short := !strings.Contains(part, " = ") && !strings.Contains(part, "\n") && !strings.HasPrefix(part, "{")
		if i > 0 && short && at+size <= p.width {
			b.WriteByte(' ')
			at += size
		} else {
			if i > 0 {
				b.WriteByte('\n')
			}
			b.WriteString(strings.Repeat(" ", column))
			at = column + size
		}
		b.WriteString(part)
		if i < len(parts)-1 {
			b.WriteByte(',')
		}
		if !short {
			at = p.width
		}
	}
	return b.String()
}

// entries writes the list of a table, then its other keys in order.
func (p *printer) entries(t *lua.LTable, column int) (parts []string) {
	list := 0
	for vm.GetInt(t, list+1) != lua.LNil && list < shownEntries && p.left > 0 {
		list++
		p.left--
		parts = append(parts, p.value(vm.GetInt(t, list), column))
	}
	keys, more := p.keys(t, list)
	for _, k := range keys {
		if p.left <= 0 {
			more++
			continue
		}
		p.left--
		name := key(p, k)
		parts = append(parts, name+" = "+p.value(vm.RawGet(t, k), column+utf8.RuneCountInString(name)+3))
	}
	if more > 0 {
		parts = append(parts, fmt.Sprintf("… %d more", more))
	}
	return parts
}

// keys gives the keys that are shown after the list of a table: names first, then
// numbers, then all else, and how many there are besides.
func (p *printer) keys(t *lua.LTable, list int) (keys []lua.LValue, more int) {
	vm.ForEach(t, func(k, _ lua.LValue) {
		n, isNumber := k.(lua.LNumber)
		switch {
		case isNumber && n >= 1 && n <= lua.LNumber(list) && n == lua.LNumber(int(n)): // in the list
		case len(keys) < shownTotal:
			keys = append(keys, k)
		default:
			more++
		}
	})
	slices.SortStableFunc(keys, func(a, b lua.LValue) int {
		if c := cmp.Compare(order(a), order(b)); c != 0 {
			return c
		}
		switch a := a.(type) {
		case lua.LString:
			return cmp.Compare(a, b.(lua.LString))
		case lua.LNumber:
			return cmp.Compare(a, b.(lua.LNumber))
		}
		return 0
	})
	if room := max(shownEntries-list, 0); len(keys) > room {
		more += len(keys) - room
		keys = keys[:room]
	}
	return keys, more
}

func order(k lua.LValue) int {
	switch k.(type) {
	case lua.LString:
		return 0
	case lua.LNumber:
		return 1
	}
	return 2
}

// key writes a key as a constructor has it.
func key(p *printer, k lua.LValue) string {
	if s, ok := k.(lua.LString); ok && tree.IsName(string(s)) {
		return string(s)
	}
	return "[" + p.value(k, 0) + "]"
}
