package pattern

// set tells of each byte whether it belongs to a class.
type set [256]bool

// classes are the sets of the letters after %, in C's locale: bytes from 128
// on belong to none of them. The set of the capital letter is the complement.
var classes = func() (all [256]*set) {
	lower := func(c byte) bool { return c >= 'a' && c <= 'z' }
	upper := func(c byte) bool { return c >= 'A' && c <= 'Z' }
	digit := func(c byte) bool { return c >= '0' && c <= '9' }
	letter := func(c byte) bool { return lower(c) || upper(c) }
	visible := func(c byte) bool { return c > ' ' && c < 0x7f }
	for name, has := range map[byte]func(c byte) bool{
		'a': letter,
		'c': func(c byte) bool { return c < ' ' || c == 0x7f },
		'd': digit,
		'l': lower,
		'p': func(c byte) bool { return visible(c) && !letter(c) && !digit(c) },
		's': func(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' },
		'u': upper,
		'w': func(c byte) bool { return letter(c) || digit(c) },
		'x': func(c byte) bool { return digit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' },
		'z': func(c byte) bool { return c == 0 },
	} {
		in, out := new(set), new(set)
		for c := range in {
			in[c] = has(byte(c))
			out[c] = !in[c]
		}
		all[name], all[name-'a'+'A'] = in, out
	}
	return all
}()

// addClass adds what %c stands for inside brackets.
func (s *set) addClass(c byte) {
	class := classes[c]
	if class == nil {
		s[c] = true
		return
	}
	for i, in := range class {
		s[i] = s[i] || in
	}
}

func (s *set) addRange(from, to byte) {
	for c := int(from); c <= int(to); c++ {
		s[c] = true
	}
}

// bracket makes the set that is written between [ and ].
func bracket(content string) *set {
	s := new(set)
	complement := content != "" && content[0] == '^'
	if complement {
		content = content[1:]
	}
	for i := 0; i < len(content); i++ {
		switch {
		case content[i] == '%' && i+1 < len(content):
			i++
			s.addClass(content[i])
		case i+2 < len(content) && content[i+1] == '-':
			s.addRange(content[i], content[i+2])
			i += 2
		default:
			s[content[i]] = true
		}
	}
	if complement {
		for c := range s {
			s[c] = !s[c]
		}
	}
	return s
}
