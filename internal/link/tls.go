package link

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"time"
)

// errPin says that a TLS listener is not the one that the Join describes.
var errPin = errors.New("its TLS key is not that of this job: another program listens there")

// newKey makes the key of one listener: it lives in memory only and ends with
// the job. The pin is what diallers know it by; names and dates of the
// certificate are not looked at.
func newKey() (cert tls.Certificate, pin []byte, err error) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return cert, nil, fmt.Errorf("make a TLS key: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "mpiclus"},
		NotBefore:    time.Unix(0, 0),
		NotAfter:     time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), // RFC 5280 4.1.2.5: no end
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, private)
	if err != nil {
		return cert, nil, fmt.Errorf("make a TLS certificate: %w", err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return cert, nil, fmt.Errorf("read the TLS certificate: %w", err)
	}
	cert = tls.Certificate{Certificate: [][]byte{der}, PrivateKey: private, Leaf: leaf}
	return cert, pinOf(leaf), nil
}

func pinOf(cert *x509.Certificate) []byte {
	sum := sha256.Sum256(cert.RawSubjectPublicKeyInfo)
	return sum[:]
}

func serverTLS(cert tls.Certificate) *tls.Config {
	return &tls.Config{
		MinVersion:                  tls.VersionTLS13,
		Certificates:                []tls.Certificate{cert},
		SessionTicketsDisabled:      true,
		DynamicRecordSizingDisabled: true,
	}
}

// clientTLS trusts one key and nothing else.
func clientTLS(pin []byte) *tls.Config {
	return &tls.Config{
		MinVersion:                  tls.VersionTLS13,
		InsecureSkipVerify:          true, // in favour of the pin below
		DynamicRecordSizingDisabled: true,
		VerifyConnection: func(state tls.ConnectionState) error {
			if len(state.PeerCertificates) == 0 || !bytes.Equal(pinOf(state.PeerCertificates[0]), pin) {
				return errPin
			}
			return nil
		},
	}
}

// bindingOf returns keying material that only the two ends of this TLS session
// share (RFC 8446 section 7.5, label as in RFC 9266).
func bindingOf(c *tls.Conn) ([]byte, error) {
	state := c.ConnectionState()
	return state.ExportKeyingMaterial("EXPORTER-Channel-Binding", nil, 32)
}
