package plugins

import (
	"context"
	"errors"
	"fmt"

	"github.com/mpiclus/mpiclus-lua/plugins/internal/shm"
	"github.com/mpiclus/mpiclus-lua/plugins/wire"
)

// running is a function call at work in a plugin: what it holds of the shared
// memory, and its way to the communicator.
type running struct {
	s      *server
	ctx    context.Context
	id     uint64
	pieces []*shm.Piece
	arrays []*Array // of the arguments
	places []*wire.Region
}

func (r *running) end() {
	for _, p := range r.pieces {
		p.Release()
	}
}

func (r *running) memory(n int) ([]byte, error) {
	p, err := r.s.own.Alloc(n)
	if err != nil {
		return nil, err
	}
	r.pieces = append(r.pieces, p)
	return p.Bytes, nil
}

func (r *running) decode(w *wire.Value) (any, error) {
	switch k := w.GetKind().(type) {
	case *wire.Value_Boolean:
		return k.Boolean, nil
	case *wire.Value_Number:
		return k.Number, nil
	case *wire.Value_String_:
		return string(k.String_), nil
	case *wire.Value_Text:
		p, err := r.s.view(k.Text)
		if err != nil {
			return nil, err
		}
		defer p.Release()
		return string(p.Bytes), nil
	case *wire.Value_Table:
		t := Table{}
		if len(k.Table.GetKeys()) != len(k.Table.GetValues()) {
			return nil, errors.New("a table with more keys than values")
		}
		for i, key := range k.Table.GetKeys() {
			dk, err := r.decode(key)
			if err != nil {
				return nil, err
			}
			if t[dk], err = r.decode(k.Table.GetValues()[i]); err != nil {
				return nil, err
			}
		}
		return t, nil
	case *wire.Value_Array:
		return r.decodeArray(k.Array)
	}
	return nil, nil
}

func (r *running) decodeArray(w *wire.Array) (any, error) {
	t := Type(w.GetType())
	if !t.Known() || w.GetRegion().GetLength()%uint64(t.Size()) != 0 {
		return nil, fmt.Errorf("an array of %s in %d bytes", t, w.GetRegion().GetLength())
	}
	p, err := r.s.view(w.GetRegion())
	if err != nil {
		return nil, err
	}
	r.pieces = append(r.pieces, p)
	a := &Array{typ: t, raw: p.Bytes}
	if w.GetRows() != 0 || w.GetColumns() != 0 {
		a.rows, a.cols, a.matrix = int(w.GetRows()), int(w.GetColumns()), true
	}
	r.arrays = append(r.arrays, a)
	r.places = append(r.places, w.GetRegion())
	return a, nil
}
