//go:build !linux

package launch

// Ancestor is the launcher's process that started this one on its machine.
type Ancestor struct {
	ProcessID
	Name string
}

// FindAncestor finds none here: this system has no common way to look.
func FindAncestor() (a Ancestor, ok bool) { return Ancestor{}, false }

// KeepWords does nothing here.
func (a *Ancestor) KeepWords() {}

// Say does nothing here.
func (a *Ancestor) Say(string) {}

// Hears is false here.
func (a *Ancestor) Hears() bool { return false }
