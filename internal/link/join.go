package link

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
)

// Join is all that a process needs to reach one listener of a job and to be
// let in. It holds the job's secret: it travels in the environment of the
// user's own processes or over a link, never in arguments, logs or files.
type Join struct {
	Version string   // of the software that listens; a dialler must be the same
	Job     string   // name of the job, for messages
	Secret  []byte   // 32 random bytes, one secret a job, or one an invitation
	Unix    string   // path of the listener's socket, "" if none
	TCP     []string // every address (host:port) under which it may be reached
	Pin     []byte   // SHA-256 of the listener's public key, for TCP
	Host    string   // hostname of the listener: Unix is of use there only
	// Invitation is the number of an invitation, 0 for the job's own secret.
	Invitation uint64
}

// joinFormat is the first byte of an encoded Join.
const joinFormat = 2

var joinEncoding = base64.RawURLEncoding

// String returns the text for the environment variable, secret included, that
// [ParseJoin] reads. Package fmt and log/slog print a Join without its secret.
func (j Join) String() string {
	b := []byte{joinFormat}
	b = appendField(b, j.Version)
	b = appendField(b, j.Job)
	b = appendField(b, j.Secret)
	b = appendField(b, j.Unix)
	b = appendField(b, j.Pin)
	b = appendField(b, j.Host)
	b = binary.AppendUvarint(b, j.Invitation)
	for _, addr := range j.TCP {
		b = appendField(b, addr)
	}
	return joinEncoding.EncodeToString(b)
}

// ParseJoin reads what [Join.String] wrote. Its errors do not repeat the text.
func ParseJoin(text string) (Join, error) {
	raw, err := joinEncoding.DecodeString(text)
	switch {
	case err != nil:
		return Join{}, errors.New("join data: not base64")
	case len(raw) == 0:
		return Join{}, errors.New("join data: empty")
	case raw[0] != joinFormat:
		return Join{}, fmt.Errorf("join data: format %d, this version reads format %d: install the same version on all hosts", raw[0], joinFormat)
	}
	f := fields{rest: raw[1:]}
	j := Join{Version: f.string(), Job: f.string(), Secret: f.bytes(), Unix: f.string(), Pin: f.bytes(), Host: f.string(), Invitation: f.number()}
	for f.err == nil && len(f.rest) > 0 {
		j.TCP = append(j.TCP, f.string())
	}
	if f.err != nil {
		return Join{}, fmt.Errorf("join data: %w", f.err)
	}
	return j, nil
}

// Equal says whether two describe the same listener and secret.
func (j Join) Equal(k Join) bool {
	return j.Version == k.Version && j.Job == k.Job && slices.Equal(j.Secret, k.Secret) &&
		j.Unix == k.Unix && slices.Equal(j.TCP, k.TCP) && slices.Equal(j.Pin, k.Pin) && j.Host == k.Host && j.Invitation == k.Invitation
}

// Format prints the Join without its secret, whatever the verb.
func (j Join) Format(s fmt.State, _ rune) {
	_, _ = fmt.Fprintf(s, "job %s of version %s on %s", j.Job, j.Version, j.Host)
	if j.Unix != "" {
		_, _ = fmt.Fprintf(s, ", unix %s", j.Unix)
	}
	for _, addr := range j.TCP {
		_, _ = io.WriteString(s, ", tcp "+addr)
	}
}

// LogValue keeps the secret out of logs.
func (j Join) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(j)) }
