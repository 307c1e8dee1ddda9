package link

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"
)

// FaultPlan says what goes wrong on a link of [Fault]. Frames are counted from
// 1 in the order in which they were given to Send; 0 means never. The same plan
// over the same frames does the same each time.
type FaultPlan struct {
	Delay      time.Duration // each Send takes this much longer
	BreakAfter int           // the connection breaks after this frame
	CutAt      int           // the connection breaks in the middle of this frame
	LoseFrom   int           // from this frame on Send succeeds and nothing arrives: a host gone silent
	GarbleAt   int           // one byte of this frame arrives changed:
	GarbleByte int           // this one; 0-23 are the header, then come blob lengths, head, blobs
}

// errPlanned is what both ends of a broken link would see of it.
var errPlanned = fmt.Errorf("%w: broken by the fault plan", io.ErrUnexpectedEOF)

// Fault returns a link that fails on sending as planned, for tests. After a
// planned break its Send and Receive give an io.ErrUnexpectedEOF, as after the
// loss of a peer. Over a link that is not of this package a frame that would
// be cut or garbled breaks the link before it.
func Fault(l Link, plan FaultPlan) Link { return &faulty{link: l, plan: plan} }

type faulty struct {
	link   Link
	plan   FaultPlan
	sent   atomic.Int64
	broken atomic.Bool
	closed atomic.Bool
}

// rawSender is a link that can send bytes that are no frame.
type rawSender interface{ sendRaw(b []byte) error }

func (s *stream) sendRaw(b []byte) error {
	return s.write(func() error { _, err := s.conn.Write(b); return err })
}

func (l *faulty) Send(f *Frame) error {
	n := int(l.sent.Add(1))
	time.Sleep(l.plan.Delay)
	switch {
	case l.broken.Load():
		return l.seen(ErrClosed)
	case l.plan.LoseFrom > 0 && n >= l.plan.LoseFrom:
		return nil
	case n == l.plan.CutAt:
		b := encode(f)
		_ = l.raw(b[:len(b)/2])
		return l.breakNow()
	case n == l.plan.GarbleAt:
		b := encode(f)
		b[l.plan.GarbleByte%len(b)] ^= 0xff
		return l.seen(l.raw(b))
	}
	err := l.link.Send(f)
	if n == l.plan.BreakAfter && err == nil {
		_ = l.breakNow()
	}
	return l.seen(err)
}

func (l *faulty) Receive() (*Frame, error) {
	f, err := l.link.Receive()
	return f, l.seen(err)
}

func (l *faulty) Close() error {
	l.closed.Store(true)
	return l.link.Close()
}

func (l *faulty) String() string { return Describe(l.link) + " with faults" }

// breakNow ends the connection as if the network had.
func (l *faulty) breakNow() error {
	l.broken.Store(true)
	_ = l.link.Close()
	return errPlanned
}

// seen returns the error that the owner of a broken link would see.
func (l *faulty) seen(err error) error {
	if errors.Is(err, ErrClosed) && l.broken.Load() && !l.closed.Load() {
		return errPlanned
	}
	return err
}

func (l *faulty) raw(b []byte) error {
	if s, ok := l.link.(rawSender); ok {
		return s.sendRaw(b)
	}
	return l.breakNow()
}

// encode returns the bytes of a frame.
func encode(f *Frame) []byte {
	var b bytes.Buffer
	_ = newFrameWriter(&b).write(f) // a Buffer takes all
	return b.Bytes()
}
