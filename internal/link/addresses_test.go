package link

import (
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

func TestChoose(t *testing.T) {
	machine := func() []local {
		var all []local
		for _, s := range []string{"lo 127.0.0.1", "lo ::1", "eth0 fd00::5", "eth0 10.0.0.5", "ib0 10.1.0.5"} {
			name, addr, _ := strings.Cut(s, " ")
			all = append(all, local{name, netip.MustParseAddr(addr)})
		}
		return all
	}
	for _, c := range []struct{ ask, want string }{
		{"", "10.0.0.5 10.1.0.5 fd00::5"},
		{"eth0", "10.0.0.5 fd00::5"},
		{"lo", "127.0.0.1 ::1"},
		{"10.1.0.5", "10.1.0.5"},
		{"::ffff:10.1.0.5", "10.1.0.5"},
		{"fd00:0::5", "fd00::5"},
	} {
		got, err := choose(machine(), c.ask)
		if err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("%q: %v, %v; want %s", c.ask, got, err, c.want)
		}
	}
	for _, ask := range []string{"eth1", "10.0.0.6"} {
		_, err := choose(machine(), ask)
		if err == nil || !strings.Contains(err.Error(), "eth0 (10.0.0.5)") || !strings.Contains(err.Error(), ask) {
			t.Errorf("%q: %v", ask, err)
		}
	}
	if got, err := choose(machine()[:2], ""); err != nil || strings.Join(got, " ") != "127.0.0.1 ::1" {
		t.Errorf("loopback alone: %v, %v", got, err)
	}
	if _, err := choose(nil, ""); err == nil {
		t.Error("no address at all is no error")
	}
}

// The oracle is the standard library's own list.
func TestAddressesOfThisMachine(t *testing.T) {
	got, err := Addresses("")
	if err != nil {
		t.Fatal(err)
	}
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range got {
		if !slices.ContainsFunc(addrs, func(b net.Addr) bool { return strings.HasPrefix(b.String(), a+"/") }) {
			t.Errorf("%s is not among %v", a, addrs)
		}
	}
}
