package link

import (
	"fmt"
	"net"
	"time"
)

// deadHost is how long a host may be silent before its links break.
const deadHost = 10 * time.Second

// keepalive notices a dead host while nothing is being sent: 4 s idle, then
// three questions 2 s apart. While something is, see watch.
var keepalive = net.KeepAliveConfig{Enable: true, Idle: 4 * time.Second, Interval: 2 * time.Second, Count: 3}

// tuneTCP sets a connection up for small frames at once and a bounded wait for
// a dead host.
func tuneTCP(conn *net.TCPConn) error {
	if err := conn.SetNoDelay(true); err != nil {
		return fmt.Errorf("set TCP_NODELAY: %w", err)
	}
	if err := conn.SetKeepAliveConfig(keepalive); err != nil {
		return fmt.Errorf("set keepalive: %w", err)
	}
	return nil
}

// checkUser says whether the peer of a unix socket may talk to this process.
func checkUser(theirs, ours, pid int) error {
	if theirs != ours {
		return fmt.Errorf("process %d at the other end runs as user %d, this one as user %d", pid, theirs, ours)
	}
	return nil
}
