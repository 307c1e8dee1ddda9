package native

import (
	"errors"
	"slices"
)

// WebAssembly has no jumps, only loops and blocks that can be left. The way from
// a graph to those is that of Ramsey, "Beyond Relooper" (ICFP 2022), by the tree
// of dominators.

var errTangled = errors.New("its gotos lead into the middle of a loop")

// arrange orders the blocks that can be reached, finds which dominate which, and
// which need a loop or a block around them.
func arrange(begin *block) (order []*block, err error) {
	seen := map[*block]bool{}
	var walk func(b *block)
	walk = func(b *block) {
		seen[b] = true
		for _, n := range b.next() {
			if !seen[n] {
				walk(n)
			}
		}
		order = append(order, b)
	}
	walk(begin)
	slices.Reverse(order)
	for i, b := range order {
		b.order = i
	}
	dominate(order)
	for _, b := range order {
		for _, n := range b.next() {
			switch {
			case n.order > b.order:
			case !n.dominates(b):
				return nil, errTangled
			default:
				n.repeats = true
			}
		}
	}
	forward := map[*block]int{}
	for _, b := range order {
		for _, n := range b.next() {
			if n.order > b.order {
				forward[n]++
				n.merges = forward[n] > 1
			}
		}
		if b.parent != nil {
			b.parent.inside = append(b.parent.inside, b)
		}
	}
	return order, nil
}

// next lists the blocks that may come after one: one that both edges lead to twice.
func (b *block) next() (all []*block) {
	if b.yes.to != nil {
		all = append(all, b.yes.to)
	}
	if b.decides && b.no.to != nil {
		all = append(all, b.no.to)
	}
	return all
}

// dominate finds the parent of each block in the tree of dominators, by the method
// of Cooper, Harvey and Kennedy.
func dominate(order []*block) {
	before := map[*block][]*block{}
	for _, b := range order {
		for _, n := range b.next() {
			before[n] = append(before[n], b)
		}
	}
	for changed := true; changed; {
		changed = false
		for _, b := range order[1:] {
			var parent *block
			for _, p := range before[b] {
				switch {
				case p.parent == nil && p != order[0]:
				case parent == nil:
					parent = p
				default:
					parent = common(parent, p)
				}
			}
			if parent != b.parent {
				b.parent, changed = parent, true
			}
		}
	}
}

// common returns the block that dominates two others and is next to them.
func common(a, b *block) *block {
	for a != b {
		for a.order > b.order {
			a = a.parent
		}
		for b.order > a.order {
			b = b.parent
		}
	}
	return a
}

func (b *block) dominates(other *block) bool {
	for ; other != nil; other = other.parent {
		if other == b {
			return true
		}
	}
	return false
}
