package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
)

// A group is measured together: its contestants take turns.
type group struct {
	name, unit  string
	contestants []*contestant // the first is this software
	rows        []row
}

// A contestant gives figures by name each time it is asked.
type contestant struct {
	label   string
	measure func() (map[string]float64, error)
	values  map[string][]float64
	missing error // why it cannot take part here
}

// A row is a figure to show. A goal is a bound of the ratio to the first
// peer, or where there is no peer, of the figure itself.
type row struct {
	figure, title string
	goal          float64 // 0: none
}

// errMissing wraps what a contestant other than ours lacks on this machine.
var errMissing = errors.New("cannot be measured here")

// measure lets the contestants take turns, n times.
func (g *group) measure(n int) error {
	for range n {
		for i, c := range g.contestants {
			if c.missing != nil {
				continue
			}
			values, err := c.measure()
			if err != nil && i > 0 && errors.Is(err, errMissing) {
				c.missing = err
				continue
			}
			if err != nil {
				return fmt.Errorf("%s: %w", c.label, err)
			}
			if c.values == nil {
				c.values = map[string][]float64{}
			}
			for name, value := range values {
				c.values[name] = append(c.values[name], value)
			}
		}
	}
	return nil
}

// print writes the group's part of the table.
func (g *group) print(to io.Writer) {
	fmt.Fprintf(to, "\n%-40s", g.name+" ("+g.unit+")")
	for _, c := range g.contestants {
		fmt.Fprintf(to, " %14s", c.label)
	}
	fmt.Fprintf(to, " %7s\n", "ratio")
	for _, r := range g.rows {
		fmt.Fprintf(to, "%-40s", r.title)
		for _, c := range g.contestants {
			fmt.Fprintf(to, " %14s", figure(c.median(r.figure)))
		}
		fmt.Fprintln(to, g.verdict(r))
	}
	for _, c := range g.contestants {
		if c.missing != nil {
			fmt.Fprintf(to, "%s: %v\n", c.label, c.missing)
		}
	}
}

// verdict returns the last columns of a row: the ratio and what came of the goal.
func (g *group) verdict(r row) string {
	ours, peer := g.contestants[0].median(r.figure), math.NaN()
	if len(g.contestants) > 1 {
		peer = g.contestants[1].median(r.figure)
	}
	text, compared := fmt.Sprintf(" %7s", ""), ours
	if len(g.contestants) > 1 {
		compared = ours / peer
		text = fmt.Sprintf(" %7s", figure(compared))
	}
	switch {
	case r.goal == 0 || math.IsNaN(compared):
		return text
	case compared <= r.goal:
		return text + fmt.Sprintf("  goal %g: met", r.goal)
	default:
		return text + fmt.Sprintf("  goal %g: MISSED", r.goal)
	}
}

// median is NaN where nothing was measured.
func (c *contestant) median(name string) float64 {
	v := slices.Sorted(slices.Values(c.values[name]))
	if len(v) == 0 {
		return math.NaN()
	}
	return v[len(v)/2]
}

// figure writes a number with three digits that count.
func figure(v float64) string {
	switch {
	case math.IsNaN(v):
		return "-"
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	default:
		return fmt.Sprintf("%.2f", v)
	}
}
