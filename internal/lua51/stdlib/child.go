package stdlib

import (
	"context"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	lua "github.com/yuin/gopher-lua"
	"golang.org/x/sys/unix"
)

// child is a command of the shell that a script has started. It stays in the
// process group of the script, so that what ends that ends it too, and a
// terminal goes on to be its own.
type child struct {
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
}

// startChild starts a command as C's system and popen do. Nil for stdin or
// stdout is the process's own.
func startChild(command string, stdin, stdout *os.File) (*child, error) {
	cmd := exec.Command("/bin/sh", "-c", command)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if stdin != nil {
		cmd.Stdin = stdin
	}
	if stdout != nil {
		cmd.Stdout = stdout
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	c := &child{cmd: cmd, done: make(chan struct{})}
	go func() {
		_ = cmd.Wait()
		close(c.done)
	}()
	return c, nil
}

// wait returns the status of the command as C's waitpid gives it. When ctx is
// done first, the command and all that it has started are ended.
func (c *child) wait(ctx context.Context) int {
	select {
	case <-c.done:
	case <-ctx.Done():
		c.kill()
		return -1
	}
	if status, ok := c.cmd.ProcessState.Sys().(syscall.WaitStatus); ok {
		return int(status)
	}
	return -1
}

// killGrace is how long a command has to follow a polite signal.
const killGrace = 300 * time.Millisecond

// kill ends the command and its descendants. It waits no longer than that
// takes.
func (c *child) kill() {
	for _, sig := range []unix.Signal{unix.SIGTERM, unix.SIGKILL} {
		select {
		case <-c.done:
			return
		default:
		}
		all := stopped(c.cmd.Process.Pid)
		for _, pid := range all {
			_ = unix.Kill(pid, sig)
		}
		for _, pid := range all {
			_ = unix.Kill(pid, unix.SIGCONT)
		}
		select {
		case <-c.done:
			return
		case <-time.After(killGrace):
		}
	}
}

// stopped stops a process and its descendants and lists them: while they run
// they may start others.
func stopped(pid int) []int {
	seen := map[int]bool{}
	for {
		all, fresh := descendants(pid), false
		for _, id := range all {
			if !seen[id] {
				_ = unix.Kill(id, unix.SIGSTOP)
				seen[id], fresh = true, true
			}
		}
		if !fresh {
			return all
		}
	}
}

// descendants lists a process, its children, their children, and so on.
func descendants(pid int) []int {
	all := []int{pid}
	names, err := os.ReadDir("/proc")
	if err != nil {
		return all
	}
	children := map[int][]int{}
	for _, n := range names {
		id, err := strconv.Atoi(n.Name())
		if err != nil {
			continue
		}
		stat, err := os.ReadFile("/proc/" + n.Name() + "/stat")
		if err != nil {
			continue
		}
		// The name in brackets may hold anything; the parent follows the state.
		fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
		if len(fields) < 2 {
			continue
		}
		if parent, err := strconv.Atoi(fields[1]); err == nil {
			children[parent] = append(children[parent], id)
		}
	}
	for i := 0; i < len(all); i++ {
		all = append(all, children[all[i]]...)
	}
	return all
}

// openPipe starts a command whose output the script reads (mode "r") or whose
// input it writes ("w").
func openPipe(env *Env, command, mode string) (*stream, error) {
	switch mode {
	case "r", "w", "re", "we":
	default:
		return nil, unix.EINVAL
	}
	var ends [2]int
	if err := unix.Pipe2(ends[:], unix.O_CLOEXEC); err != nil {
		return nil, err
	}
	mine, its := ends[0], ends[1]
	if mode[0] == 'w' {
		mine, its = its, mine
	}
	file := os.NewFile(uintptr(its), "pipe")
	defer file.Close()
	var c *child
	var err error
	if mode[0] == 'r' {
		c, err = startChild(command, nil, file)
	} else {
		c, err = startChild(command, file, nil)
	}
	if err != nil {
		_ = unix.Close(mine)
		return nil, err
	}
	s := newStream(env, mine)
	s.own = unix.SetNonblock(mine, true) == nil
	s.child, s.unread, s.unwrite = c, mode[0] == 'w', mode[0] == 'r'
	return s, nil
}

// execute is os.execute([command]).
func execute(L *lua.LState, env *Env) int {
	if L.Get(1) == lua.LNil {
		shell := 0
		if _, err := os.Stat("/bin/sh"); err == nil {
			shell = 1
		}
		L.Push(lua.LNumber(shell))
		return 1
	}
	command := checkString(L, 1)
	status := -1
	if c, err := startChild(command, nil, nil); err == nil {
		_ = env.await(L, func(ctx context.Context) error { status = c.wait(ctx); return nil })
	}
	L.Push(lua.LNumber(status))
	return 1
}
