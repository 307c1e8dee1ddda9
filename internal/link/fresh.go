package link

// Fresh returns n bytes of memory as the blobs of a received frame have it: it
// starts at a multiple of 16 bytes. What it holds is left over from something
// else: the caller writes all of it. Links outside of this package use it.
func Fresh(n int) []byte { return aligned(n) }
