package link

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
)

// Addresses returns every address under which other hosts may reach this
// machine, or, when iface is an address or the name of an interface, those of
// that one. Loopback addresses come only when asked for or when there is
// nothing else. The error names what there is.
func Addresses(iface string) ([]string, error) {
	all, err := localAddresses()
	if err != nil {
		return nil, fmt.Errorf("addresses of this machine: %w", err)
	}
	return choose(all, iface)
}

// local is an address of this machine.
type local struct {
	iface string
	addr  netip.Addr
}

func localAddresses() ([]local, error) {
	interfaces, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	var all []local
	for _, i := range interfaces {
		if i.Flags&net.FlagUp == 0 {
			continue
		}
		addrs, err := i.Addrs()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", i.Name, err)
		}
		for _, a := range addrs {
			prefix, err := netip.ParsePrefix(a.String())
			if err != nil || !usable(prefix.Addr()) {
				continue
			}
			all = append(all, local{i.Name, prefix.Addr().Unmap()})
		}
	}
	return all, nil
}

// usable leaves out addresses that mean nothing without a zone.
func usable(a netip.Addr) bool { return !a.IsLinkLocalUnicast() && !a.IsMulticast() }

// choose picks from all what iface asks for, IPv4 first.
func choose(all []local, iface string) ([]string, error) {
	slices.SortStableFunc(all, func(a, b local) int { return a.addr.BitLen() - b.addr.BitLen() })
	want, parseErr := netip.ParseAddr(iface)
	pick := func(ok func(l local) bool) (found []string) {
		for _, l := range all {
			if ok(l) {
				found = append(found, l.addr.String())
			}
		}
		return found
	}
	var found []string
	switch {
	case iface == "":
		if found = pick(func(l local) bool { return !l.addr.IsLoopback() }); found == nil {
			found = pick(func(local) bool { return true })
		}
	case parseErr == nil:
		found = pick(func(l local) bool { return l.addr == want.Unmap() })
	default:
		found = pick(func(l local) bool { return l.iface == iface })
	}
	switch {
	case found != nil:
		return found, nil
	case len(all) == 0:
		return nil, errors.New("this machine has no network address")
	}
	return nil, fmt.Errorf("%q is no interface or address of this machine; it has %s", iface, list(all))
}

func list(all []local) string {
	var names []string
	for _, l := range all {
		names = append(names, fmt.Sprintf("%s (%s)", l.iface, l.addr))
	}
	return strings.Join(names, ", ")
}
