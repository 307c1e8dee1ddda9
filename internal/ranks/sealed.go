package ranks

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/mpiclus/mpiclus-lua/internal/protocol"
)

// What rank 0 tells the other ranks over MPI, others on the network can read:
// MPI encrypts nothing. So each rank says a public key in the meeting (X25519,
// RFC 7748), and what rank 0 has for it comes sealed under a key that the two of
// them derive (HKDF-SHA256, RFC 5869; AES-256-GCM). Who can change MPI's
// messages as well has the job anyhow: it computes with them.

// keyPair is a rank's part in that, for one meeting.
type keyPair struct{ private *ecdh.PrivateKey }

func newKeyPair() (keyPair, error) {
	k, err := ecdh.X25519().GenerateKey(rand.Reader)
	return keyPair{k}, err
}

func (k keyPair) public() []byte { return k.private.PublicKey().Bytes() }

// sealed is what rank 0 shares with all.
type sealed struct {
	Key   []byte   // its public key
	Boxes [][]byte // by rank
}

// seal makes what rank 0 shares of a text for each rank; keys are the public
// keys of the ranks.
func (k keyPair) seal(texts []string, keys [][]byte) ([]byte, error) {
	s := sealed{Key: k.public(), Boxes: make([][]byte, len(texts))}
	for rank := range texts {
		if rank == 0 {
			continue
		}
		box, err := k.box(keys[rank], s.Key, keys[rank])
		if err != nil {
			return nil, fmt.Errorf("rank %d: %w", rank, err)
		}
		s.Boxes[rank] = box.Seal(nil, make([]byte, box.NonceSize()), []byte(texts[rank]), nil)
	}
	return protocol.Encode(s), nil
}

// open returns the text for this rank.
func (k keyPair) open(data []byte, rank int) (string, error) {
	var s sealed
	if err := protocol.Decode(data, &s); err != nil {
		return "", err
	}
	if rank >= len(s.Boxes) {
		return "", errors.New("rank 0 has nothing for this rank")
	}
	box, err := k.box(s.Key, s.Key, k.public())
	if err != nil {
		return "", err
	}
	text, err := box.Open(nil, make([]byte, box.NonceSize()), s.Boxes[rank], nil)
	if err != nil {
		return "", errors.New("what rank 0 said was changed on its way")
	}
	return string(text), nil
}

// box returns the cipher between this rank and the one with that public key. It
// is used once, so its nonce is zero.
func (k keyPair) box(other, first, second []byte) (cipher.AEAD, error) {
	public, err := ecdh.X25519().NewPublicKey(other)
	if err != nil {
		return nil, err
	}
	shared, err := k.private.ECDH(public)
	if err != nil {
		return nil, err
	}
	salt := append(append([]byte(nil), first...), second...)
	key, err := hkdf.Key(sha256.New, shared, salt, "mpiclus-lua join", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
