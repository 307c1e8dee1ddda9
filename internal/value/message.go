package value

// Message is a list of encoded values.
type Message struct {
	// Body holds the values, and the chunks of source that they need.
	Body []byte
	// Blobs are the raw memory of arrays and of strings of 64 KiB and more,
	// in the order met. After Encode they alias live memory; Decode takes
	// them over.
	Blobs [][]byte

	// Travellers are the userdata in it that Encode met and that travel in
	// their own way. They are here to be kept alive until the receiver has
	// its own; Decode does not fill it in.
	Travellers []Traveller

	// Foreign marks a message of a process that is trusted with data alone:
	// Decode refuses functions, and names of anything but userdata, and looks
	// for no source.
	Foreign bool

	// held keeps chunks that Missing found here until Decode has run.
	held []*program
}

// Detach copies the blobs, which after Encode alias live arrays: to be called
// when a message is kept past the call that encoded it. It gives m.
func (m *Message) Detach() *Message {
	for i, b := range m.Blobs {
		m.Blobs[i] = copyBlob(b)
	}
	return m
}

// Clone gives a copy with blobs of its own. A message that is to be decoded
// more than once is cloned for each time but the last.
func (m *Message) Clone() *Message {
	c := &Message{Body: m.Body, Blobs: append([][]byte(nil), m.Blobs...), Travellers: m.Travellers, Foreign: m.Foreign, held: m.held}
	return c.Detach()
}

// copyBlob makes the copy start at a multiple of 16 bytes, as arrays like it.
func copyBlob(b []byte) []byte {
	own := make([]byte, len(b), (len(b)+15)&^15)
	copy(own, b)
	return own
}

// Size is the number of bytes in the body and the blobs.
func (m *Message) Size() int {
	n := len(m.Body)
	for _, b := range m.Blobs {
		n += len(b)
	}
	return n
}
