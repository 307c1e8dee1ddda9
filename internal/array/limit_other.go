//go:build !linux

package array

import "math"

func addressesLeft(int) (left, limit int) { return math.MaxInt, math.MaxInt }
