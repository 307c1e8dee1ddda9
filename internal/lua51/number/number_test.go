package number

import (
	"math"
	"strconv"
	"testing"
)

func TestFormat(t *testing.T) {
	for want, f := range map[string]float64{
		"0": 0, "-0": math.Copysign(0, -1), "7": 7, "-7": -7, "0.3": 0.1 + 0.2, "99": 99, "100": 100,
		"1e+14": 1e14, "99999999999999": 99999999999999, "1e+15": 1e15, "1.2345678901234e+14": 123456789012345,
		"1e-05": 1e-5, "0.0001": 1e-4, "4.9406564584125e-324": 5e-324, "9.007199254741e+15": 1 << 53, "1e+100": 1e100,
		"inf": math.Inf(1), "-inf": math.Inf(-1), "nan": math.NaN(), "-nan": math.Copysign(math.NaN(), -1),
		"0.33333333333333": 1. / 3, "-1.5": -1.5, "100000": 100000, "1.7976931348623e+308": math.MaxFloat64,
	} {
		if got := Format(f); got != want {
			t.Errorf("Format(%v): %s, want %s", f, got, want)
		}
	}
}

func TestParse(t *testing.T) {
	for s, want := range map[string]float64{
		"1": 1, " 1 ": 1, "\t\n\v\f\r1\t": 1, "0x10": 16, "-0x10": -16, "0x1p4": 16, "0x1.8": 1.5, "0x.8": 0.5, "0x1.": 1,
		"0X1P+3": 8, "0xep1": 28, ".5": .5, "5.": 5, "1e5": 1e5, "1E+5": 1e5, "1e400": math.Inf(1), "-1e400": math.Inf(-1),
		"1e-400": 0, "inf": math.Inf(1), "-Infinity": math.Inf(-1), "1\x00x": 1, "010": 10, "123456789012345678": 123456789012345678,
		"0xffffffffffffffffff": 4722366482869645213695, "0x1p99999999999": math.Inf(1), "0xffffffffffffffff": 1 << 64,
	} {
		if got, ok := Parse(s); !ok || got != want {
			t.Errorf("Parse(%q): %v %v, want %v", s, got, ok, want)
		}
	}
	for _, s := range []string{"", " ", ".", "+", "-", "+ 1", "--1", "1 2", "1e", "1e+", "1_0", "0b1", "0o7", "0x", "0x.", "0xg", "0x1g",
		"0x1p", "0x1p+", "1,5", "1e5.", "infx", "infinit", "nanx", "nan(", "nan(-)", "0x0x1", "\x001", "1d", "\xa01", "0x_1", "1.2.3", "x", "- xe4", ".x1"} {
		if got, ok := Parse(s); ok {
			t.Errorf("Parse(%q): %v, want none", s, got)
		}
	}
	for s, negative := range map[string]bool{"nan": false, "-nan": true, "NaN(_9z)": false} {
		if got, ok := Parse(s); !ok || got == got || math.Signbit(got) != negative {
			t.Errorf("Parse(%q): %v %v", s, got, ok)
		}
	}
}

func TestParseBase(t *testing.T) {
	for _, row := range []struct {
		s    string
		base int
		want float64
	}{
		{"ff", 16, 255}, {"0xFF", 16, 255}, {"zz", 36, 1295}, {" 11 ", 2, 3}, {"-11", 2, 1 << 64}, {"+11", 2, 3}, {"1e1", 16, 481},
		{"ffffffffffffffffff", 16, 1 << 64}, {"1\x00", 2, 1}, {"1e1", 10, 10}, {"18446744073709551615", 36, 1 << 64},
	} {
		if got, ok := ParseBase(row.s, row.base); !ok || got != row.want {
			t.Errorf("ParseBase(%q, %d): %v %v, want %v", row.s, row.base, got, ok, row.want)
		}
	}
	for _, s := range []string{"", "2", "-", "1 1", "0b1", "1.0", "0x"} {
		if got, ok := ParseBase(s, 2); ok {
			t.Errorf("ParseBase(%q, 2): %v, want none", s, got)
		}
	}
}

func TestToInt(t *testing.T) {
	for f, want := range map[float64]int{1.9: 1, -1.9: -1, 1e30: 0, -1e30: 0, 1<<32 + 2: 2, 1 << 31: -1 << 31} {
		if got := ToInt(f); got != want {
			t.Errorf("ToInt(%v): %d, want %d", f, got, want)
		}
	}
	if ToInteger(math.NaN()) != math.MinInt64 || ToInteger(1<<62) != 1<<62 {
		t.Error("ToInteger")
	}
}

// TestParseShort: the short way reads what the long way reads.
func TestParseShort(t *testing.T) {
	for _, s := range []string{"1.5", "0.1", "123.456", "00.10", "5.", ".5", "99999.9999999", "0.00000000001", "1.", "12345.6789"} {
		want, err := strconv.ParseFloat(s, 64)
		if got, ok := parseShort(s); err != nil || !ok || got != want {
			t.Errorf("%s: %v %v, want %v", s, got, ok, want)
		}
	}
	for _, s := range []string{".", "1..", "1.2.3", "..1", "1e5", ""} {
		if got, ok := Parse(s); ok && s != "1e5" {
			t.Errorf("%s: %v", s, got)
		}
	}
}
