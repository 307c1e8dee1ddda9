//go:build !linux

package launch

func tasksLeft() (int64, string) { return unlimited, "" }

func memoryAvailable() int64 { return unlimited }
