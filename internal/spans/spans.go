// Package spans names processes by their numbers, as reports do.
package spans

import (
	"fmt"
	"strings"
)

// Of names processes by their numbers, which are sorted, among all that
// there are: "rank 2", or "ranks 0-6,8 (8 of 9)".
func Of[N int | int32](noun string, numbers []N, of int) string {
	text := Named(noun, numbers)
	if len(numbers) != 1 {
		text += fmt.Sprintf(" (%d of %d)", len(numbers), of)
	}
	return text
}

// Named is Of without the count: "rank 2", or "ranks 0-6,8".
func Named[N int | int32](noun string, numbers []N) string {
	if len(numbers) == 1 {
		return fmt.Sprintf("%s %d", noun, numbers[0])
	}
	var spans []string
	for i := 0; i < len(numbers); {
		j := i
		for j+1 < len(numbers) && numbers[j+1] == numbers[j]+1 {
			j++
		}
		if i == j {
			spans = append(spans, fmt.Sprint(numbers[i]))
		} else {
			spans = append(spans, fmt.Sprintf("%d-%d", numbers[i], numbers[j]))
		}
		i = j + 1
	}
	return noun + "s " + strings.Join(spans, ",")
}
