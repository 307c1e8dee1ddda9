package launch

import (
	"os"
	"slices"
	"syscall"
)

// Types of file systems that several hosts see (statfs(2)).
var networkFileSystems = []int64{
	0x6969, 0x0BD00BD0, 0x47504653, 0x00C36400, 0x19830326, 0x5346414F, 0xFE534D42, 0xFF534D42, 0x7461636F, 0x013111A8, 0xAAD7AAEA,
} // NFS, Lustre, GPFS, Ceph, BeeGFS, AFS, SMB, CIFS, OCFS2, IBRIX, PanFS

// homeIsShared reports whether the home folder is surely on other hosts, too.
func homeIsShared() bool {
	home, err := os.UserHomeDir()
	if err != nil {
		return false
	}
	var s syscall.Statfs_t
	return syscall.Statfs(home, &s) == nil && slices.Contains(networkFileSystems, int64(s.Type))
}

func dupTo(from, to int) error { return syscall.Dup3(from, to, 0) }
