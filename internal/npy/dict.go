package npy

import (
	"fmt"
	"strconv"
	"strings"
)

// parseDict reads the text of a header: a dictionary as Python writes one, with
// strings, whole numbers, True, False, tuples and lists as values.
func parseDict(text string) (map[string]any, error) {
	d := dict{rest: text}
	v, err := d.value(0)
	if err != nil {
		return nil, fmt.Errorf("its header is no dictionary of Python's: %w", err)
	}
	fields, ok := v.(map[string]any)
	if !ok || strings.TrimSpace(d.rest) != "" {
		return nil, fmt.Errorf("its header is no dictionary of Python's alone")
	}
	return fields, nil
}

// dict is the text that is left to read.
type dict struct{ rest string }

// deepest is how many brackets may stand in one another: the types of records have
// some.
const deepest = 32

// next skips blanks and reports whether the text goes on with a character, which it
// skips then as well.
func (d *dict) next(c string) bool {
	d.rest = strings.TrimLeft(d.rest, " \t\r\n")
	rest, found := strings.CutPrefix(d.rest, c)
	d.rest = rest
	return found
}

func (d *dict) value(depth int) (any, error) {
	if depth > deepest {
		return nil, fmt.Errorf("more than %d brackets in one another", deepest)
	}
	switch {
	case d.next("{"):
		return d.fields(depth)
	case d.next("("):
		return d.list(")", depth)
	case d.next("["):
		return d.list("]", depth)
	case d.next("True"):
		return true, nil
	case d.next("False"):
		return false, nil
	case d.next("'"):
		return d.text("'")
	case d.next(`"`):
		return d.text(`"`)
	}
	digits := len(d.rest) - len(strings.TrimLeft(d.rest, "-0123456789"))
	n, err := strconv.Atoi(d.rest[:digits])
	if err != nil {
		return nil, fmt.Errorf("there is no value at %.20q", d.rest)
	}
	d.rest = strings.TrimPrefix(d.rest[digits:], "L") // as Python 2 wrote long ones
	return n, nil
}

func (d *dict) text(end string) (any, error) {
	s, rest, found := strings.Cut(d.rest, end)
	if !found || strings.Contains(s, `\`) {
		return nil, fmt.Errorf("a string does not end, or has a backslash in it")
	}
	d.rest = rest
	return s, nil
}

func (d *dict) list(end string, depth int) (any, error) {
	all := []any{}
	for !d.next(end) {
		if len(all) > 0 && !d.next(",") {
			return nil, fmt.Errorf("there is no comma at %.20q", d.rest)
		}
		if d.next(end) {
			break
		}
		v, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

func (d *dict) fields(depth int) (any, error) {
	all := map[string]any{}
	for !d.next("}") {
		if len(all) > 0 && !d.next(",") {
			return nil, fmt.Errorf("there is no comma at %.20q", d.rest)
		}
		if d.next("}") {
			break
		}
		key, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		name, ok := key.(string)
		if _, twice := all[name]; !ok || twice || !d.next(":") {
			return nil, fmt.Errorf("%v is no name of a field, or is there twice", key)
		}
		if all[name], err = d.value(depth + 1); err != nil {
			return nil, err
		}
	}
	return all, nil
}
