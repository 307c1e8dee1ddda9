package rpc

import (
	"context"
	"encoding/binary"
)

// A section is a part of the cluster's work that must not wait for itself, such
// as the chunks of one manager. The sections inside which a request is made
// travel with it, through all calls that it leads to, so that whoever waits for
// the section from inside gets an error instead, in whichever process that happens.

type sectionKey struct{}

// Enter returns the context of what runs inside the section of that number.
func Enter(ctx context.Context, section uint32) context.Context {
	inside := binary.LittleEndian.AppendUint32(append([]byte(nil), sections(ctx)...), section)
	return context.WithValue(ctx, sectionKey{}, inside)
}

// Inside reports whether what has that context runs inside the section, here
// or in the name of a process that called.
func Inside(ctx context.Context, section uint32) bool {
	for b := sections(ctx); len(b) >= 4; b = b[4:] {
		if binary.LittleEndian.Uint32(b) == section {
			return true
		}
	}
	return false
}

func sections(ctx context.Context) []byte {
	b, _ := ctx.Value(sectionKey{}).([]byte)
	return b
}
