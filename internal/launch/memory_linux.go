package launch

import (
	"os"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// tmpfsMagic is the type of file systems that live in memory (statfs(2)).
const tmpfsMagic = 0x01021994

// inMemory reports whether a folder lies on a file system in memory that has
// room for the shared memory of so many ranks, and of some in any case.
func inMemory(dir string, ranks int) bool {
	free, ok := memoryFree(dir)
	return ok && free >= sharedMemory*int64(max(ranks+1, 8))
}

// memoryFree gives the free bytes of a file system in memory.
func memoryFree(dir string) (free int64, ok bool) {
	var fs syscall.Statfs_t
	if syscall.Statfs(dir, &fs) != nil || int64(fs.Type) != tmpfsMagic {
		return 0, false
	}
	return int64(fs.Bavail) * int64(fs.Bsize), true
}

// copiesBetweenProcesses reports whether process_vm_readv(2) is allowed: Open
// MPI moves large messages with it and fails loudly where a container forbids
// it.
func copiesBetweenProcesses() bool {
	from, to := [1]byte{}, [1]byte{}
	local := []unix.Iovec{{Base: &to[0], Len: 1}}
	remote := []unix.RemoteIovec{{Base: uintptr(unsafe.Pointer(&from[0])), Len: 1}}
	_, err := unix.ProcessVMReadv(os.Getpid(), local, remote, 0)
	runtime.KeepAlive(&from)
	return err != unix.EPERM && err != unix.ENOSYS
}
