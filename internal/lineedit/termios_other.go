//go:build !linux

package lineedit

import "golang.org/x/sys/unix"

// How the settings of a terminal are read and set.
const (
	getTermios = unix.TIOCGETA
	setTermios = unix.TIOCSETA
)
