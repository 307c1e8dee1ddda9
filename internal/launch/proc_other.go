//go:build !linux

package launch

func startOf(int) string { return "" }

func mappedFiles() []string { return nil }
