// Package link carries frames between two processes of a job.
//
// A [Link] is one authenticated connection. [Listen] and [Dial] make links
// over unix sockets on one host and over TCP with TLS 1.3 across hosts;
// [Pipe] makes a pair inside one process, and [Fault] breaks a link on
// purpose, both for tests. Whoever listens hands a [Join] to the processes of
// its own job, and nobody without the secret in it gets a link.
//
// A frame has a small head, meant for an encoder, and blobs: raw memory that
// goes from the sender's slice to the socket and from the socket to its final
// place without a copy in between.
package link

import (
	"errors"
	"fmt"
)

// Frame is one message. What Kind, ID and Head mean is up to the two ends.
type Frame struct {
	Kind  byte
	ID    uint64
	Head  []byte
	Blobs [][]byte
}

// Link is one end of a connection that carries frames in order, each whole or
// not at all.
type Link interface {
	// Send passes the frame on and returns when its memory may be changed
	// again; that the peer has read it is not promised. It may be called by
	// many goroutines; a frame keeps others back only while it is written
	// itself. A frame beyond the limits gives a *ProtocolError and leaves the
	// link usable. After Close the error is ErrClosed; when the peer has gone
	// it is an io.ErrUnexpectedEOF.
	Send(f *Frame) error
	// Receive waits for the next frame. One goroutine at a time may call it.
	// The frame, its Head and its Blobs are fresh memory that the caller owns;
	// each blob starts at a multiple of 16 bytes. The error is io.EOF when the
	// peer closed its end between two frames, an io.ErrUnexpectedEOF when the
	// connection broke, a *ProtocolError when the peer sent what is no frame,
	// ErrClosed after Close; all of them are final and close the link.
	Receive() (*Frame, error)
	// Close ends the link at once and may be called at any time, more than
	// once: Send and Receive of both ends return. What was sent before is
	// delivered as far as the peer still reads and nothing of the peer's is
	// left unread here (TCP drops it otherwise): ends that care say goodbye
	// with a frame and wait for the answer.
	Close() error
}

// Limits of a frame. Memory on the receiving side grows with what really
// arrives, not with what a header announces.
const (
	MaxHead  = 1 << 30 // bytes of Head
	MaxBlobs = 1 << 20 // number of Blobs
	MaxTotal = 1 << 40 // bytes of Head and Blobs together
)

// ErrClosed says that this end of the link was closed by its owner.
var ErrClosed = errors.New("link closed")

// ProtocolError says which rule a frame breaks. From Receive it means that
// the peer is not what it should be, and the link is closed.
type ProtocolError struct{ What string }

// Error names the broken rule.
func (e *ProtocolError) Error() string { return "bad frame: " + e.What }

// bad makes a ProtocolError.
func bad(format string, args ...any) error {
	return &ProtocolError{What: fmt.Sprintf(format, args...)}
}

// limits bounds what is read or written; the handshake has tighter ones.
type limits struct {
	head, total uint64
	blobs       uint32
}

var frameLimits = limits{head: MaxHead, blobs: MaxBlobs, total: MaxTotal}

// check says whether a frame of this shape is allowed before its blobs are known.
func (l limits) check(head uint64, blobs uint64) error {
	if head > l.head {
		return bad("head of %d bytes, at most %d are allowed", head, l.head)
	}
	if blobs > uint64(l.blobs) {
		return bad("%d blobs, at most %d are allowed", blobs, l.blobs)
	}
	return nil
}

// add counts one more blob into the total.
func (l limits) add(total, blob uint64) (uint64, error) {
	if blob > l.total || total+blob > l.total {
		return 0, bad("head and blobs of more than %d bytes", l.total)
	}
	return total + blob, nil
}

// checkFrame applies the limits to a frame that is about to be sent.
func (l limits) checkFrame(f *Frame) error {
	if err := l.check(uint64(len(f.Head)), uint64(len(f.Blobs))); err != nil {
		return err
	}
	total, err := uint64(len(f.Head)), error(nil)
	for _, b := range f.Blobs {
		if total, err = l.add(total, uint64(len(b))); err != nil {
			return err
		}
	}
	return nil
}
