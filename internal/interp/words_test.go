package interp

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// wordsPrelude runs code and prints what it comes to on one line.
const wordsPrelude = `local function T(code)
  local f, e = loadstring(code, "=code")
  if not f then print("does not compile", e) return end
  local ok, e = pcall(f)
  print(ok, ok and "" or (tostring(e):gsub("\n", " ")))
end
`

// codes is a script that runs each code.
func codes(list []string) string {
	var b strings.Builder
	b.WriteString(wordsPrelude)
	for _, code := range list {
		b.WriteString("T(" + quoted(code) + ")\n")
	}
	return b.String()
}

// sameWords runs codes here and in Lua 5.1: each error here begins with Lua 5.1's
// words, and what is said beyond them comes after ": ". It returns how many
// errors there were.
func sameWords(t *testing.T, list []string) (errors int) {
	t.Helper()
	folder, source := t.TempDir(), codes(list)
	if err := os.WriteFile(filepath.Join(folder, "words.lua"), []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	want := strings.Split(oracle(t, folder, "words.lua", source), "\n")
	in, out := newTest(t)
	if err := runNamed(t, in, t.Context(), "words.lua", source); err != nil {
		t.Fatal(err)
	}
	got := strings.Split(out.String(), "\n")
	if len(got) != len(want) || len(want) != len(list)+1 {
		t.Fatalf("%d lines here, %d of Lua 5.1, for %d codes", len(got), len(want), len(list))
	}
	wrong := 0
	for i, code := range list {
		failed := strings.HasPrefix(want[i], "false")
		if failed {
			errors++
		}
		if got[i] == want[i] || failed && strings.HasPrefix(got[i], want[i]+": ") {
			continue
		}
		if wrong++; wrong > 20 {
			break
		}
		t.Errorf("%s\n got %s\nwant %s", code, got[i], want[i])
	}
	return errors
}

// wordsOperands are values of all kinds that a source can have: what stands before
// the operation, and the value in it. V is a constant.
var wordsOperands = [][2]string{
	{"g = V ", "g"},
	{"local l = V ", "l"},
	{"do local a, b, c = 1, 2, 3 end local l = V do local d = 4 end ", "l"},
	{"local u = V local function inner() PLACE end inner() do return end ", "u"},
	{"local u = V local function outer() return (function() PLACE end)() end outer() do return end ", "u"},
	{"local function f(p) PLACE end f(V) do return end ", "p"},
	{"local function f(...) local a, p = ... PLACE end f(1, V) do return end ", "p"},
	{"local function f(...) PLACE end f(V) do return end ", "(...)"},
	{"for _, p in ipairs{1} do local q = V PLACE end do return end ", "q"},
	{"for n = 1, 1 do for _, p in next, {V} do PLACE end end do return end ", "p"},
	{"local o = {} function o:m() PLACE end o.f = V o:m() do return end ", "self.f"},
	{"local t = {f = V} ", "t.f"},
	{"local t = {f = V} ", "t['f']"},
	{"local t = {} t.t = {f = V} ", "t.t.f"},
	{"gt = {f = V} ", "gt.f"},
	{"local t = {f = V} local function inner() PLACE end inner() do return end ", "t.f"},
	{"local t = {V} ", "t[1]"},
	{"local t, k = {V}, 1 ", "t[k]"},
	{"local t, k = {f = V}, {n = 'f'} ", "t[k.n]"},
	{"local t = {['a b'] = V} ", "t['a b']"},
	{"local t = {f = {V}} ", "t.f[1]"},
	{"local function f() return V end ", "f()"},
	{"local t = {} function t:m() return V end ", "t:m()"},
	{"local t = setmetatable({}, {__index = function() return V end}) ", "t.f"},
	{"local t = setmetatable({}, {__index = {f = V}}) ", "t.f"},
	{"", "(V)"},
	{"local l, no = V ", "(no or l)"},
	{"local l, no = V ", "(no and 1 or l)"},
	{"g, no = V ", "(no or g)"},
	{"g, no = V ", "(1 == 2 and no or g)"},
	{"g, no = V ", "(not no and g)"},
	{"local t, no = {f = V} ", "(no and no.f or t.f)"},
	{"local co = coroutine.wrap(function(p) PLACE end) co(V) do return end ", "p"},
	{"local co = coroutine.wrap(function() g = V coroutine.yield() PLACE end) co() co() do return end ", "g"},
	{"local m = setmetatable({}, {__add = function(p, q) PLACE end}) local _ = m + V do return end ", "q"},
	{"local m = setmetatable({}, {__index = function(t, k) local q = V PLACE end}) local _ = m.nosuch do return end ", "q"},
	{"local x x = V x = x ", "x"},
	{"local a, b = V, 1 a, b = b, a ", "b"},
}

// wordsOperations are uses of a value X.
var wordsOperations = []string{
	"X()", "return X()", "local a, b = X(1, 'two', {})", "tostring(1, X(2))", "X().y = 1", "X{}", "X:m()", "return X:m(1)", "X.m()", "X.m.n()", "X[1]()", "X.m:n()",
	"return X.y", "return X.y.z", "return X[1]", "return X[1].z", "local k = 'y' return X[k]", "local k = 'y' return X[k].z", "X.y = 1", "X.y.z = 1", "X[1] = 2", "X[1][2] = 3", "X.y, X.z = 1, 2",
	"local k = 1 X[k], k = k, 2", "function X.y() end", "function X.y.z() end", "function X:y() end", "function X.y:z() end",
	"return X + 1", "return 1 - X", "return X * X", "return 2 / X", "return X % 2", "return 2 ^ X", "return -X", "return #X", "return (1 + 2) * X + 3", "return X.y + 1", "return 'a' + X", "return X + 'a'",
	"return X .. 'a'", "return 'a' .. X", "return 1 .. 2 .. X", "return 'a' .. X .. 'b' .. 1", "return X .. X", "return X.y .. 'a'",
	"return X < 1", "return 1 <= X", "return X > 'a'", "return 'a' >= X", "return X < X", "if X < 1 then return end", "while not (X >= nil) do return end", "return X.y < 1",
	"for i = X, 1 do end", "for i = 1, X do end", "for i = 1, 2, X do end", "for k in X do end", "for k, v in X, {}, nil do end", "for i = 1, X.y do end", "for k in X.y do end",
	"error(pcall(X))", "error(select(2, pcall(X, 1)), 0)", "error(select(2, xpcall(X, function(e) return e end)), 0)", "return (X)()", "local y = X y()", "local y = X return y.z", "return {X.y}, {z = X.y}", "return not X.y", "return X and X.y.z",
	"table.foreach({1}, function() return X.y end)", "table.sort({1, X})", "return ('x'):rep(X.y)", "repeat local z = X until z.y or true",
}

// wordsCodes are all uses of all operands, for one value.
func wordsCodes(value string) (list []string) {
	for _, operand := range wordsOperands {
		for _, operation := range wordsOperations {
			if strings.HasPrefix(operation, "function ") && strings.ContainsAny(operand[1], "([") {
				continue // function names are names
			}
			use := strings.ReplaceAll(operation, "X", operand[1])
			code := operand[0] + use
			if before, after, ok := strings.Cut(operand[0], "PLACE"); ok {
				code = before + use + after
			}
			if strings.Contains(operand[1], "...") && strings.Contains(operation, "function") {
				continue // which has no arguments of these
			}
			if strings.HasPrefix(use, "(") {
				code = strings.Replace(code, use, "; "+use, 1)
			}
			list = append(list, strings.ReplaceAll(code, "V", value))
		}
	}
	return list
}

func TestWords(t *testing.T) {
	notForRace(t)
	errors, of := 0, 0
	for _, value := range []string{"nil", "true", "5", "'s'", "{}", "math.floor", "setmetatable({}, {__index = 5, __call = 5, __add = 5, __concat = 5, __lt = 5})"} {
		list := wordsCodes(value)
		errors += sameWords(t, list)
		of += len(list)
	}
	t.Logf("%d errors of %d codes", errors, of)
	if errors < 5000 {
		t.Error("only", errors, "errors")
	}
}

// TestOtherWords has what the operands and operations above have not.
func TestOtherWords(t *testing.T) {
	sameWords(t, []string{
		"return 'a' < coroutine.create(function() end)", "return coroutine.create(function() end) <= 'a'", "return newproxy() < newproxy()", "return newproxy() > {}", "return print < {}",
		"table.sort{'a', coroutine.create(function() end)}", "table.sort{1, nosuch, {}}", "table.sort({1, 2, 3}, 5)", "return newproxy().x", "return -newproxy()", "newproxy()()",
		"local t = {} t['a\\0b'].x = 1", "local t = {} t['a\\nb'].x = 1", "local t = {} t[''].x = 1", "local t = {} t.x[nil].y = 1", "local t = {x = {}} t.x[nil] = 1", "local t = {x = {}} t.x[0/0] = 1", "local t = {x = {}} return t.x[nil].y",
		"local t = setmetatable({}, {__concat = function() return nil end}) return x .. 'y' .. t", "local t = setmetatable({}, {__concat = function() return {} end}) return 'x' .. y .. t",
		"local t = setmetatable({}, {__concat = function() return {} end}) local z = 'q' return 'x' .. z .. t", "local t = setmetatable({}, {__concat = function() return nil end}) local a, b = 1, 2 return a .. b .. 'c' .. t .. 'd'",
		"local t = setmetatable({}, {__index = setmetatable({}, {__index = 5})}) return t.x", "local t = setmetatable({}, {__newindex = setmetatable({}, {__newindex = true})}) t.x = 1", "return ('x').y.z", "('x').y.z = 1", "local s = 'x' s.y = 1",
		"tostring(setmetatable({}, {__tostring = 5}))", "local t = setmetatable({}, {__lt = 5}) return t < t", "local t = setmetatable({}, {__le = 5}) return t <= t", "local t = setmetatable({}, {__eq = 5}) return t == setmetatable({}, {__eq = 5})",
		"local mt = {__eq = 5} return setmetatable({}, mt) == setmetatable({}, mt)", "return -setmetatable({}, {__unm = {}})", "return #newproxy()", "local t = setmetatable({}, {__call = setmetatable({}, {__call = print})}) t()",
		"string.gsub('a', 'a', setmetatable({}, {__index = 5}))", "string.gsub('a', 'a', function() return nosuch.x end)", "table.foreach({1}, 5)", "table.foreachi({1}, setmetatable({}, {__call = 5}))", "module('zz', 5)", "require(nosuch.x)",
		"error(select(2, pcall(pcall)), 0)", "error(select(2, pcall(pcall, nil)), 0)", "error(select(2, pcall(pcall, pcall, 5)), 0)", "error(select(2, pcall(xpcall)), 0)", "error(select(2, xpcall(pcall, nosuch)), 0)", "error('x', {})", "local e = error e('x', {})", "pcall()", "xpcall(print)", "for a, b in pcall, 5 do error(b, 0) end", "error(select(2, xpcall(error, 5)), 0)", "error(select(2, xpcall(nosuch, nosuch)), 0)",
		"return xpcall(nosuch.x, print)", "coroutine.wrap(nosuch)()", "coroutine.wrap(function() return nosuch() end)()", "coroutine.wrap(function() error(5, 0) end)()", "local co = coroutine.create(function() local t = {} t.x.y = 1 end) error(select(2, coroutine.resume(co)), 0)",
		"local f = setfenv(function() return nosuch.x end, setmetatable({}, {__index = function(t, k) return k end})) return f() + 1", "local f = setfenv(function() nosuch() end, {nosuch = 5}) f()", "setfenv(1, {}) print('x')", "setfenv(1, setmetatable({}, {__index = 5})) print('x')",
		"local t = {} t.x, t.y.z = 1, 2", "local a a.x, a = 1, 2", "local a, b = {}, nil a.x, b.y = 1, 2", "a, b.c = 1, 2", "local t = {} t.a.b, t.c.d = f()", "local t = {} function t.a.b.c() end", "local t = {} function t.a.b:c() end", "function nosuch.a:c() end",
		"local function f() return f.x.y end f()", "local f = function() return f.x end f()", "local x = x.y", "local x = 5 local x = x.y.z", "for i = i, 2 do end", "for i = 1, i.x do end", "local i = {} for i in i.x do end", "do local x = {} end x.y = 1",
		"local x repeat local x = {} until x.y.z", "while x.y do end", "if not x.y then end", "local t = {x.y}", "local t = {[x.y] = 1}", "local t = {[nil] = 1}", "return (x.y)", "return x.y()", "return (x.y())", "return x, y.z", "return 1, (x)()", "return x'a'", "return x.y'a'", "return x:y'a'", "return x{}:y()",
		"local function f(arg) return arg.x end f()", "local function f(...) return arg.x.y end f()", "local function f(...) local a = ... return arg.x end f()", "return arg.x.y.z", "return (...).x", "return ({...})[1].x", "local a = {n = {}} return a.n.x.y", "return _G.nosuch.x", "return _G.nosuch()", "_G.nosuch.x = 1",
		"for i = 'a', 2 do end", "for i = 1, 'b' do end", "for i = 1, 2, 'c' do end", "for i = {}, {}, {} do end", "for i = '1', '2', {} do end", "return 1 + '0x'", "return '1' + '1 2'", "return 'a' .. 1 .. true", "return 1 .. nil .. {}", "return {} .. {}", "return 2 ^ nil", "return nil + {}", "return nil - 1", "return 1 % print",
	})
}

// TestWordsOfManyConstants: fields beyond the first 256 constants of a function
// have no name.
func TestWordsOfManyConstants(t *testing.T) {
	notForRace(t)
	uses := []string{
		"return t.x.y", "return 1 + t.x.y + t.z", "return 0.25 + t.x.y", "return 0.25 < t.x.y", "return t.x.y + 0.25", "return t.x == nil, true == t.y, t.z.z", "t.x = nil t.y = 5 return t.z.z", "t.x, t.y = 1, nil return t.z.z", "t.x, t.y = nil, 0.25 return t.z.z", "return t:x()", "t.t = {} return t.t:x()",
		"for i = 1, 1 do t.x() end", "for i = 0.25, 0.5, 0.125 do t.x() end", "return t.k226.y", "return t.k240()", "return 0.25 and t.x.y", "return {x = nil, y = true, z = 0.25}, t.z.z", "return {nil, true, 0.25}, t.z.z", "return -(0.25 + 0.5) < 0.125, t.x.y", "return 'a' .. 0.25 .. t.x", "function t.x() end return t.z.z",
		"function t:x() end return t.z.z", "return function() return t.x.y end, t.z.z", "return (function() return t.x.y end)()", "return #'q' + 0.25, t.x.y", "return not 0.25, t.x.y", "return 0.25 < 0.5, 0.125 < 4.5, t.x.y", "local a, b = 0.25, nil, true return t.x.y",
		"if t.x == false then return 2 end while t.y do return 0.25 end repeat local z = 'r' until true return t.z.z", "return t['x'][1], t[true]", "return t[nil], t.x.y", "tostring(0.25, t.x.y)", "return 0.25 / 0, t.x.y", "return t.x and 0.25 or t.y.z", "return t.x and 0.25, t.y.z", "return t.x or 0.25, t.y.z", "return 0.25 or 0.5, t.y.z", "return (t.x and 0.25) + 0.5, t.y.z", "return {t.x or 0.25, x = t.x or nil, y = t.x and true}, t.y.z", "if t.x or 0.25 then return t.y.z end", "return not (t.x or 0.25), t.y.z", "return (0.25 and 0.5) .. 'a', t.y.z", "t.x = t.x or 0.25 return t.y.z", "return (t.x or 0.25) < 0.5, t.y.z", "return x.y, t.z.z", "local x = nil return x == nil, t.x.y", "return -'x', t.y.z", "return -t.x",
	}
	var list []string
	for _, use := range uses {
		for n := 246; n < 262; n++ {
			for _, form := range []string{"%d.5,", "k%d = 1,", "g%d,"} {
				var b strings.Builder
				b.WriteString("local t = {")
				for i := range n {
					fmt.Fprintf(&b, form, i+1)
				}
				list = append(list, b.String()+"} "+use)
			}
		}
	}
	if errors := sameWords(t, list); errors < 1000 {
		t.Error("only", errors, "errors")
	}
}

// TestRandomWords runs random operations on values of which many cannot be used
// so. It takes 3 s, or the seconds of MPICLUS_DIALECT_SECONDS; a failure names
// the seed, which MPICLUS_DIALECT_SEED repeats.
func TestRandomWords(t *testing.T) {
	notForRace(t)
	const atOnce = 2000
	end, seed := randomRun(t, 3*time.Second)
	count := 0
	for ; count == 0 || time.Now().Before(end) && !t.Failed(); seed++ {
		w := &wordsGenerator{rand.New(rand.NewPCG(seed, 3))}
		list := make([]string, atOnce)
		for i := range list {
			list[i] = w.code()
		}
		if sameWords(t, list); t.Failed() {
			t.Logf("the seed was %d", seed)
		}
		count += atOnce
	}
	t.Logf("%d codes", count)
}

type wordsGenerator struct{ *rand.Rand }

func (w *wordsGenerator) one(of ...string) string { return of[w.IntN(len(of))] }

// code writes statements that end in one that probably fails.
func (w *wordsGenerator) code() string {
	value := func() string {
		return w.one("nil", "nil", "nil", "true", "5", "'s'", "'10'", "{}", "{x = {}, y = nil, z = 5}", "math.floor")
	}
	code := fmt.Sprintf("g, h = %s, %s local u, v = %s, %s local t = {x = %s, y = %s, [1] = %s, t = {x = %s}} ", value(), value(), value(), value(), value(), value(), value(), value())
	code += w.one("", "do local a, b, c = 1, 2, 3 end ", "local w = 1 ", "if g then local p = 1 else local q, r = 2, 3 end ", "for i = 1, 2 do local z = i end ", "local function k() return u, t end ")
	statement := w.statement()
	switch w.IntN(5) {
	case 0:
		return code + "return (function(a, b, ...) " + statement + " end)(" + value() + ", " + value() + ", " + value() + ")"
	case 1:
		return code + "coroutine.wrap(function(a, b) " + statement + " end)(" + value() + ", " + value() + ")"
	case 2:
		return code + "for a, b in next, {" + value() + ", 1} do " + statement + " end"
	case 3:
		return code + "local a, b = " + value() + ", " + value() + " local f = function(...) return (function() local c " + statement + " end)() end f()"
	}
	return code + "local a, b = " + value() + ", " + value() + " do " + statement + " end"
}

func (w *wordsGenerator) statement() string {
	switch w.IntN(14) {
	case 0:
		return "local c = " + w.expr(3)
	case 1:
		return "local c, d = " + w.expr(2) + ", " + w.expr(2)
	case 2:
		return w.path(2) + " = " + w.expr(2)
	case 3:
		return w.path(2) + ", " + w.path(2) + " = " + w.expr(2) + ", " + w.expr(1)
	case 4:
		return "local c = " + w.path(2) + "(" + w.expr(1) + ")"
	case 5:
		return "if " + w.expr(3) + " then local c = " + w.expr(2) + " else local d = " + w.expr(2) + " end return " + w.expr(2)
	case 6:
		return "for i = " + w.expr(1) + ", " + w.expr(1) + " do local c = " + w.expr(2) + " break end"
	case 7:
		return "for k, c in next, " + w.expr(1) + " do local d = " + w.expr(2) + " break end"
	case 8:
		return "while " + w.expr(2) + " do return " + w.expr(2) + " end"
	case 9:
		return "repeat local c = " + w.expr(1) + " until " + w.one("c", w.expr(2), "c.x") + " or true"
	case 10:
		return "local c = {" + w.expr(2) + ", x = " + w.expr(2) + ", [" + w.expr(1) + "] = " + w.expr(1) + ", " + w.expr(1) + "}"
	case 11:
		return "error(" + w.one("pcall(", "xpcall(") + w.path(1) + ", function(e) return e end))"
	case 12:
		return w.one("a", "b", "u", "g", "t") + " = " + w.expr(2) + " return " + w.expr(2)
	}
	return "return " + w.expr(3) + ", " + w.expr(2)
}

// path writes what can be assigned.
func (w *wordsGenerator) path(deep int) string {
	p := w.one("g", "h", "u", "v", "t", "t", "a", "b", "t.t")
	for range w.IntN(deep + 1) {
		p += w.one(".x", ".y", ".z", "[1]", "['x']", "[a]", "[u]", "[g + 1]", "[a or 'x']", "[t.z]", "[type(u)]")
	}
	return p
}

func (w *wordsGenerator) expr(deep int) string {
	if deep <= 0 || w.IntN(6) == 0 {
		return w.one(w.path(1), w.path(1), w.path(2), "g", "u", "a", "nil", "true", "false", strconv.Itoa(w.IntN(4)), "'s'", "'10'", "{}", "t")
	}
	a, b := w.expr(deep-1), w.expr(deep-1)
	switch w.IntN(16) {
	case 0, 1:
		return "(" + a + " " + w.one("+", "-", "*", "/", "%", "^") + " " + b + ")"
	case 2, 3:
		return "(" + a + " .. " + b + w.one("", " .. "+w.expr(1)) + ")"
	case 4:
		return "(" + a + " " + w.one("==", "~=", "<", "<=", ">", ">=") + " " + b + ")"
	case 5, 6, 7:
		return "(" + a + " " + w.one("and", "or") + " " + b + ")"
	case 8:
		return "(" + a + " and " + b + " or " + w.expr(1) + ")"
	case 9:
		return "(not " + a + ")"
	case 10:
		return w.one("-", "#") + "(" + a + ")"
	case 11:
		return "(" + a + " or " + b + ")" + w.one(".x", "[1]", ":y()", "()", ".x.y")
	case 12:
		return "(" + a + ")" + w.one(".x", "[1]", "['z']", ":y()", ":y(1)", "()", "(1)", ".x.y")
	case 13:
		return w.path(2) + w.one("()", "(1)", ":x()", ":x(2)", "{}")
	case 14:
		return "(function() return " + a + " end)()"
	}
	return "(function() return " + w.path(1) + " end)()" + w.one(".x", "", "()")
}
