package link

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// silentAddress accepts connections and says nothing, as another program may.
func silentAddress(t *testing.T) string {
	t.Helper()
	s, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s.Addr().String()
}

// closedAddress refuses connections.
func closedAddress(t *testing.T) string {
	t.Helper()
	s, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = s.Close()
	return s.Addr().String()
}

func TestDialTriesAllAddresses(t *testing.T) {
	limit(t)
	l := listen(t, ListenConfig{NoUnix: true, TCP: true, Job: "job-1"})
	go accept(l)
	other := listen(t, ListenConfig{NoUnix: true, TCP: true, Job: "job-1", Secret: l.Join().Secret})
	good := l.Join()
	silent, closed, impostor, right := silentAddress(t), closedAddress(t), other.Join().TCP[0], good.TCP[0]
	for name, list := range map[string][]string{
		"first":             {right, silent},
		"after closed":      {closed, closed, right},
		"after silent":      {silent, silent, silent, right}, // one after the other they take longer than dialTime
		"after an impostor": {impostor, right},
		"last of all":       {silent, impostor, closed, "127.0.0.1:x", right},
	} {
		t.Run(name, func(t *testing.T) {
			join := good
			join.TCP = list
			link, err := Dial(t.Context(), join, Hello{})
			if err != nil {
				t.Fatal(err)
			}
			defer link.Close()
			if want := "tls " + right; Describe(link) != want {
				t.Errorf("%s, want %s", Describe(link), want)
			}
		})
	}
	join := good
	join.TCP = []string{closed, impostor, "nowhere.invalid:1"}
	_, err := Dial(t.Context(), join, Hello{})
	for _, part := range []string{"cannot reach job job-1 on host", "tcp " + closed, "connection refused",
		"tcp " + impostor, errPin.Error(), "tcp nowhere.invalid:1"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%q is not in: %v", part, err)
		}
	}
	if !errors.Is(err, syscall.ECONNREFUSED) || !errors.Is(err, errPin) {
		t.Error("causes are not found in:", err)
	}
}

func TestDialPrefersUnixOnItsHost(t *testing.T) {
	limit(t)
	l := listen(t, ListenConfig{TCP: true})
	go accept(l)
	for name, c := range map[string]struct {
		change func(*Join)
		want   string // "" for an error
	}{
		"as it is":        {func(*Join) {}, "unix"},
		"other host":      {func(j *Join) { j.Host += "x" }, "tls"},
		"folder is gone":  {func(j *Join) { j.Unix = "/nowhere/s" }, "tls"},
		"no unix":         {func(j *Join) { j.Unix = "" }, "tls"},
		"no tcp":          {func(j *Join) { j.TCP = nil }, "unix"},
		"nothing":         {func(j *Join) { j.TCP, j.Unix = nil, "" }, ""},
		"other, no tcp":   {func(j *Join) { j.TCP = nil; j.Host += "x" }, ""},
		"no secret":       {func(j *Join) { j.Secret = nil }, ""},
		"another version": {func(j *Join) { j.Version = "other" }, ""},
	} {
		join := l.Join()
		c.change(&join)
		link, err := Dial(t.Context(), join, Hello{})
		switch {
		case err != nil && c.want == "":
			continue
		case err != nil:
			t.Errorf("%s: %v", name, err)
			continue
		case c.want == "" || !strings.HasPrefix(Describe(link), c.want):
			t.Errorf("%s: over %s, want %q", name, Describe(link), c.want)
		}
		_ = link.Close()
	}
	if _, err := Dial(t.Context(), l.Join(), Hello{Data: make([]byte, maxHello)}); err == nil {
		t.Error("a hello that is too long is sent")
	}
}

// A Dial that waits for an answer ends with its context.
func TestDialCancelledInside(t *testing.T) {
	limit(t)
	path := filepath.Join(t.TempDir(), "s")
	socket, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	host, _ := os.Hostname()
	unix := Join{Secret: noise(3, 32), Unix: path, Host: host}
	tcp := Join{Secret: noise(3, 32), TCP: []string{silentAddress(t), silentAddress(t)}}
	stop := errors.New("told to stop")
	for _, join := range []Join{unix, tcp} {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(100*time.Millisecond, func() { cancel(stop) })
		_, err := Dial(ctx, join, Hello{})
		if !errors.Is(err, stop) && !errors.Is(err, context.Canceled) {
			t.Errorf("%v: %v", join, err)
		}
	}
}

// Who sits on the socket without the secret gets no proof to work on.
func TestImpostorLearnsNothing(t *testing.T) {
	limit(t)
	path := filepath.Join(t.TempDir(), "s")
	socket, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	heard := make(chan []byte)
	go func() {
		conn, err := socket.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		s, _ := newSession(conn, "impostor", nil, time.Now().Add(handshakeTime))
		f, _ := s.expect(kindGreeting)
		version := f.string()
		_ = s.say(kindChallenge, appendField(appendField(appendField(nil, version), nonce()), noise(1, 32)))
		_, err = s.expect(kindAnswer)
		var refused *RefusedError
		if !errors.As(err, &refused) {
			t.Errorf("the impostor gets %v", err)
		}
		rest, _ := io.ReadAll(conn)
		heard <- rest
	}()
	host, _ := os.Hostname()
	join := Join{Version: "1", Secret: noise(3, 32), Unix: path, Host: host}
	if _, err := Dial(t.Context(), join, Hello{Data: []byte("private")}); !errors.Is(err, ErrSecret) {
		t.Error(err)
	}
	if rest := <-heard; len(rest) > 0 {
		t.Errorf("the impostor hears %q", rest)
	}
}

func TestLongSocketPath(t *testing.T) {
	deep := filepath.Join(t.TempDir(), strings.Repeat("d", 100))
	if err := os.Mkdir(deep, 0o700); err != nil {
		t.Fatal(err)
	}
	_, _, err := listenUnixIn(deep)
	if err == nil || !strings.Contains(err.Error(), "a socket's path has at most 107") {
		t.Error(err)
	}
	if left, _ := os.ReadDir(deep); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
	t.Setenv("TMPDIR", deep)
	t.Setenv("XDG_RUNTIME_DIR", filepath.Join(deep, "missing"))
	l := listen(t, ListenConfig{Dir: deep}) // something shorter is found
	if strings.HasPrefix(l.Join().Unix, deep) {
		t.Error(l.Join().Unix)
	}
}

// TestMain starts this part in a process of another user.
const dialAs = "MPICLUS_TEST_DIAL"

func dialAsOther() {
	join, err := ParseJoin(os.Getenv(dialAs))
	if err == nil {
		var conn net.Conn
		if conn, err = net.Dial("unix", join.Unix); err == nil {
			_, err = conn.Read(make([]byte, 1))
		}
	}
	_, _ = os.Stdout.WriteString(err.Error())
}

func TestOtherUserIsTurnedAway(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root to become another user")
	}
	limit(t)
	log := new(record)
	l := listen(t, ListenConfig{Dir: "/tmp", Log: log.logger()})
	go accept(l)
	const nobody = 65534
	exe := filepath.Join(filepath.Dir(l.Join().Unix), "exe")
	self, err := os.ReadFile("/proc/self/exe")
	if err != nil || os.WriteFile(exe, self, 0o755) != nil {
		t.Fatal("cannot copy the test")
	}
	run := func() string {
		f, err := os.Open(exe) // the folder is closed to that user
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		cmd := exec.Command("/proc/self/fd/3")
		cmd.ExtraFiles = []*os.File{f}
		cmd.Dir, cmd.Env = "/", []string{dialAs + "=" + l.Join().String()}
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatal("cannot run as another user: ", err)
		}
		return string(out)
	}
	if out := run(); !strings.Contains(out, "permission denied") {
		t.Errorf("through a folder of mode 0700: %s", out)
	}
	for path, mode := range map[string]os.FileMode{filepath.Dir(l.Join().Unix): 0o755, l.Join().Unix: 0o777} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	if out := run(); out != "EOF" {
		t.Errorf("with the folder open: %s", out)
	}
	log.waitFor(t, "runs as user 65534, this one as user 0")
}
