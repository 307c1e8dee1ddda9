package pattern

import (
	"strings"
	"testing"
	"time"
)

// fault is what a pattern is refused with.
type fault string

// stopped is how a test host ends a match that takes long.
type stopped struct{}

// testHost ends a match after a number of checks, if there is one.
type testHost struct{ checks, limit int }

func (h *testHost) Fail(message string) { panic(fault(message)) }

func (h *testHost) Check() {
	if h.checks++; h.limit > 0 && h.checks >= h.limit {
		panic(stopped{})
	}
}

// find returns the bounds of the first match, or what it was refused with.
func find(subject, source string, host *testHost) (start, end int, raised any) {
	defer func() { raised = recover() }()
	m := Matcher{Subject: subject, Pattern: Compile(source, true), Host: host}
	start, end = m.Find(0)
	for n := range m.Captures() {
		m.Capture(n)
	}
	return start, end, nil
}

func TestFind(t *testing.T) {
	for _, row := range []struct {
		subject, pattern string
		start, end       int
	}{
		{"hello", "l+", 2, 4}, {"hello", "^l", -1, -1}, {"hello", "o$", 4, 5}, {"", "", 0, 0}, {"x(a(b)c)", "%b()", 1, 8}, {"THE (quick) fox", "%f[%a]%l+", 5, 10},
		{"abab", "(ab)%1", 0, 4}, {"aXb", "%u", 1, 2}, {"a-b", "[%w-]+", 0, 3}, {"a\x00b", "a\x00zzz", 0, 1}, {"\xff", "[\x80-\xff]", 0, 1}, {"aaa", "a-$", 0, 3}, {"aab", "a?ab", 0, 3},
	} {
		if start, end, raised := find(row.subject, row.pattern, &testHost{}); start != row.start || end != row.end || raised != nil {
			t.Errorf("%q %q: %d %d %v, want %d %d", row.subject, row.pattern, start, end, raised, row.start, row.end)
		}
	}
}

func TestFaults(t *testing.T) {
	for pattern, want := range map[string]string{
		"%": faultEscape, "a%": faultEscape, "[a": faultBracket, "[]": faultBracket, "[^]": faultBracket, "[%": faultBracket, "%f": faultFrontier, "%fa": faultFrontier, "%b(": faultBalance,
		"(a": "unfinished capture", "a)": "invalid pattern capture", "%1": "invalid capture index", "(%1)": "invalid capture index", strings.Repeat("()", 33): "too many captures",
	} {
		if _, _, raised := find("aaa", pattern, &testHost{}); raised != fault(want) {
			t.Errorf("%q: %v, want %s", pattern, raised, want)
		}
	}
	if _, _, raised := find("b", "a%", &testHost{}); raised != nil {
		t.Errorf("a fault that the matcher does not come to: %v", raised)
	}
}

// TestCheck: a match that takes for ever asks its host, and can be ended by it,
// whatever it is that it does again and again.
func TestCheck(t *testing.T) {
	a := strings.Repeat("a", 3000)
	for _, row := range []struct{ subject, pattern string }{
		{a, "a*a*a*a*a*b"}, {a, "a-a-a-a-a-b"}, {a, "a?a*a?a*a?a*c"}, {a, "(.-)(.-)(.-)(.-)%1b"}, {a, ".-.-.-.-.-x"}, {strings.Repeat("(", 1<<20), "%b()"},
		{strings.Repeat("a", 1<<20), "a-b"}, {strings.Repeat("a", 1<<20), "a+b"}, {strings.Repeat("a", 1<<20), "[ab]-c"}, {strings.Repeat("a", 1<<20), ".-%d"},
	} {
		start := time.Now()
		host := &testHost{limit: 3}
		if _, _, raised := find(row.subject, row.pattern, host); raised != (stopped{}) {
			t.Errorf("%s: %v after %d checks", row.pattern, raised, host.checks)
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s: three checks took %v", row.pattern, took)
		}
	}
}

// TestLong: neither a long subject nor a long pattern takes a deep stack.
func TestLong(t *testing.T) {
	a := strings.Repeat("a", 1<<22)
	for _, pattern := range []string{".*", ".-$", "a*", "[ab]+", "^(.*)a$", "(a+)a"} {
		if start, end, raised := find(a, pattern, &testHost{}); start != 0 || end != len(a) || raised != nil {
			t.Errorf("%s: %d %d %v", pattern, start, end, raised)
		}
	}
	if _, end, raised := find(a, strings.Repeat("a?", 1<<16), &testHost{}); end != 1<<16 || raised != nil {
		t.Errorf("many items: %d %v", end, raised)
	}
	if _, _, raised := find(a, strings.Repeat("a?", maxDepth+1), &testHost{}); raised != fault("pattern too complex") {
		t.Errorf("too many items: %v", raised)
	}
}

// FuzzFind: no pattern makes the matcher panic, run out of bounds or go on
// although its host wants it to end.
func FuzzFind(f *testing.F) {
	for _, seed := range [][2]string{{"hello world", "(%w+) (%w+)"}, {"a(b)c", "%b()"}, {"aaa", "a-b"}, {"", "%f[%a]"}, {"x", "[^%s-]*"}, {"\x00\xff", "[\x00-\xff]"}, {"abab", "(a)(b)%1%2"}, {"aab", "()a?()$"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, subject, source string) {
		for _, anchors := range []bool{true, false} {
			func() {
				defer func() {
					switch raised := recover().(type) {
					case nil, fault, stopped:
					default:
						t.Fatalf("%q %q: %v", subject, source, raised)
					}
				}()
				m := Matcher{Subject: subject, Pattern: Compile(source, anchors), Host: &testHost{limit: 20}}
				start, end := m.Find(0)
				if start >= 0 && (end < start || end > len(subject)) {
					t.Fatalf("%q %q: %d to %d", subject, source, start, end)
				}
				for n := range m.Captures() {
					if at, length := m.Capture(n); start >= 0 && (at < start || at > end || length > end-at) {
						t.Fatalf("%q %q: capture %d at %d, of %d", subject, source, n, at, length)
					}
				}
			}()
		}
	})
}
