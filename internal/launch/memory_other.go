//go:build !linux

package launch

func inMemory(string) bool { return false }

func memoryFree(string) (int64, bool) { return 0, false }

func copiesBetweenProcesses() bool { return true }
