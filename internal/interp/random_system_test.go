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

// TestRandomSystem does random things with lists, dates and files here and in
// Lua 5.1: what is printed must be the same. It takes 10 s, or the seconds of
// MPICLUS_DIALECT_SECONDS; a failure names the seed, which MPICLUS_DIALECT_SEED
// repeats.
func TestRandomSystem(t *testing.T) {
	end, seed := randomRun(t, 10*time.Second)
	was := time.Local
	defer func() { time.Local = was }()
	lines := 0
	for ; lines == 0 || time.Now().Before(end); seed++ {
		g := &systemGenerator{Rand: rand.New(rand.NewPCG(seed, 1))}
		zone := pick(g, "UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata")
		if place, err := time.LoadLocation(zone); err == nil {
			t.Setenv("TZ", zone)
			time.Local = place
		}
		source := g.script(t.TempDir())
		folder := t.TempDir()
		if err := os.WriteFile(filepath.Join(folder, "random.lua"), []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
		want := oracle(t, folder, "random.lua", source)
		in, out := newTest(t)
		if err := runNamed(t, in, t.Context(), "random.lua", source); err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, source)
		}
		in.Close()
		t.Logf("seed %d", seed)
		if sameLines(t, out.String(), want); t.Failed() {
			return
		}
		lines += strings.Count(want, "\n")
	}
	t.Logf("%d lines", lines)
}

type systemGenerator struct {
	*rand.Rand
	b strings.Builder
}

func pick(g *systemGenerator, some ...string) string { return some[g.IntN(len(some))] }

func (g *systemGenerator) say(format string, args ...any) { fmt.Fprintf(&g.b, format+"\n", args...) }

// systemPrelude is what the lines of a script use. Messages here name the value at
// fault where Lua 5.1 does not.
const systemPrelude = `local function text(v) local s = type(v) == "string" and ("%q"):format(v) or tostring(v) return (s:gsub(": '%a' is a %a+", ""):gsub("0x%x+", "ADDRESS"):gsub("FOLDER[^:\"]*", "PATH")) end
local function show(...) local out = {} for i = 1, select("#", ...) do out[i] = text((select(i, ...))) end print(table.concat(out, " ")) end
local function list(t) local out = {} for i = 1, 12 do out[i] = text(t[i]) end print(#t, table.concat(out, " ")) end
local function less(a, b) return a < b end local function more(a, b) return a > b end local function n(x) return tonumber(x) or 0 end local function odd(a, b) return n(a) % 3 < n(b) % 3 end local function wrong(a, b) return (n(a) * 7 + n(b)) % 5 < 2 end
local function time(t) -- an hour that clocks show twice is, in C, the one that earlier calls make likely
	local function shown(isdst) local c = { isdst = isdst } for k, v in pairs(t) do if k ~= "isdst" then c[k] = v end end local at = os.time(c) return at and os.date("*t", at).isdst == isdst end
	if t.isdst == nil and shown(true) and shown(false) then return "twice" end
	return pcall(os.time, t)
end
local t, f, ok`

func (g *systemGenerator) script(folder string) string {
	g.say("%s", strings.ReplaceAll(systemPrelude, "FOLDER", strings.ReplaceAll(folder, "-", "%-")))
	for range 150 {
		g.lists()
		g.dates()
		g.file(filepath.Join(folder, "f"))
	}
	return g.b.String()
}

func (g *systemGenerator) number() string {
	return pick(g, "0", "1", "2", "3", "4", "-1", "7", "1.5", "'2'", "'x'", "nil", "{}", strconv.Itoa(g.IntN(15)-3))
}

// lists makes one and does things with it that leave no holes, since where a
// list with holes ends is not said.
func (g *systemGenerator) lists() {
	n := g.IntN(11)
	items := make([]string, n)
	for i := range items {
		items[i] = strconv.Itoa(g.IntN(9))
		if g.IntN(40) == 0 {
			items[i] = pick(g, "'s'", "{}", "true", "0/0", "1.5")
		}
	}
	g.say("t = { %s }", strings.Join(items, ", "))
	for range 4 {
		switch at := 1 + g.IntN(max(n, 1)); g.IntN(12) {
		case 0:
			g.say("show(pcall(table.insert, t, %d)) list(t)", g.IntN(100))
		case 1:
			g.say("if #t > 0 then show(pcall(table.insert, t, math.min(%d, #t), %d)) end list(t)", at, g.IntN(100))
		case 2:
			g.say("show(pcall(table.remove, t)) list(t)")
		case 3:
			g.say("show(pcall(table.remove, t, %d)) list(t)", at)
		case 4:
			g.say("show(pcall(table.concat, t, %s, %s, %s))", pick(g, "','", "''", "5", "nil", "{}"), g.number(), g.number())
		case 5:
			g.say("show(pcall(unpack, t, %s, %s))", g.number(), g.number())
		case 6:
			g.say("show(pcall(table.sort, t%s)) list(t)", pick(g, "", ", nil", ", less", ", more", ", odd", ", 5"))
			if g.IntN(6) == 0 { // it may leave holes
				g.say("show(pcall(table.sort, t, wrong)) show(t[1], t[2], t[3], t[4], t[5], t[6], t[7], t[8], t[9], t[10]) t = { 3, 1, 2 }")
			}
		case 7:
			g.say("show(table.maxn(t), table.getn(t), #t)")
		case 8:
			g.say("t[#t] = nil list(t)")
		case 9:
			g.say("show(pcall(select, %s, unpack(t)))", g.number())
		case 10:
			g.say("for k, v in pairs(t) do if %s then t[k] = v end end list(t) show(next(t, #t > 0 and #t or nil))", pick(g, "true", "v"))
		case 11:
			g.say("ok = 0 for i, v in ipairs(t) do ok = ok + i end show(ok)")
		}
	}
}

func (g *systemGenerator) dates() {
	field := func() string { return strconv.Itoa(g.IntN(200) - 70) }
	switch g.IntN(3) {
	case 0:
		format := ""
		for range 1 + g.IntN(4) {
			format += pick(g, "%", "x", " ", "!", "%%") + string(rune(' '+g.IntN(95)))
		}
		if !strings.Contains(format, "E") && !strings.Contains(format, "O") && !strings.Contains(format, "%+") {
			g.say("show(pcall(os.date, %q, %d))", pick(g, "!", "")+format, g.Int64N(8e9)-2e9)
		}
	case 1:
		g.say("show(time({ year = %d, month = %s, day = %s, hour = %s, min = %s, sec = %s%s }))",
			1975+g.IntN(60), field(), field(), field(), field(), field(), pick(g, "", "", ", isdst = true", ", isdst = false"))
	case 2:
		g.say("t = os.date(%s, %d) show(t.year, t.month, t.day, t.hour, t.min, t.sec, t.wday, t.yday, t.isdst)", pick(g, "'*t'", "'!*t'"), g.Int64N(4e9)-2e9)
	}
}

// file writes one of pieces of numbers and lines, and reads it by random
// formats.
func (g *systemGenerator) file(path string) {
	content := ""
	for range g.IntN(12) {
		content += pick(g, "1", "23", "-", "+", ".", "e", "E5", "0x", "ff", "p1", "inf", "nan", "i", " ", "\n", "\t", "abc", "0", "1e", ".5", "\n\n", "7")
	}
	mode := pick(g, "r", "r", "r+", "rb", "a+")
	g.say("f = assert(io.open(%q, %s)) f:write(%q) f:close() f = io.open(%q, %q)", path, pick(g, "'w'", "'wb'", "'w+'"), content, path, mode)
	for range 1 + g.IntN(5) {
		switch g.IntN(9) {
		case 0:
			g.say("show(f:seek(%s, %d))", pick(g, "'set'", "'cur'", "'end'"), g.IntN(9)-3)
		case 1:
			g.say("show(f:seek())")
		case 2:
			if !strings.Contains(mode, "+") {
				continue // an error of the file stays in C's until it is read
			}
			g.say("f:seek('cur', 0) show(f:write(%q, %d)) show(f:seek('cur', 0))", pick(g, "W", "\n", "12 "), g.IntN(50))
		case 3:
			g.say("for l in f:lines() do show(l) %s end", pick(g, "", "break"))
		default:
			var formats []string
			for range g.IntN(4) {
				formats = append(formats, pick(g, "'*n'", "'*n'", "'*l'", "'*a'", "0", "1", strconv.Itoa(g.IntN(9))))
			}
			g.say("show(f:read(%s))", strings.Join(formats, ", "))
		}
	}
	g.say("show(f:close()) f = io.open(%q) show(f:read '*a') f:close()", path)
}
