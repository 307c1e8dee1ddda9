package interp

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"
	"golang.org/x/sys/unix"
)

// TestLibraryWaits: while a script waits for the world outside others run, one
// interrupt ends the wait, and what the script had started ends too.
func TestLibraryWaits(t *testing.T) {
	giveInput(t)
	const sleeps = `"echo $$ > FOLDER/pid; exec sleep 60"`
	for name, source := range map[string]string{
		"io.read":              `waits() io.read()`,
		"io.read(n)":           `waits() io.read(100)`,
		"io.lines":             `waits() for l in io.lines() do end`,
		"io.stdin:read":        `waits() io.stdin:read "*n"`,
		"io.stdin:lines":       `for l in (function() waits() return io.stdin:lines() end)() do end`,
		"loadfile":             `waits() loadfile()`,
		"dofile":               `waits() dofile "FOLDER/fifo"`,
		"opening to read":      `waits() io.open("FOLDER/fifo", "r")`,
		"opening to write":     `waits() io.open("FOLDER/fifo", "w")`,
		"io.input":             `waits() io.input "FOLDER/fifo"`,
		"io.lines of a FIFO":   `waits() for l in io.lines "FOLDER/fifo" do end`,
		"reading a FIFO":       `local f = io.open("FOLDER/fifo", "r+") waits() f:read()`,
		"os.execute":           `waits() os.execute(` + sleeps + `)`,
		"os.execute of a tree": `waits() os.execute("sleep 60 & echo $! > FOLDER/pid; wait")`,
		"reading of popen":     `local p = io.popen(` + sleeps + `) waits() p:read "*a"`,
		"lines of popen":       `local p = io.popen(` + sleeps + `) waits() for l in p:lines() do end`,
		"closing popen":        `local p = io.popen(` + sleeps + `, "w") waits() p:close()`,
		"writing to popen":     `local p = io.popen(` + sleeps + `, "w") waits() p:write(("x"):rep(1e6))`,
		"flushing to popen":    `local p = io.popen(` + sleeps + `, "w") p:setvbuf "full" waits() for i = 1, 1e6 do p:write "0123456789" end`,
		"closing a full pipe":  `local p = io.popen(` + sleeps + `, "w") for i = 1, 6e4 do p:write "x" end waits() for i = 1, 6e4 do p:write "x" end p:close()`,
		"inside pcall":         `waits() pcall(io.read) pcall(io.read) other = nil`,
		"inside a coroutine":   `coroutine.wrap(function() waits() io.read() end)()`,
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			if err := unix.Mkfifo(filepath.Join(folder, "fifo"), 0o600); err != nil {
				t.Fatal(err)
			}
			in, _ := newTest(t)
			starts := strings.Contains(source, "/pid")
			var pid string
			interruptWait(t, in, strings.ReplaceAll(source, "FOLDER", folder), func() {
				if starts {
					pid = lineOf(t, filepath.Join(folder, "pid"))
				}
			})
			if starts {
				endsSoon(t, pid)
			}
		})
	}
}

// lineOf waits for a file that has a whole line, and returns that.
func lineOf(t *testing.T, name string) string {
	t.Helper()
	for begin := time.Now(); time.Since(begin) < 10*time.Second; time.Sleep(10 * time.Millisecond) {
		if text, err := os.ReadFile(name); err == nil && strings.HasSuffix(string(text), "\n") {
			return strings.TrimSpace(string(text))
		}
	}
	t.Fatalf("%s has no line", name)
	return ""
}

// interruptWait runs a script up to where it waits, something else meanwhile,
// and interrupts it once ready returns.
func interruptWait(t *testing.T, in *Interp, source string, ready func()) {
	t.Helper()
	waits := make(chan struct{})
	in.root.SetGlobal("waits", in.root.NewFunction(func(*lua.LState) int { close(waits); return 0 }))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var err error
	task := in.Start(ctx, "waits", func(task *Task) {
		fn, e := in.Codec().Chunks.Load(task.L(), "job.lua", source)
		if err = e; err == nil {
			_, err = task.Call(fn)
		}
	})
	<-waits
	meanwhile := make(chan error, 1)
	go func() { meanwhile <- run(t, in, t.Context(), "other = 1 + 1") }()
	select {
	case e := <-meanwhile:
		if e != nil {
			t.Fatal(e)
		}
	case <-time.After(10 * time.Second):
		t.Error("nothing else runs while it waits")
	}
	ready()
	cancel()
	select {
	case <-task.Done():
	case <-time.After(10 * time.Second): // far from the minute that it would take
		t.Fatal("the interrupt does not end it")
	}
	if err == nil || !strings.Contains(err.Error(), "interrupted") {
		t.Errorf("got %v", err)
	}
}

// giveInput makes a pipe in which nobody writes standard input.
func giveInput(t *testing.T) {
	t.Helper()
	was, err := unix.Dup(0)
	if err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.Dup2(int(r.Fd()), 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = unix.Dup2(was, 0)
		_ = unix.Close(was)
		r.Close()
		w.Close()
	})
}

// endsSoon fails when a process goes on.
func endsSoon(t *testing.T, pid string) {
	t.Helper()
	id, err := strconv.Atoi(pid)
	if err != nil {
		t.Fatal(err)
	}
	for begin := time.Now(); time.Since(begin) < 10*time.Second; time.Sleep(10 * time.Millisecond) {
		if unix.Kill(id, 0) != nil {
			return
		}
		if stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", id)); err == nil && strings.Contains(string(stat), ") Z ") {
			return // whose parent has not asked yet
		}
	}
	_ = unix.Kill(id, unix.SIGKILL)
	t.Errorf("process %d goes on", id)
}

// TestFilesAtEnd: what a script has written is in its files when its task ends,
// and files that nobody holds any more are closed.
func TestFilesAtEnd(t *testing.T) {
	in, _ := newTest(t)
	name := filepath.Join(t.TempDir(), "f")
	if err := run(t, in, t.Context(), fmt.Sprintf("kept = io.open(%q, 'w') kept:write 'buffered'", name)); err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile(name); string(text) != "buffered" {
		t.Errorf("got %q", text)
	}
	before := descriptors(t)
	if err := run(t, in, t.Context(), fmt.Sprintf("for i = 1, 100 do io.open(%q) end for i = 1, 5 do collectgarbage() end io.open(%q):close()", name, name)); err != nil {
		t.Fatal(err)
	}
	if after := descriptors(t); after > before+20 {
		t.Errorf("%d open files have become %d", before, after)
	}
}

func descriptors(t *testing.T) int {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

// TestTimeZones: dates in zones with daylight saving time are those of Lua 5.1.
func TestTimeZones(t *testing.T) {
	const script = `for _, at in ipairs { 0, 1e9, 1119859200, 1288486800, 1288490400, 1301187600, 1301191200, 1709164800 } do
  local d = os.date("*t", at) print(at, os.date("%c %Z %z", at), d.isdst, os.time(d) == at)
end
for month = -8, 20, 2 do for hour = 0, 4 do for _, dst in ipairs { "none", true, false } do
  local d = { year = 2010, month = month, day = 28, hour = hour, min = 30 } if dst ~= "none" then d.isdst = dst end print(month, hour, dst, os.time(d))
end end end
for _, d in ipairs { { 2010, 3, 14, 2, 30 }, { 2010, 11, 7, 1, 30 }, { 2011, 3, 27, 2, 30 }, { 2010, 10, 31, 2, 30 }, { 2010, 10, 31, 1, 59 }, { 2010, 10, 31, 3, 0 } } do for _, dst in ipairs { "none", true, false } do
  local t = { year = d[1], month = d[2], day = d[3], hour = d[4], min = d[5] } if dst ~= "none" then t.isdst = dst end print(table.concat(d, " "), dst, os.time(t))
end end`
	was := time.Local
	defer func() { time.Local = was }()
	for _, zone := range []string{"Europe/Berlin", "America/New_York", "Australia/Sydney", "Asia/Kolkata", "UTC"} {
		t.Run(zone, func(t *testing.T) {
			place, err := time.LoadLocation(zone)
			if err != nil {
				t.Skip(err)
			}
			t.Setenv("TZ", zone)
			time.Local = place
			folder := t.TempDir()
			if err := os.WriteFile(filepath.Join(folder, "zone.lua"), []byte(script), 0o600); err != nil {
				t.Fatal(err)
			}
			in, out := newTest(t)
			if err := run(t, in, t.Context(), script); err != nil {
				t.Fatal(err)
			}
			sameLines(t, out.String(), oracle(t, folder, "zone.lua", script))
		})
	}
}
