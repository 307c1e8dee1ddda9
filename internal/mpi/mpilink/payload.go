package mpilink

import "runtime"

// pieceBytes is the size of a piece of a payload: small enough that other
// messages get their turn between two, large enough that the turn costs
// little.
const pieceBytes = 1 << 20

// piecesAtOnce is how many pieces of one payload are in MPI's hands.
const piecesAtOnce = 4

// payload is memory that goes over in pieces, in order. Sender and receiver
// cut it in the same way. It is pinned until all of it has gone over.
type payload struct {
	segments [][]byte // none of them empty
	at       int      // into the first segment
	working  int      // pieces that MPI has
	pinner   runtime.Pinner
}

// add appends memory, which must not move until the payload is over.
func (p *payload) add(segments ...[]byte) {
	for _, s := range segments {
		if len(s) > 0 {
			p.pinner.Pin(&s[0])
			p.segments = append(p.segments, s)
		}
	}
}

// next returns the next piece, nil when all are given out.
func (p *payload) next() []byte {
	if len(p.segments) == 0 {
		return nil
	}
	s := p.segments[0]
	end := min(p.at+pieceBytes, len(s))
	piece := s[p.at:end]
	if p.at = end; end == len(s) {
		p.segments, p.at = p.segments[1:], 0
	}
	return piece
}

// empty reports whether there is nothing to send.
func (p *payload) empty() bool { return len(p.segments) == 0 && p.working == 0 }

// pump starts pieces as long as there are any and not too many are at work.
// start gives a piece to MPI and calls back when it is over; done is called
// when the last one is.
func (p *payload) pump(start func(piece []byte, over func()), done func()) {
	for p.working < piecesAtOnce {
		piece := p.next()
		if piece == nil {
			break
		}
		p.working++
		start(piece, func() {
			p.working--
			p.pump(start, done)
		})
	}
	if p.empty() {
		p.pinner.Unpin()
		done()
	}
}
