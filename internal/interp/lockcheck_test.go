//go:build lockcheck

package interp

import (
	"context"
	"testing"
)

func TestLockCheck(t *testing.T) {
	in, _ := newTest(t)
	panicked := func(f func()) (yes bool) {
		defer func() { yes = recover() != nil }()
		f()
		return false
	}
	in.Run(t.Context(), "check", func(task *Task) {
		if !panicked(MustNotHold) {
			t.Error("a wait with the interpreter held was not noticed")
		}
		_ = in.Wait(task.L(), func(context.Context) error {
			if panicked(MustNotHold) {
				t.Error("a wait inside Wait was refused")
			}
			return nil
		})
	})
}
