package native

// Eager has every loop compiled at once, never given up, and left when it has
// burnt so much; copies has it work on copies of arrays. It returns what undoes it.
func Eager(fuel int, copies bool) func() {
	w, l, f, c := worth, leastBurnt, fullFuel, copying
	worth, leastBurnt, fullFuel, copying = 0, 0, fuel, copies
	return func() { worth, leastBurnt, fullFuel, copying = w, l, f, c }
}

// Broken reports whether native code was turned off for good.
func Broken() bool { return broken.Load() }

// Compiled is how many programs were made.
func Compiled() int64 { return compiled.Load() }

// Fail has the machine fail from now on. It returns what undoes it.
func Fail(err error) func() {
	theMachine.mu.Lock()
	defer theMachine.mu.Unlock()
	was := theMachine.runtime
	theMachine.runtime, theMachine.failed = nil, err
	return func() {
		theMachine.runtime, theMachine.failed = was, nil
		broken.Store(false)
	}
}
