package interp

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// batchCalls is how many calls one run of Lua 5.1 makes.
const batchCalls = 4000

// TestRandomCalls makes calls of the library with random arguments, many of
// them wrong, here and in Lua 5.1: results and the words of errors must be the
// same. It takes 10 s, or the seconds of MPICLUS_DIALECT_SECONDS; a failure names
// the seed, which MPICLUS_DIALECT_SEED repeats.
func TestRandomCalls(t *testing.T) {
	end, seed := randomRun(t, 10*time.Second)
	calls, failed := 0, 0
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the last seed was %d", seed)
		}
	})
	for ; calls == 0 || time.Now().Before(end) && failed < 10; seed++ {
		g := &generator{rand.New(rand.NewPCG(seed, 0))}
		source := g.script(batchCalls)
		folder := t.TempDir()
		if err := os.WriteFile(filepath.Join(folder, "random.lua"), []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
		want := oracle(t, folder, "random.lua", source)
		in, out := newTest(t)
		if err := runNamed(t, in, t.Context(), "random.lua", source); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if !sameCalls(t, seed, source, out.String(), want) {
			failed++
		}
		calls += batchCalls
		os.RemoveAll(folder)
	}
	t.Logf("%d calls", calls)
}

// sameCalls tells of the calls whose lines are others.
func sameCalls(t *testing.T, seed uint64, source, out, want string) bool {
	t.Helper()
	got, lines, calls := strings.Split(out, "\n"), strings.Split(want, "\n"), strings.Split(source, "\n")
	differ := 0
	for i, line := range lines {
		if i < len(got) && got[i] == line {
			continue
		}
		if differ++; differ > 20 {
			break
		}
		is := "nothing"
		if i < len(got) {
			is = got[i]
		}
		call := ""
		if n := strings.Count(randomPrelude, "\n") + i; n < len(calls) {
			call = calls[n]
		}
		t.Errorf("seed %d: %s\n got %s\nwant %s", seed, call, is, line)
	}
	return differ == 0
}

// randomPrelude is what the calls of a script are made with: T calls a function
// in pcall and prints what it gives on one line; the others are arguments.
const randomPrelude = `local function text(v)
  if type(v) == "string" then return '"' .. v:gsub("[^%w%p ]", function(c) return ("\\%03d"):format(c:byte()) end) .. '"' end
  if type(v) == "number" then return ("%.14g"):format(v) end
  return type(v) == "table" and "table" or type(v) == "function" and "function" or tostring(v)
end
local function show(...)
  local t = {}
  for i = 1, select("#", ...) do t[i] = text((select(i, ...))) end
  print(table.concat(t, " "))
end
local function T(f, ...) show(pcall(f, ...)) end
local function each(s, p)
  local t = {}
  for a, b, c in string.gmatch(s, p) do t[#t + 1] = text(a) .. text(b) .. text(c) if #t > 40 then break end end
  return table.concat(t, "|")
end
local function method(s, name, ...) return (s[name](s, ...)) end
local inf, nan = 1/0, -(0/0)
local map = setmetatable({ a = "<a>", b = 12.5, ab = false, ["1"] = true, [1] = "one" }, { __index = function(t, k) return k == "A" and {} or nil end })
local function pick(a, b) if a == "b" then return nil elseif a == "1" then return {} elseif a == 1 then return 1e100 end return b or "[" .. a .. "]" end
string.none = nil
`

// generator writes Lua.
type generator struct{ *rand.Rand }

func (g *generator) script(calls int) string {
	var b strings.Builder
	b.WriteString(randomPrelude)
	for range calls {
		b.WriteString(g.call())
		b.WriteByte('\n')
	}
	return b.String()
}

func (g *generator) one(of ...string) string { return of[g.IntN(len(of))] }

// quoted writes a string as Lua reads it.
func quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; {
		case c >= ' ' && c < 0x7f && c != '"' && c != '\\':
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "\\%03d", c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// subject is a text of a few bytes that patterns like.
func (g *generator) subject() string {
	var b strings.Builder
	for range g.IntN(14) {
		b.WriteString(g.one("a", "a", "a", "b", "b", "ab", "A", "Z", "1", "0", "9", "_", " ", "\n", "\t", "\x00", "\xc8", "\xff", "-", "%", "[", "]", "(", ")", "(a)", "^", "$", ".", "\r", "\x7f"))
	}
	s := b.String()
	if g.IntN(20) == 0 {
		s = strings.Repeat(s, g.IntN(4))
	}
	return s
}

// pattern is one of which many are malformed. It repeats seldom: matching must
// end.
func (g *generator) pattern() string {
	var b strings.Builder
	repeats := 0
	if g.IntN(5) == 0 {
		b.WriteByte('^')
	}
	for range g.IntN(7) {
		switch g.IntN(24) {
		case 0, 1, 2:
			b.WriteByte('(')
		case 3, 4, 5:
			b.WriteByte(')')
		case 6:
			b.WriteString("()")
		case 7:
			b.WriteString(g.one("%1", "%2", "%0", "%9"))
		case 8:
			b.WriteString(g.one("%b()", "%bab", "%baa", "%b", "%b(", "%b\x00a"))
		case 9:
			b.WriteString(g.one("%f[%w]", "%f[%W]", "%f[a]", "%f[^a]", "%f[%z]", "%f[^%z]", "%f", "%f[", "%fa"))
		case 10:
			b.WriteString(g.one("%", "[", "[^", "[]", "[^]", "[a", "[%", "[%]", "[a-", "[%a-", "$", "^", "\x00", "]"))
		case 11, 12, 13:
			b.WriteString(g.one("[ab]", "[^ab]", "[a-c]", "[%w_]", "[%a-z]", "[a-]", "[-a]", "[]]", "[^]]", "[]-a]", "[^%s]", "[%w-]", "[%w-.]", "[a-%z]", "[%]]", "[\x01-\xff]", "[^\x80-\xff]", "[^-a]", "[^^]", "[a^]", "[.]", "[%.]", "[+--]", "[z-a]", "[%-a]"))
		case 14, 15, 16:
			b.WriteByte('%')
			b.WriteByte("acdlpsuwxzACDLPSUWXZ%.()[]^$bq-"[g.IntN(31)])
		default:
			b.WriteString(g.one("a", "b", "a", "b", ".", "1", "A", "-", "\xc8", " "))
		}
		if g.IntN(3) == 0 && repeats < 3 {
			repeats++
			b.WriteString(g.one("*", "+", "-", "?", "*", "+"))
		}
	}
	if g.IntN(8) == 0 {
		b.WriteByte('$')
	}
	return b.String()
}

// number is one as Lua reads it, many of them special.
func (g *generator) number() string {
	switch g.IntN(10) {
	case 0:
		return g.one("0", "-1", "1", "2", "-2", "10", "1000", "0.5", "-0.5", "1e15", "1e14", "-1e100", "5e-324", "2^53", "2^63", "-2^63", "2^64", "2^31", "-2^31", "2^32", "inf", "-inf", "nan", "-nan", "1.7976931348623157e308", "255", "256", "0.1", "1e-5", "123456.789", "2.5", "3.5")
	case 1, 2:
		return strconv.Itoa(g.IntN(300) - 100)
	case 3:
		return strconv.FormatFloat(math.Float64frombits(g.Uint64()>>1), 'e', 17, 64) // NaN and Inf, too
	case 4:
		return strconv.FormatFloat(math.Ldexp(float64(g.IntN(1<<20)), -g.IntN(20)), 'f', -1, 64)
	case 5:
		return strconv.FormatInt(int64(g.Uint64()), 10)
	case 6:
		return strconv.FormatFloat(math.Round(g.NormFloat64()*1e4)/100, 'f', -1, 64)
	}
	return strconv.Itoa(g.IntN(12) - 3)
}

// plainNumber is a number that Lua reads.
func (g *generator) plainNumber() string {
	for {
		if n := g.number(); !strings.ContainsAny(n, "NI") {
			return n
		}
	}
}

// numeral is a text that may be a number.
func (g *generator) numeral() string {
	if g.IntN(3) == 0 {
		return g.one(" ", "", "\n", "\t") + strings.Trim(g.number(), "^") + g.one("", "", " ", "\x00", "\x00a", "x")
	}
	var b strings.Builder
	b.WriteString(g.one("", "", "", " ", "-", "+", "0x", "-0x", "0X", "\t ", "- ", "\v"))
	for range g.IntN(7) {
		b.WriteString(g.one("0", "1", "7", "9", "a", "F", "e", "e5", "E-3", "e+", ".", "p", "p2", "P-1", "x", "_", "z", "inf", "nan", "(", ")", "-", " ", "\x00", "12", "999999999999"))
	}
	b.WriteString(g.one("", "", "", " ", "\n", "e400", "e-400"))
	return b.String()
}

// argument is any value, most often a text or number.
func (g *generator) argument() string {
	switch g.IntN(12) {
	case 0:
		return g.one("nil", "true", "false", "{}", "print")
	case 1, 2, 3:
		return quoted(g.subject())
	case 4:
		return quoted(g.numeral())
	}
	return g.plainNumber()
}

// whole is a small whole number in one of the forms in which it is taken.
func (g *generator) whole(least, most int) string {
	n := strconv.Itoa(least + g.IntN(most-least+1))
	switch g.IntN(30) {
	case 0:
		return quoted(n)
	case 1:
		return n + ".7"
	case 2:
		return "nil"
	case 3:
		return g.one("{}", "true", `"x"`, "inf", "-inf", "nan", "1e10", "-1e10", "2^31", "2^63", `"0x2"`, `" 1 "`)
	}
	return n
}

// directive is one of string.format.
func (g *generator) directive() string {
	var b strings.Builder
	b.WriteByte('%')
	for range g.IntN(4) * g.IntN(2) {
		b.WriteString(g.one("-", "+", " ", "#", "0"))
	}
	if g.IntN(3) == 0 {
		b.WriteString(strconv.Itoa(g.IntN(25)))
	}
	if g.IntN(3) == 0 {
		b.WriteByte('.')
		if g.IntN(4) > 0 {
			b.WriteString(strconv.Itoa(g.IntN(25)))
		}
	}
	if g.IntN(60) == 0 {
		b.WriteString(g.one("------", "100", ".100", "l", "%", "\x00", "99.99", "99", ".99"))
	}
	letter := g.one("d", "d", "i", "u", "c", "x", "X", "o", "e", "E", "f", "g", "G", "q", "s", "s", "g", "f")
	if letter == "g" || letter == "G" { // "%#.2g" of 99.99 is "1.e+02" for glibc, which C says is "1.0e+02"
		flags := strings.ReplaceAll(b.String(), "#", "")
		b.Reset()
		b.WriteString(flags)
	}
	b.WriteString(letter)
	if g.IntN(60) == 0 {
		return g.one("%", "%y", "%5", "%.", "%-", "%F", "%a", "%n", "%p", "%\xc8", "%5%")
	}
	return b.String()
}

func (g *generator) format() string {
	var b strings.Builder
	args := ""
	for range 1 + g.IntN(2) {
		b.WriteString(g.one("", "", "x", " ", "\x00", "%%", "\n"))
		b.WriteString(g.directive())
		if g.IntN(40) > 0 {
			args += ", " + g.argument()
		}
	}
	b.WriteString(g.one("", "", "|", "%%"))
	return "T(string.format, " + quoted(b.String()) + args + ")"
}

// replacement is the third argument of gsub.
func (g *generator) replacement() string {
	switch g.IntN(6) {
	case 0:
		return "map"
	case 1:
		return "pick"
	case 2:
		return g.one("12", "1.5", "nil", "true", "string.upper", "string.byte", `"%1"`, `"%0%0"`, `"%"`, `"%%"`, `"%2%1"`, `"%x"`, `"%9"`, `""`)
	}
	var b strings.Builder
	for range g.IntN(4) {
		b.WriteString(g.one("x", "y", "%0", "%1", "%2", "%3", "%%", "%", "\x00", "\xc8"))
	}
	return quoted(b.String())
}

// call is one line of a script.
func (g *generator) call() string {
	s := quoted(g.subject())
	switch g.IntN(100) {
	case 0:
		s = g.argument()
	case 1:
		return fmt.Sprintf("T(string.%s)", g.one("find", "match", "gmatch", "gsub", "format", "rep", "sub", "byte", "char", "len", "upper", "reverse", "dump", "gfind"))
	case 2:
		return fmt.Sprintf("T(method, %s, %s, %s)", s, quoted(g.one("sub", "find", "match", "gsub", "format", "byte", "len", "lower")), g.argument()) // rep could take all memory
	}
	switch p := g.pattern(); g.IntN(22) {
	case 0, 1, 2:
		return fmt.Sprintf("T(string.find, %s, %s)", s, quoted(p))
	case 3:
		return fmt.Sprintf("T(string.find, %s, %s, %s%s)", s, quoted(p), g.whole(-6, 9), g.one("", "", ", true", ", false", ", 1", ", nil"))
	case 4, 5, 6:
		return fmt.Sprintf("T(string.match, %s, %s%s)", s, quoted(p), g.one("", "", "", ", "+g.whole(-6, 9)))
	case 7, 8:
		return fmt.Sprintf("T(each, %s, %s)", s, quoted(p))
	case 9, 10, 11:
		return fmt.Sprintf("T(string.gsub, %s, %s, %s%s)", s, quoted(p), g.replacement(), g.one("", "", "", ", "+g.whole(-1, 4)))
	case 12, 13, 14, 15:
		return g.format()
	case 16:
		return fmt.Sprintf("T(string.rep, %s, %s)", s, strconv.Itoa(g.IntN(6)-1))
	case 17:
		return fmt.Sprintf("T(string.%s, %s, %s%s)", g.one("sub", "byte"), s, g.whole(-8, 8), g.one("", ", "+g.whole(-8, 8)))
	case 18:
		if g.IntN(2) == 0 {
			return fmt.Sprintf("T(string.char, %s, %s)", g.whole(-1, 257), g.whole(0, 255))
		}
		return fmt.Sprintf("T(string.%s, %s)", g.one("upper", "lower", "reverse", "len"), s)
	case 19:
		return fmt.Sprintf("T(tonumber, %s)", quoted(g.numeral()))
	case 20:
		return fmt.Sprintf("T(tonumber, %s, %s)", g.one(quoted(g.numeral()), g.argument()), g.whole(1, 37))
	}
	if g.IntN(4) == 0 {
		return fmt.Sprintf("T(tostring, %s)", g.plainNumber())
	}
	return g.mathCall()
}

// mathCall is a call of a function whose result is exact.
func (g *generator) mathCall() string {
	x := g.one(g.plainNumber(), g.plainNumber(), g.plainNumber(), g.argument())
	switch g.IntN(3) {
	case 0:
		return fmt.Sprintf("T(math.%s, %s)", g.one("floor", "ceil", "abs", "sqrt", "modf", "frexp", "deg", "rad"), x)
	case 1:
		return fmt.Sprintf("T(math.%s, %s, %s)", g.one("fmod", "mod", "max", "min"), x, g.plainNumber())
	}
	return fmt.Sprintf("T(math.ldexp, %s, %s)", x, g.whole(-1100, 1100))
}
