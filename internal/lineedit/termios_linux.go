package lineedit

import "golang.org/x/sys/unix"

// How the settings of a terminal are read and set.
const (
	getTermios = unix.TCGETS
	setTermios = unix.TCSETS
)
