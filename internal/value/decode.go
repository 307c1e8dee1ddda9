package value

import lua "github.com/yuin/gopher-lua"

// Missing lists the chunks that Decode will need and this process lacks: to
// be fetched from their Home and given to Chunks.Add before Decode. Those
// that are here stay until m is decoded. It needs no interpreter.
func (c *Codec) Missing(m *Message) []Ref {
	if m.Foreign {
		return nil
	}
	at, err := openBody(m.Body)
	if err != nil || at == len(m.Body) || m.Body[at] == 0 {
		return nil
	}
	d := decoders.Get().(*decoder)
	defer d.release()
	d.reset(m.Body, at)
	var missing []Ref
	_, err = d.eachRef(func(ref Ref) {
		if !c.Chunks.hold(ref.Hash, m) {
			missing = append(missing, ref)
		}
	})
	if err != nil {
		return nil // Decode will say so
	}
	return missing
}

// Decode gives the values of a message. It takes over the blobs as memory of
// arrays and strings, so a message is decoded once (Clone it for more). A
// message that was damaged gives an error that wraps ErrMalformed; a name
// that this process does not know gives an error with that name. What Decode
// allocates is bounded by the size of the message, holes in lists aside
// (2^24 at most).
func (c *Codec) Decode(L *lua.LState, m *Message) ([]lua.LValue, error) {
	d := decoders.Get().(*decoder)
	defer d.release()
	d.c, d.L, d.m, d.holes = c, L, m, c.maxHoles()
	vs, err := d.values()
	m.held = nil
	return vs, err
}

func (d *decoder) values() ([]lua.LValue, error) {
	refsAt, err := openBody(d.m.Body)
	if err != nil {
		return nil, err
	}
	d.reset(d.m.Body, refsAt)
	if _, err = d.eachRef(func(r Ref) { d.refs = append(d.refs, chunkRef{hash: r.Hash}) }); err != nil {
		return nil, err
	}
	if d.left() > 0 {
		return nil, malformed("%d bytes too many", d.left())
	}
	d.reset(d.m.Body[:refsAt], headLength)
	n, err := d.count()
	if err != nil {
		return nil, err
	}
	if n > d.left() {
		return nil, malformed("%d values claimed in %d bytes", n, d.left())
	}
	vs := make([]lua.LValue, n)
	for i := range vs {
		if vs[i], err = d.value(); err != nil {
			return nil, err
		}
	}
	if err := d.contents(); err != nil {
		return nil, err
	}
	if d.left() > 0 || d.blob < len(d.m.Blobs) {
		return nil, malformed("%d bytes and %d blobs too many", d.left(), len(d.m.Blobs)-d.blob)
	}
	return vs, nil
}

func (d *decoder) contents() error {
	for i := 0; i < len(d.items); i++ {
		var err error
		switch v := d.items[i].(type) {
		case *lua.LTable:
			err = d.table(v)
		case *lua.LFunction:
			err = d.function(v)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
