package stdlib

import "math"

// log10Of2 is the logarithm of 2 in two parts. The first has 32 bits less than
// it could: its product with an exponent is exact.
const (
	log10Of2      = 0.30102999566398119521373889472449302676818988146210854131
	log10Of2First = float64(0x4d104d42p-32)
	log10Of2Rest  = log10Of2 - 0x4d104d42p-32
)

// log10 is the logarithm to base 10. Go's own is not exact for powers of 10.
func log10(x float64) float64 {
	switch {
	case x < 0:
		return noNumber
	case x == 0 || x-x != 0:
		return math.Log(x)
	}
	fraction, exponent := math.Frexp(x)
	if exponent > 0 {
		exponent-- // fraction in 1 to 2 for x from 1 on, as both parts then have one sign
		fraction *= 2
	}
	n := float64(exponent)
	return n*log10Of2First + (n*log10Of2Rest + math.Log(fraction)/math.Ln10)
}
