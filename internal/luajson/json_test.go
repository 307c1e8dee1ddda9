package luajson

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/luamodule/moduletest"
)

func add(in *interp.Interp) {
	in.AddModule("array", array.Open)
	in.AddModule("json", Opener(nil))
}

func TestScripts(t *testing.T) { moduletest.Scripts(t, add) }

// random makes the text of a value.
func random(r *rand.Rand, depth int) string {
	kinds := 7
	if depth == 0 {
		kinds = 5
	}
	switch r.IntN(kinds) {
	case 0:
		return []string{"null", "true", "false"}[r.IntN(3)]
	case 1:
		return fmt.Sprint(r.Int64N(1<<53) - 1<<52)
	case 2, 3:
		f := math.Float64frombits(r.Uint64())
		if math.IsNaN(f) || math.IsInf(f, 0) {
			f = r.NormFloat64()
		}
		return fmt.Sprint(f)
	case 4:
		return fmt.Sprintf("%q", string([]rune{rune('a' + r.IntN(26)), rune(0x100 + r.IntN(0x2000)), '€'}))
	case 5:
		parts := make([]string, r.IntN(5))
		for i := range parts {
			parts[i] = random(r, depth-1)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	parts := make([]string, r.IntN(5))
	for i := range parts {
		parts[i] = fmt.Sprintf("\"%c%d\" : %s", 'a'+r.IntN(26), i, random(r, depth-1))
	}
	return "{" + strings.Join(parts, ",\n") + "}"
}

// notJSON are texts that nobody may take.
var notJSON = []string{
	"", "[", "]", "{", "}", "[1,]", "[,1]", "{\"a\"}", "{\"a\":}", "{a:1}", "{1:1}", "01", "+1", ".5", "1.", "1e", "0x10", "--1", "tru", "nul", "True",
	"'a'", "\"a", "\"\\x\"", "\"\\u12\"", "\"\t\"", "[1 2]", "{\"a\":1 \"b\":2}", "{\"a\":1,}", "1 1", "// x\n1", "/**/1", "[1]]", "\"\\", "-", "[\"a\"", "\u00a01",
}

// TestAgainstPython: Python reads what encode writes as the same values, decode
// takes what Python writes of them, and both refuse the same texts.
func TestAgainstPython(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil && os.Getenv("MPICLUS_NO_MPI") != "" {
		t.Skip("no python3 here, and nothing was to be set up")
	}
	L := lua.NewState()
	defer L.Close()
	null, list := L.NewUserData(), L.NewTable()
	list.RawSetString(kindField, kindList)
	decode := func(text string) (lua.LValue, error) { return (&decoder{L: L, list: list, null: null}).run(text) }
	encode := func(v lua.LValue) string {
		text, err := (&encoder{null: null}).run(v)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	r := rand.New(rand.NewPCG(1, 2))
	var input strings.Builder
	var ours []string
	for range 2000 {
		text := random(r, 5)
		v, err := decode(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		ours = append(ours, encode(v))
		fmt.Fprintf(&input, "%s\x00%s\x00", text, encode(v))
	}
	for _, text := range notJSON {
		if v, err := decode(text); err == nil {
			t.Errorf("%q was read as %v", text, v)
		}
		input.WriteString(text + "\x00")
	}
	cmd := exec.CommandContext(t.Context(), python, "-c", `import json, sys
texts = sys.stdin.buffer.read().decode().split("\0")[:-1]
for a, b in zip(texts[0:4000:2], texts[1:4000:2]):
    assert json.loads(a) == json.loads(b), (a, b)
    print(json.dumps(json.loads(b)))
for text in texts[4000:]:
    try: json.loads(text)
    except ValueError: continue
    sys.exit("Python reads " + repr(text))`)
	cmd.Stdin = strings.NewReader(input.String())
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatal(err, string(out))
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) != len(ours) {
		t.Fatalf("%d lines, want %d", len(lines), len(ours))
	}
	for i, line := range lines {
		v, err := decode(line)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if again := encode(v); again != ours[i] {
			t.Errorf("got %s, want %s", again, ours[i])
		}
	}
}

// FuzzDecode: no text makes more than an error, and what is read is written as
// a text that gives the same again.
func FuzzDecode(f *testing.F) {
	for _, text := range append(notJSON, `{"a":[1,2.5,"x",null,true,{}],"b":[]}`, `[[1,2],[3,4]]`, "\"\\ud83d\\ude00\"") {
		f.Add(text)
	}
	L := lua.NewState()
	null, list := L.NewUserData(), L.NewTable()
	list.RawSetString(kindField, kindList)
	f.Fuzz(func(t *testing.T, text string) {
		v, err := (&decoder{L: L, list: list, null: null, arrays: len(text)%2 == 0, big: "string"}).run(text)
		if err != nil {
			return
		}
		first, err := (&encoder{null: null}).run(v)
		if err != nil {
			t.Fatal(err)
		}
		v, err = (&decoder{L: L, list: list, null: null, big: "string"}).run(first)
		if err != nil {
			t.Fatalf("%s: %v", first, err)
		}
		if second, err := (&encoder{null: null}).run(v); err != nil || second != first {
			t.Errorf("%s and %s, %v", first, second, err)
		}
	})
}

// TestInterrupted: long work ends soon after the script was interrupted.
func TestInterrupted(t *testing.T) {
	L := lua.NewState()
	defer L.Close()
	stop := counter{interrupted: func() error { return errors.New("interrupted") }}
	text := "[" + strings.Repeat("1,", 2*askEvery) + "1]"
	if _, err := (&decoder{L: L, list: L.NewTable(), counter: stop}).run(text); err == nil || !strings.Contains(err.Error(), "interrupted") {
		t.Error(err)
	}
	a, list := array.New(array.Int8, 2*askEvery), L.NewTable()
	for i := range a.Len() {
		list.RawSetInt(i+1, lua.LTrue)
	}
	for _, v := range []lua.LValue{array.ToLua(L, a), list} {
		if _, err := (&encoder{counter: stop}).run(v); err == nil || !strings.Contains(err.Error(), "interrupted") {
			t.Error(err)
		}
	}
}
