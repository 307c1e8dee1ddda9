package nearest

import (
	"strings"
	"testing"
)

func TestName(t *testing.T) {
	for _, c := range []struct{ word, names, want string }{
		{"Sned", "Recv Send send Sendrecv", "Send"},
		{"sned", "Recv Send send", "send"},
		{"snd", "Send send", "send"},
		{"comm_rank", "Comm_rank Comm_size", "Comm_rank"},
		{"hostfiel", "host hostfile", "hostfile"},
		{"Comm_sise", "Comm_rank Comm_size", "Comm_size"},
		{"Sendd", "Send Bsend", "Send"},
		{"bogus", "host output", ""},
		{"x", "n z", ""},
		{"ab", "Ab ac", "Ab"},
		{"rn", "run list", "run"},
		{"cat", "mat bat", "bat"},
		{"größe", "groesse Größe", "Größe"},
		{"", "n a", ""},
		{"n", "", ""},
	} {
		if got := Name(c.word, strings.Fields(c.names)); got != c.want {
			t.Errorf("%q of %q: got %q, want %q", c.word, c.names, got, c.want)
		}
	}
}
