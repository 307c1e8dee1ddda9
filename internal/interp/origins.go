package interp

import "github.com/mpiclus/mpiclus-lua/internal/lua51/tree"

// keptSource is of how many bytes of source the origins are kept, other than
// that of the last chunk: an error that comes again and again is to take little
// time.
const keptSource = 1 << 19

// origins are those of the chunks that had errors last, the last one first.
type origins []traced

type traced struct {
	name, source string
	origin       *tree.Origin
}

// of gives the origin of a chunk, nil when there is none.
func (o *origins) of(name, source string) *tree.Origin {
	list := *o
	for i, t := range list {
		if t.name == name && t.source == source {
			copy(list[1:i+1], list[:i])
			list[0] = t
			return t.origin
		}
	}
	t := traced{name: name, source: source}
	t.origin, _ = tree.Trace(name, source) // which was compiled before
	kept, size := origins{t}, 0
	for _, t := range list {
		if size += len(t.source); size > keptSource {
			break
		}
		kept = append(kept, t)
	}
	*o = kept
	return t.origin
}
