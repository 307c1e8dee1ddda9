package native_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/native"
)

// TestRandomPrograms runs random programs with native code and without: what they
// print must be the same, to the sign of zero and the line of an error. It takes
// 2 s, or the seconds of MPICLUS_NATIVE_SECONDS; a failure names the seed, which
// MPICLUS_NATIVE_SEED repeats.
func TestRandomPrograms(t *testing.T) {
	seconds, seed := 2.0, uint64(time.Now().UnixNano())
	if s := os.Getenv("MPICLUS_NATIVE_SECONDS"); s != "" {
		seconds, _ = strconv.ParseFloat(s, 64)
	}
	if s := os.Getenv("MPICLUS_NATIVE_SEED"); s != "" {
		seed, _ = strconv.ParseUint(s, 10, 64)
		seconds = 0
	}
	end := time.Now().Add(time.Duration(seconds * float64(time.Second)))
	programs := 0
	for ; programs == 0 || time.Now().Before(end) && !t.Failed(); seed++ {
		g := &generator{Rand: rand.New(rand.NewPCG(seed, 0))}
		source := g.script()
		undo := native.Eager([]int{40, 400, 1 << 20}[g.IntN(3)], g.IntN(3) == 0)
		same(t, source)
		undo()
		if t.Failed() {
			t.Logf("seed %d", seed)
			if os.Getenv("MPICLUS_NATIVE_SEED") != "" {
				t.Log("\n" + source)
			}
		}
		programs++
	}
	if native.Broken() {
		t.Error("native code was turned off")
	}
	t.Logf("%d programs, %d loops compiled", programs, native.Compiled())
}

// randomPrelude is what all programs begin with: out prints values so that nothing
// of them is lost.
const randomPrelude = `local array = require "array"
math.randomseed(7)
local function text(v)
  if type(v) == "number" then
    if v == 0 then return 1/v < 0 and "-0" or "0" end
    return ("%.17g"):format(v)
  end
  if type(v) == "userdata" then return v:tostring() end
  return type(v) == "table" and "table" or type(v) == "function" and "function" or tostring(v)
end
local function out(...)
  local t = {}
  for i = 1, select("#", ...) do t[i] = text((select(i, ...))) end
  print(table.concat(t, " "))
end
g1, g2, g3 = 1, -2.5, true
local u1, u2, u3 = 0, 10, "u"
local turns = 0
local f8, f4, i4, u1a, i8, bo = array.zeros(7), array.zeros(5, "float32"), array.zeros(6, "int32"), array.zeros(4, "uint8"), array.zeros(3, "int64"), array.zeros(4, "bool")
local m, cfg = array.matrix(3, 4), { n = 3, scale = 0.5, on = true, f = math.floor }
local sin, floor, sqrt, abs, max, min = math.sin, math.floor, math.sqrt, math.abs, math.max, math.min
`

// generator writes Lua.
type generator struct {
	*rand.Rand
	b       strings.Builder
	vars    []string // that can be read and written
	loops   []string // loop variables
	depth   int      // of statements
	nested  int      // loops
	helpers []string // functions that can be called, as "h1(%s, %s)"
	counter int
}

func (g *generator) one(of ...string) string { return of[g.IntN(len(of))] }

func (g *generator) line(format string, args ...any) {
	g.b.WriteString(strings.Repeat(" ", g.depth))
	fmt.Fprintf(&g.b, format+"\n", args...)
}

func (g *generator) script() string {
	g.b.WriteString(randomPrelude)
	for n := range 1 + g.IntN(3) {
		g.function(fmt.Sprintf("h%d", n), true)
		g.helpers = append(g.helpers, fmt.Sprintf("h%d(%%s, %%s)", n))
	}
	for n := range 1 + g.IntN(4) {
		name := fmt.Sprintf("f%d", n)
		g.function(name, false)
		for range 1 + g.IntN(3) {
			g.line("out(pcall(%s, %s, %s))", name, g.argument(), g.argument())
			g.line("out(g1, g2, g3, u1, u2, u3, f8, f4, i4, u1a, i8, bo, m, cfg.n, new)")
		}
	}
	return g.b.String()
}

func (g *generator) argument() string {
	if g.IntN(25) == 0 {
		return g.one("nil", `"3"`, "true", "{}", "f8")
	}
	return g.number()
}

func (g *generator) number() string {
	return g.one("0", "1", "2", "3", "-1", "0.5", "-0.5", "7", "1e300", "-1e300", "1/0", "-1/0", "0/0", "-(0/0)", "-0", "0*-1", "2^53", "1e15", "3.7", "-4.25", "255", "100", "5e-324")
}

// function writes one of two parameters.
func (g *generator) function(name string, helper bool) {
	g.vars, g.loops, g.nested = []string{"a", "b"}, nil, 0
	g.line("local function %s(a, b)", name)
	g.depth++
	for _, v := range []string{"c", "d"} {
		g.line("local %s = %s", v, g.number())
		g.vars = append(g.vars, v)
	}
	steps := 2 + g.IntN(4)
	if helper {
		steps = 1 + g.IntN(2)
	} else {
		g.vars = append(g.vars, "g1", "g2", "u1", "u2")
	}
	if helper && g.IntN(3) > 0 {
		g.nested = 3 // no loops
	}
	for range steps {
		g.statement()
	}
	if helper {
		g.line("return %s", g.expression(2))
	} else {
		g.line("return a, b, c, d")
	}
	g.depth--
	g.line("end")
}

func (g *generator) statement() {
	switch n := g.IntN(24); {
	case n < 8 && g.nested < 3:
		g.loop()
	case n < 12:
		g.line("%s = %s", g.one(g.vars...), g.expression(3))
	case n < 15:
		g.store()
	case n < 18 && g.depth < 8:
		g.line("if %s then", g.condition(2))
		g.block(1 + g.IntN(2))
		if g.IntN(2) == 0 {
			g.line("else")
			g.block(1)
		}
		g.line("end")
	case n < 19:
		g.counter++
		v := fmt.Sprintf("v%d", g.counter)
		g.line("local %s = %s", v, g.expression(3))
		g.vars = append(g.vars, v)
	case n < 20 && len(g.loops) > 0:
		g.line("if %s then break end", g.condition(1))
	case n < 21 && g.IntN(3) == 0:
		g.rare()
	case n < 22 && g.IntN(8) == 0:
		g.line("%s = %s %s %s", g.one(g.vars...), g.condition(1), g.one("and", "or"), g.expression(2))
	default:
		g.line("%s = %s and %s or %s", g.one(g.vars...), g.condition(1), g.expression(2), g.expression(2))
	}
}

// rare writes what native code leaves to the interpreter.
func (g *generator) rare() {
	cond := g.condition(1)
	if len(g.loops) > 0 {
		cond = fmt.Sprintf("%s == %d", g.one(g.loops...), g.IntN(6))
	}
	v := g.one(g.vars...)
	g.line("if %s then %s end", cond, g.one(
		v+` = "10"`, v+" = nil", v+" = true", v+" = {}", "out("+v+")", "error("+v+")", "g3 = not g3", "new = "+v, "math.floor(nil)",
		"cfg.n = "+v, "local f = function() "+v+" = 1 end f()", "u3 = "+v, v+" = u3", v+" = f8", "do return "+v+" end", v+" = #"+v,
		"coroutine.wrap(function() "+v+" = 2 coroutine.yield() end)()", "cfg.scale = nil", "g1 = nil", "f8 = array.ones(7)"))
}

func (g *generator) block(steps int) {
	vars, loops, nested := len(g.vars), len(g.loops), g.nested
	g.depth++
	for range steps {
		g.statement()
	}
	g.depth--
	g.vars, g.loops, g.nested = g.vars[:vars], g.loops[:loops], nested
}

func (g *generator) loop() {
	g.counter++
	i := fmt.Sprintf("i%d", g.counter)
	switch g.IntN(6) {
	case 0:
		g.line("local %s = 0", i)
		g.line("while %s < %d do", i, 2+g.IntN(9))
		g.loops = append(g.loops, i)
		g.nested++
		g.line(" %s = %s + 1", i, i)
		g.turn()
		g.block(1 + g.IntN(3))
		g.line("end")
	case 1:
		g.line("local %s = 0", i)
		g.line("repeat")
		g.loops = append(g.loops, i)
		g.nested++
		g.line(" %s = %s + 1", i, i)
		g.turn()
		g.block(1 + g.IntN(3))
		g.line("until %s > %d or %s", i, 2+g.IntN(7), g.condition(1))
	default:
		g.line("for %s = %s, %s%s do", i, g.one("1", "1", "1", "0", "-2", "0.5", "a"), g.one("3", "6", "9", "12", "4.5", "#f8"),
			g.one("", "", "", ", 1", ", 2", ", 0.25", ", 0.7", ", max(1, 2)"))
		g.loops = append(g.loops, i)
		g.nested++
		g.turn()
		g.block(1 + g.IntN(4))
		g.line("end")
	}
	g.nested--
	g.loops = g.loops[:len(g.loops)-1]
}

// turn counts, so that each program ends soon.
func (g *generator) turn() {
	g.line(` turns = turns + 1 if turns > 2000 then turns = 0 error("enough") end`)
}

func (g *generator) index(n int) string {
	if len(g.loops) > 0 && g.IntN(4) > 0 {
		i := g.one(g.loops...)
		if g.IntN(12) == 0 {
			return g.one(i, i+" + 1")
		}
		return g.one(fmt.Sprintf("floor(%s) %% %d + 1", i, n), fmt.Sprintf("floor(%s %% %d) + 1", i, n))
	}
	if g.IntN(20) == 0 {
		return g.one(fmt.Sprint(n+1), g.expression(1))
	}
	return fmt.Sprint(1 + g.IntN(n))
}

// arrays has their lengths.
var arrays = map[string]int{"f8": 7, "f4": 5, "i4": 6, "u1a": 4, "i8": 3, "m": 12}

func (g *generator) element() string {
	a := g.one("f8", "f8", "f4", "i4", "u1a", "i8", "m")
	return fmt.Sprintf("%s[%s]", a, g.index(arrays[a]))
}

func (g *generator) store() {
	if g.IntN(6) == 0 {
		g.line("bo[%s] = %s", g.index(4), g.condition(1))
		return
	}
	a := g.one("f8", "f8", "f8", "f4", "i4", "u1a", "i8", "m")
	value := g.expression(2)
	if a != "f8" && a != "m" && g.IntN(12) > 0 {
		value = fmt.Sprint(g.IntN(100))
		if len(g.loops) > 0 {
			value = fmt.Sprintf("floor(%s * %d) %% 100", g.one(g.loops...), g.IntN(50))
		}
	}
	g.line("%s[%s] = %s", a, g.index(arrays[a]), value)
}

func (g *generator) condition(depth int) string {
	if depth == 0 || g.IntN(3) > 0 {
		return g.expression(1) + g.one(" < ", " <= ", " > ", " >= ", " == ", " ~= ") + g.expression(1)
	}
	return g.one("g3", "cfg.on", "bo["+g.index(4)+"]", "not ("+g.condition(depth-1)+")",
		"("+g.condition(depth-1)+" and "+g.condition(depth-1)+")", "("+g.condition(depth-1)+" or "+g.condition(depth-1)+")")
}

func (g *generator) expression(depth int) string {
	if depth == 0 || g.IntN(5) == 0 {
		switch n := g.IntN(10); {
		case n < 5:
			return g.one(g.vars...)
		case n < 7 && len(g.loops) > 0:
			return g.one(g.loops...)
		case n < 8:
			return g.one("cfg.n", "cfg.scale", "math.pi", "#f8", "g1", "u1")
		}
		n := g.number()
		if strings.HasPrefix(n, "-") {
			n = "(" + n + ")"
		}
		return n
	}
	x, y := g.expression(depth-1), g.expression(depth-1)
	switch n := g.IntN(20); {
	case n < 10:
		return "(" + x + g.one(" + ", " - ", " * ", " / ", " % ", " + ", " * ", " ^ ") + y + ")"
	case n < 11:
		return "(-" + x + ")"
	case n < 12:
		return "(" + x + g.one("^2", "^0.5", "^-1", "^3") + ")"
	case n < 15:
		return g.one("sin", "floor", "sqrt", "abs", "math.exp", "math.ceil", "math.log", "math.cos", "cfg.f") + "(" + x + ")"
	case n < 16:
		return g.one("max", "min", "math.fmod", "math.atan2", "math.pow") + "(" + x + ", " + y + ")"
	case n < 17:
		return g.one("math.random()", "math.random(6)", "math.random(2 + abs("+g.one("1", "7", "g1")+"))", "max("+x+", 1, "+y+")")
	case n < 18 && len(g.helpers) > 0:
		return fmt.Sprintf(g.one(g.helpers...), x, y)
	}
	return g.element()
}
