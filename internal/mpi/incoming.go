package mpi

// #include "engine.h"
import "C"

import "unsafe"

// Value returns the packet and the long stream, nil if there is none, of a
// complete request of an own_irecv line: copies in memory of Go, which ends
// MPI's side of it. Of the packet it gives what may be of use: a stream that
// is shorter ends it. It returns nil, nil the second time.
func (r *Request) Value() (packet, stream []byte) {
	if r.incoming == nil {
		return nil, nil
	}
	var p, data *C.char
	var total C.uint64_t
	C.mpiclus_value(r.incoming, &p, &data, &total)
	packet = C.GoBytes(unsafe.Pointer(p), C.int(packetHead+min(total, packetSize-packetHead)))
	if data != nil {
		stream = make([]byte, total, (total+15)&^15)
		copy(stream, unsafe.Slice((*byte)(unsafe.Pointer(data)), total))
	}
	r.dropValue()
	return packet, stream
}

// Made completes a communicator of Twin by what a complete request of
// Comm_idup has made. It waits for MPI, so the interpreter must not be held.
func (r *Request) Made(c *Comm) {
	if r.incoming == nil {
		return
	}
	var handles [4]C.uint64_t
	r.s.lock()
	C.mpiclus_made_comms(r.incoming, C.int(c.Rank), C.int(c.Size), &handles[0])
	r.s.unlock()
	r.incoming = nil
	c.Handle, c.Shadow, c.Bulk, c.id = uint64(handles[0]), uint64(handles[1]), uint64(handles[2]), uint64(handles[3])
	c.Making = false
	c.show()
}

// Of a packet: all of it, and its head.
const (
	packetSize = 4096
	packetHead = 16
)

func (r *Request) dropValue() {
	switch {
	case r.incoming == nil:
		return
	case r.Row == rowIdup:
		C.mpiclus_free_making(r.incoming)
	default:
		C.mpiclus_free_value(r.incoming)
	}
	r.incoming = nil
}
