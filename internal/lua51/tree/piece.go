package tree

import "strings"

// Piece is what a front end has to know of a piece of code to keep its local
// variables for the next one.
type Piece struct {
	Names  []string // all names in it, each once, fields too
	Locals []string // the variables that local declares in the piece itself, not in a block of it
	Return int      // the place of the return statement of the piece itself, -1 for none
}

// ReadPiece reads a source that can be compiled.
func ReadPiece(source string) Piece {
	r := pieceReader{tokens: tokens{source: source, line: 1}, Piece: Piece{Return: -1}, seen: map[string]bool{}}
	for k := r.word(); k.kind != end; {
		switch k.kind {
		case "do", "function", "if", "repeat":
			r.depth++
		case "end", "until":
			r.depth--
		case "return":
			if r.depth == 0 {
				r.Return = k.first
			}
		case "local":
			if r.depth == 0 {
				k = r.locals()
				continue
			}
		}
		k = r.word()
	}
	return r.Piece
}

type pieceReader struct {
	tokens
	Piece
	depth int // blocks that are open
	seen  map[string]bool
}

// word returns the next token, and notes names.
func (r *pieceReader) word() token {
	k := r.next()
	if k.kind == name && !r.seen[r.source[k.first:k.after]] {
		r.seen[r.source[k.first:k.after]] = true
		r.Names = append(r.Names, r.source[k.first:k.after])
	}
	return k
}

// locals reads the names after the word local, and returns the first token that is
// none of them.
func (r *pieceReader) locals() token {
	k := r.word()
	if k.kind == "function" {
		r.depth++
		k = r.word()
	}
	for k.kind == name {
		r.Locals = append(r.Locals, r.source[k.first:k.after])
		if k = r.word(); k.kind != "," {
			break
		}
		k = r.word()
	}
	return k
}

// IsBeginning reports whether a source cannot be compiled because it is not at its
// end: who reads lines goes on to read.
func IsBeginning(source string) bool {
	_, err := Compile("stdin", source)
	if err == nil {
		return false
	}
	text := err.Error()
	return (strings.HasSuffix(text, "near '<eof>'") || strings.HasSuffix(text, "near <eof>")) && !strings.Contains(text, ": unfinished string ")
}
