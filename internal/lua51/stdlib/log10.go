package stdlib

import "math"

// log10Of2 is the logarithm of 2 in two parts. The first has so few bits that
// its product with an exponent is exact.
const (
	log10Of2First = 0x1.34413509f6p-2
	log10Of2Rest  = math.Ln2/math.Ln10 - log10Of2First
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
	if exponent > 0 { // from 1 on: both parts shall have one sign
		exponent--
		fraction *= 2
	}
	n := float64(exponent)
	rest := n*log10Of2Rest + math.Log(fraction)*math.Log10E
	return rest + n*log10Of2First
}
