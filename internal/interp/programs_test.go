package interp

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// programsPerScript is how many programs one run of Lua 5.1 carries out.
const programsPerScript = 150

// TestRandomPrograms runs random programs (closures, pcall, blocks, loops,
// break and goto, coroutines, tables, metatables, tail calls) here and in Lua
// 5.1, or LuaJIT where there is goto: both must print the same. It takes 5 s,
// or the seconds of MPICLUS_DIALECT_SECONDS; a failure names the seed, which
// MPICLUS_DIALECT_SEED repeats.
func TestRandomPrograms(t *testing.T) {
	end, seed := randomRun(t, 5*time.Second)
	count, failed := 0, 0
	defer func() { t.Logf("%d programs, then the seed was %d", count, seed) }()
	for ; count == 0 || time.Now().Before(end) && failed < 5; seed++ {
		p := &programs{Rand: rand.New(rand.NewPCG(seed, 1)), jumps: seed%3 == 0}
		source := p.script(programsPerScript)
		folder := t.TempDir()
		if err := os.WriteFile(filepath.Join(folder, "p.lua"), []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
		want := oracle(t, folder, "p.lua", source)
		var out bytes.Buffer
		in := New(Config{Stdout: &out})
		if err := runNamed(t, in, t.Context(), "p.lua", source); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
		in.Close()
		if !samePrograms(t, seed, source, out.String(), want) {
			failed++
		}
		count += programsPerScript
		os.RemoveAll(folder)
	}
}

const programMark = "== "

// samePrograms tells of the first programs that print something else.
func samePrograms(t *testing.T, seed uint64, source, out, want string) bool {
	t.Helper()
	got, parts, sources := strings.Split(out, programMark), strings.Split(want, programMark), strings.Split(source, programBegin)
	differ := 0
	for i, part := range parts {
		if i < len(got) && got[i] == part {
			continue
		}
		if differ++; differ > 2 {
			break
		}
		is := "nothing"
		if i < len(got) {
			is = got[i]
		}
		text := ""
		if i < len(sources) {
			text = sources[i]
		}
		t.Errorf("seed %d: %s\n%s", seed, text, firstDifferent(is, part))
	}
	return differ == 0
}

// firstDifferent shows the first line that is another one.
func firstDifferent(got, want string) string {
	is, lines := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i, line := range lines {
		switch {
		case i >= len(is):
			return fmt.Sprintf("line %d is missing: %s", i+1, line)
		case is[i] != line:
			return fmt.Sprintf("line %d:\n got %s\nwant %s", i+1, is[i], line)
		}
	}
	return "more lines than wanted: " + is[len(lines)]
}

const programBegin = "-- program\n"

// programPrelude has out, which prints values alike everywhere, and step, which
// ends what runs for too long: before Lua 5.1 has too many calls of pcall and
// coroutines inside one another, whose limit is 200.
const programPrelude = `local steps = 0
local function text(v, deep)
  local kind = type(v)
  if kind == "string" then return (v:gsub("0x%x+", "PTR")) end
  if kind == "number" then return v ~= v and "nan" or v == 0 and "0" or v == 1/0 and "inf" or v == -1/0 and "-inf" or ("%.14g"):format(v) end
  if kind ~= "table" then return kind == "boolean" and tostring(v) or kind end
  if deep then return "table" end
  local parts = {}
  for k, x in pairs(v) do parts[#parts + 1] = text(k, true) .. "=" .. text(x, true) end
  table.sort(parts)
  return "{" .. table.concat(parts, ",") .. "}"
end
local function out(...)
  local parts = {}
  for i = 1, select("#", ...) do parts[i] = text((select(i, ...))) end
  print(table.concat(parts, " "))
end
-- errors of operators and calls begin here with what Lua 5.1 says; LuaJIT has words of its own
local function err(e)
  if type(e) ~= "string" or e:match("E%d") then return e end
  local words = e:match("^.-attempt to [%a ]+ %a+ '[^']*' %(a %a+ value%)") or e:match("^.-attempt to %a[%a ]* values?") or e:match("^.-attempt to compare %a+ with %a+") or e:match("^.-'for' [%a ]+ must be a number")
  if words and stock then return words end
  if e:match("attempt to call") then return "no function" end
  return "error at " .. (e:match("^[%w.]+:%d+:") or "no place")
end
local function step() steps = steps + 1 if steps > 60 then error("E0", 0) end end
local function same(...) return ... end
local G = {}
`

// programs writes programs of Lua.
type programs struct {
	*rand.Rand
	b      strings.Builder
	jumps  bool
	vars   []string // that are visible
	next   int
	depth  int
	loop   int // loops of this function that break may leave
	inside int // functions around
	vararg bool
	yields bool // in the function of a coroutine itself: elsewhere Lua 5.1 may refuse
	begins bool // the next function is that of a coroutine
}

func (p *programs) script(n int) string {
	if p.jumps {
		p.b.WriteString("-- oracle: luajit\n")
	}
	fmt.Fprintf(&p.b, "local stock = %t\n", !p.jumps)
	p.b.WriteString(programPrelude)
	for range n {
		p.b.WriteString(programBegin)
		p.line(`print("` + programMark + `") steps = 0`)
		p.line("out(select('#', pcall(function(...)")
		p.vars, p.depth, p.loop, p.inside, p.vararg, p.yields = []string{"G"}, 0, 0, 0, true, false
		p.block(4 + p.IntN(5))
		p.line("end, 1, 'two', nil)))")
	}
	return p.b.String()
}

func (p *programs) line(s string) { p.b.WriteString(s + "\n") }

func (p *programs) one(of ...string) string { return of[p.IntN(len(of))] }

func (p *programs) name() string {
	p.next++
	return "v" + strconv.Itoa(p.next)
}

func (p *programs) variable() string { return p.vars[p.IntN(len(p.vars))] }

// scoped writes a block with variables of its own.
func (p *programs) scoped(n int, names ...string) {
	before := len(p.vars)
	p.depth++
	p.vars = append(p.vars, names...)
	p.block(n)
	p.vars = p.vars[:before]
	p.depth--
}

func (p *programs) block(n int) {
	for range n {
		p.statement()
	}
}

// body writes a function from its parameters on.
func (p *programs) body(vararg bool, names ...string) {
	loop, was, yields := p.loop, p.vararg, p.yields
	p.loop, p.vararg, p.yields, p.begins = 0, vararg, p.begins, false
	p.inside++
	list := append([]string{}, names...)
	if vararg {
		list = append(list, "...")
	}
	p.line("(" + strings.Join(list, ", ") + ")")
	p.line("step()")
	p.scoped(1+p.IntN(3), names...)
	if p.IntN(3) > 0 {
		p.line("return " + p.exprs(1+p.IntN(2)))
	} else if p.IntN(3) == 0 {
		call := p.variable() + "(" + p.exprs(p.IntN(3)) + ")"
		if p.jumps { // LuaJIT has no place for the error of a Go or C function in a tail call, Lua 5.1 has
			call = "(" + call + ")"
		}
		p.line("return " + call)
	}
	p.line("end")
	p.inside--
	p.loop, p.vararg, p.yields = loop, was, yields
}

func (p *programs) statement() {
	if p.depth > 4 {
		p.simple()
		return
	}
	switch p.IntN(24) {
	case 0, 1:
		v := p.name()
		p.line("local " + v + " = " + p.expr(2))
		p.vars = append(p.vars, v)
	case 2:
		v, w := p.name(), p.name()
		p.line("local " + v + ", " + w + " = " + p.exprs(1+p.IntN(3)))
		p.vars = append(p.vars, v, w)
	case 3, 4:
		v := p.name()
		p.line("local function " + v)
		p.vars = append(p.vars, v)
		p.body(p.IntN(3) == 0, p.name(), p.name())
	case 5:
		p.line("do")
		p.scoped(2 + p.IntN(2))
		p.line("end")
	case 6:
		p.line("if " + p.expr(2) + " then")
		p.scoped(1 + p.IntN(2))
		if p.IntN(2) == 0 {
			p.line("elseif " + p.expr(1) + " then")
			p.scoped(1)
		}
		if p.IntN(2) == 0 {
			p.line("else")
			p.scoped(1 + p.IntN(2))
		}
		p.line("end")
	case 7, 8, 9, 10:
		p.loops()
	case 11, 12:
		p.protected()
	case 13:
		p.coroutine()
	case 14:
		p.object()
	default:
		p.simple()
	}
}

// simple writes a statement without blocks.
func (p *programs) simple() {
	switch p.IntN(12) {
	case 0, 1:
		p.line(p.variable() + " = " + p.expr(2))
	case 2:
		p.line(p.variable() + ", " + p.variable() + " = " + p.exprs(2+p.IntN(2)))
	case 3:
		p.line("if type(" + p.target() + ") == 'table' then " + p.target() + p.one(".x", "[1]", "[2]", ".y", "["+p.expr(0)+"]") + " = " + p.expr(1) + " end")
	case 4:
		if p.loop > 0 {
			p.line("if " + p.expr(1) + " then break end")
			return
		}
		fallthrough
	case 5:
		p.line("pcall(" + p.variable() + ", " + p.exprs(1+p.IntN(2)) + ")")
	case 6:
		p.line("if " + p.expr(1) + " then error(" + p.one("'E1'", "'E2', 0", "'E3', 2", "{'E'}", "nil", "'E4', 1") + ") end")
	case 7:
		if p.yields && p.IntN(2) == 0 {
			p.line("out('back', coroutine.yield(" + p.exprs(1) + "))")
			return
		}
		fallthrough
	default:
		p.line("out(" + p.exprs(1+p.IntN(3)) + ")")
	}
}

func (p *programs) target() string { return p.one("G", p.vars[len(p.vars)-1]) }

func (p *programs) loops() {
	p.loop++
	defer func() { p.loop-- }()
	label := ""
	if p.jumps && p.IntN(2) == 0 {
		p.next++
		label = fmt.Sprintf("l%d", p.next)
	}
	inner := func(names ...string) {
		p.line("step()")
		before := len(p.vars)
		p.depth++
		p.vars = append(p.vars, names...)
		p.block(1 + p.IntN(3))
		if label != "" {
			p.line("if " + p.expr(1) + " then goto " + label + " end")
			p.block(1)
		}
		p.vars = p.vars[:before]
		p.depth--
		if label != "" {
			p.line("::" + label + "::")
		}
	}
	switch p.IntN(4) {
	case 0:
		v := p.name()
		p.line("for " + v + " = " + p.one("1, 3", "3, 1, -1", "0.1, 0.5, 0.1", "'1', '2'", "1, 0", p.expr(0)+", 4") + " do")
		inner(v)
	case 1:
		k, v := p.name(), p.name()
		p.line("same()") // or Lua 5.1 might name what is left of the statement before, when it cannot call the iterator
		p.line("for " + k + ", " + v + " in " + p.one("ipairs{4, 5, 6}", "pairs{7}", "next, {x = 8}", "ipairs("+p.expr(1)+")", "("+p.expr(1)+")") + " do")
		inner(k, v)
	case 2:
		n := p.name()
		p.line("local " + n + " = 0")
		p.line("while " + n + " < 3 and " + p.one("true", p.expr(1), p.expr(2)) + " do")
		p.line(n + " = " + n + " + 1")
		inner()
	default:
		n, v := p.name(), p.name()
		p.line("local " + n + " = 0")
		p.line("repeat")
		p.line(n + " = " + n + " + 1")
		p.line("local " + v + " = " + p.expr(1))
		p.line("local f" + v + " = function() " + v + " = " + n + " return " + v + " end")
		if label != "" {
			p.line("do")
		}
		inner(v, "f"+v)
		if label != "" {
			p.line("end")
		}
		p.line("until " + n + " >= 3 or f" + v + "() == " + p.expr(0))
		return
	}
	p.line("end")
}

func (p *programs) protected() {
	v, w := p.name(), p.name()
	if p.IntN(3) == 0 {
		p.line("local " + v + ", " + w + " = xpcall(function")
		p.body(false)
		p.line(", function(e) out('handler', err(e)) return e end)")
	} else {
		p.line("local " + v + ", " + w + " = pcall(function")
		p.body(p.IntN(2) == 0, p.name(), p.name())
		p.line(", " + p.exprs(1+p.IntN(2)) + ")")
	}
	p.line("out(" + v + ", " + v + " or err(" + w + "))")
	p.vars = append(p.vars, v, w)
	p.line("if not " + v + " then " + w + " = " + w + " and 'failed' end")
}

func (p *programs) coroutine() {
	v := p.name()
	p.begins = true
	p.line("local " + v + " = coroutine." + p.one("create", "wrap") + "(function")
	p.body(true, p.name())
	p.line(")")
	p.line("for i = 1, 3 do")
	p.line("if type(" + v + ") == 'thread' then")
	p.line("local ok, e = coroutine.resume(" + v + ", i, " + p.expr(0) + ")")
	p.line("out(ok, ok and e or err(e), coroutine.status(" + v + "))")
	p.line("else")
	p.line("local ok, e = pcall(" + v + ", i) out(ok, ok and e or err(e))")
	p.line("end end")
	p.vars = append(p.vars, v)
}

func (p *programs) object() {
	v := p.name()
	event := p.one("__add", "__sub", "__mul", "__div", "__mod", "__pow", "__unm", "__concat", "__eq", "__lt", "__le", "__index", "__newindex", "__call", "__len")
	p.line("local " + v + " = setmetatable({x = " + p.expr(1) + ", " + p.expr(0) + "}, {" + event + " = function")
	p.body(p.IntN(3) == 0, p.name(), p.name())
	p.line("})")
	p.vars = append(p.vars, v)
	p.line("out(pcall(function() return " + p.one(v+" + 1", "2 - "+v, "-"+v, v+" .. 'z'", "1 .. "+v, v+" == "+p.variable(), v+" < "+v, v+" <= "+p.variable(), v+".nosuch", v+"(3)", "#"+v, v+" % 2") + " end) == true)")
}

func (p *programs) exprs(n int) string {
	list := make([]string, 0, n)
	for range n {
		list = append(list, p.expr(1))
	}
	if n == 0 {
		return ""
	}
	if p.vararg && p.IntN(5) == 0 {
		list[n-1] = "..."
	}
	return strings.Join(list, ", ")
}

func (p *programs) expr(deep int) string {
	if deep <= 0 || p.IntN(4) == 0 {
		return p.one(p.variable(), p.variable(), p.variable(), strconv.Itoa(p.IntN(12)), "nil", "true", "false", "0.5", "-3", "'a'", "'10'", "'0x10'", "1e15", "{}")
	}
	a, b := p.expr(deep-1), p.expr(deep-1)
	switch p.IntN(18) {
	case 0, 1:
		return "(" + a + " " + p.one("+", "-", "*", "/", "%") + " " + b + ")"
	case 2:
		return "(" + a + " .. " + b + ")"
	case 3, 4:
		return "(" + a + " " + p.one("==", "~=", "==", "<", "<=", ">", ">=") + " " + b + ")"
	case 5, 6, 7:
		return "(" + a + " " + p.one("and", "or") + " " + b + ")"
	case 8:
		return "(not " + a + ")"
	case 9:
		return "{" + a + ", " + b + p.one("", ", x = "+p.expr(0), ", same(1, 2)", ", nil") + "}"
	case 10:
		return "(" + a + " and " + b + " or " + p.expr(0) + ")"
	case 11:
		return "type(" + a + ")"
	case 12:
		return "select('#', same(" + a + ", " + b + "))"
	case 13:
		return "(same(" + a + ", " + b + "))"
	case 14:
		return "same(" + a + ", " + b + ")"
	case 15:
		return "(function() return " + a + " end)()"
	case 16:
		return "(function() " + p.variable() + " = " + a + " return " + b + " end)"
	default:
		return "(type(" + p.target() + ") == 'table' and " + p.target() + p.one(".x", "[1]", ".y", "[2]") + ")"
	}
}
