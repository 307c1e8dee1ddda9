//go:build !linux

package launch

func inMemory(string, int) bool { return false }

func memoryFree(string) (int64, bool) { return 0, false }

func copiesBetweenProcesses() bool { return true }
