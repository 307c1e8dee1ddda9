package tree

// mistake says what is wrong with a source that cannot be compiled, in the words
// and with the line of stock Lua: "'end' expected (to close 'if' at line 3) near
// '<eof>'". It gives nil where it finds nothing, or cannot tell.
func mistake(source string) (found *flaw) {
	r := &reader{tokens: tokens{source: source, line: 1}, function: &within{vararg: true}}
	defer func() {
		switch e := recover().(type) {
		case nil:
		case *flaw:
			if e.what != "" {
				found = e
			}
		default:
			panic(e)
		}
	}()
	r.advance()
	r.chunk()
	r.check(end)
	return nil
}

func (r *reader) blockEnds() bool { return r.is("else", "elseif", "end", "until", end) }

func (r *reader) chunk() {
	r.level(func() {
		for last := false; !last && !r.blockEnds(); {
			last = r.statement()
			r.take(";")
		}
	})
}

// loop reads the block of a loop.
func (r *reader) loop() {
	r.function.loops++
	r.chunk()
	r.function.loops--
}

// statement reads one, and tells whether it must be the last of its block.
func (r *reader) statement() (last bool) {
	line, kind := r.line, r.now.kind
	r.begin = r.now.first
	switch kind {
	case "if":
		r.conditional(line)
	case "while":
		r.advance()
		r.expr()
		r.need("do")
		r.loop()
		r.match("end", "while", line)
	case "do":
		r.advance()
		r.chunk()
		r.match("end", "do", line)
	case "for":
		r.forLoop(line)
	case "repeat":
		r.advance()
		r.loop()
		r.match("until", "repeat", line)
		r.expr()
	case "function":
		r.advance()
		r.need(name)
		for r.take(".") {
			r.need(name)
		}
		if r.take(":") {
			r.need(name)
		}
		r.body(line)
	case "local":
		r.local()
	case "return":
		r.advance()
		if !r.blockEnds() && !r.is(";") {
			r.exprs()
		}
		return true
	case "break":
		if r.advance(); r.function.loops == 0 {
			r.fail("no loop to break")
		}
		return true
	case "goto":
		r.advance()
		r.need(name)
	case "::":
		r.advance()
		r.need(name)
		r.need("::")
	default:
		begin := r.now.first
		is := r.primary()
		r.begin = begin // statements of functions inside of it have begun since
		if !is.call {
			r.assignment(is.variable)
		}
	}
	return false
}

func (r *reader) conditional(line int) {
	for r.is("if", "elseif") {
		r.advance()
		r.expr()
		r.need("then")
		r.chunk()
	}
	if r.take("else") {
		if r.elseIf == 0 && r.is("if") && r.before == r.line {
			r.elseIf = r.line
		}
		r.chunk()
	}
	r.match("end", "if", line)
}

func (r *reader) forLoop(line int) {
	r.advance()
	r.need(name)
	switch {
	case r.take("="):
		r.expr()
		r.need(",")
		r.expr()
		if r.take(",") {
			r.expr()
		}
	case r.is(",", "in"):
		for r.take(",") {
			r.need(name)
		}
		r.need("in")
		r.exprs()
	default:
		r.fail("'=' or 'in' expected")
	}
	r.need("do")
	r.loop()
	r.match("end", "for", line)
}

func (r *reader) local() {
	r.advance()
	if line := r.line; r.take("function") {
		r.need(name)
		r.body(line)
		return
	}
	r.need(name)
	for r.take(",") {
		r.need(name)
	}
	if r.take("=") {
		r.exprs()
	}
}

// assignment goes on after the first variable.
func (r *reader) assignment(variable bool) {
	r.level(func() {
		if !variable {
			r.fail("syntax error")
		}
		if r.take(",") {
			r.assignment(r.primary().variable)
			return
		}
		r.need("=")
		r.exprs()
	})
}

func (r *reader) body(line int) {
	outer := r.function
	r.function = &within{}
	r.need("(")
	for !r.is(")") {
		switch {
		case r.take(name):
		case r.take("..."):
			r.function.vararg = true
		default:
			r.fail("<name> or '...' expected")
		}
		if r.function.vararg || !r.take(",") {
			break
		}
		if r.is(")") {
			r.fail("<name> or '...' expected")
		}
	}
	r.need(")")
	r.chunk()
	r.match("end", "function", line)
	r.function = outer
}

func (r *reader) exprs() {
	r.expr()
	for r.take(",") {
		r.expr()
	}
}

// kindOfExpr is what an expression can be used as in a statement.
type kindOfExpr struct{ call, variable bool }

// primary reads a variable, a call or an expression in brackets.
func (r *reader) primary() (is kindOfExpr) {
	line := r.line
	switch {
	case r.take("("):
		r.expr()
		r.match(")", "(", line)
	case r.take(name):
		is.variable = true
	default:
		r.fail("unexpected symbol")
	}
	for {
		switch {
		case r.take("."):
			r.need(name)
			is = kindOfExpr{variable: true}
		case r.take("["):
			r.expr()
			r.need("]")
			is = kindOfExpr{variable: true}
		case r.take(":"):
			r.need(name)
			r.arguments()
			is = kindOfExpr{call: true}
		case r.is("(", text, "{"):
			r.arguments()
			is = kindOfExpr{call: true}
		default:
			return is
		}
	}
}

func (r *reader) arguments() {
	line := r.line
	switch {
	case r.is("("):
		if line != r.before {
			r.fail("ambiguous syntax (function call x new statement)")
		}
		if r.advance(); !r.is(")") {
			r.exprs()
		}
		r.match(")", "(", line)
	case r.is("{"):
		r.table()
	case !r.take(text):
		r.fail("function arguments expected")
	}
}

func (r *reader) table() {
	line := r.line
	r.need("{")
	for !r.is("}") {
		switch {
		case r.take("["):
			r.expr()
			r.need("]")
			r.need("=")
		case r.is(name) && r.isAhead("="):
			r.advance()
			r.advance()
		}
		r.expr()
		if !r.take(",") && !r.take(";") {
			break
		}
	}
	r.match("}", "{", line)
}

// binary are the operators with two operands. How strongly they bind does not
// matter for what may follow what.
var binary = []string{"+", "-", "*", "/", "%", "^", "..", "~=", "==", "<", "<=", ">", ">=", "and", "or"}

func (r *reader) expr() {
	r.level(func() {
		for {
			for r.is("not", "-", "#") {
				r.advance()
			}
			r.simple()
			if !r.is(binary...) {
				return
			}
			r.advance()
		}
	})
}

func (r *reader) simple() {
	line := r.line
	switch {
	case r.is(figure, text, "nil", "true", "false"):
		r.advance()
	case r.is("..."):
		if !r.function.vararg {
			r.fail("cannot use '...' outside a vararg function")
		}
		r.advance()
	case r.is("{"):
		r.table()
	case r.take("function"):
		r.body(line)
	default:
		r.primary()
	}
}
