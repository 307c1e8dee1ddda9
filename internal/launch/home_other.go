//go:build !linux

package launch

import "errors"

func homeIsShared() bool { return false }

func dupTo(int, int) error { return errors.ErrUnsupported }
