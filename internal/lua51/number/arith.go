package number

import "math"

// Arith returns a op b, where op is one of + - * / % ^ (Lua 5.1 manual,
// section 2.5.1).
func Arith(op byte, a, b float64) float64 {
	switch op {
	case '+':
		return a + b
	case '-':
		return a - b
	case '*':
		return a * b
	case '/':
		return a / b
	case '%':
		return Modulo(a, b)
	}
	return Power(a, b)
}

// Modulo returns a % b by the rule of Lua 5.1: a - floor(a/b)*b.
func Modulo(a, b float64) float64 { return a - float64(math.Floor(a/b)*b) }

// Power returns a ^ b. Squares and square roots are exact where math.Pow is not.
func Power(a, b float64) float64 {
	switch {
	case b == 2:
		return a * a
	case b == 0.5 && a >= 0 && !math.IsInf(a, 0):
		return math.Sqrt(a + 0)
	}
	return math.Pow(a, b)
}
