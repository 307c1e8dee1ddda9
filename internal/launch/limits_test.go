package launch

import (
	"strings"
	"testing"
)

// TestFindingsOfLimits: each limit that is in the way of so many workers is
// named, with a cure, and no other is.
func TestFindingsOfLimits(t *testing.T) {
	plenty := capacity{files: 1024, tasks: unlimited, addresses: unlimited, memory: 1 << 40, folder: "/dev/shm", room: 1 << 30}
	if r := plenty.findings(200); len(r) != 0 {
		t.Errorf("nothing is in the way:\n%s", r)
	}
	for name, c := range map[string]struct {
		change func(*capacity)
		topic  string
		want   string
		level  Level
	}{
		"files":          {func(c *capacity) { c.files = 35 }, "files", "a process may open 35 files here, too few to start 3 workers", Problem},
		"tasks":          {func(c *capacity) { c.tasks, c.taskLimit = 60, "ulimit -u 100" }, "processes", "only 60 more processes and threads may be started (ulimit -u 100), too few for 3 workers", Problem},
		"no tasks":       {func(c *capacity) { c.tasks, c.taskLimit = -5, "ulimit -u 100" }, "processes", "only 0 more", Problem},
		"addresses":      {func(c *capacity) { c.addresses = 1000 << 20 }, "memory", "a process may have 1000 MiB of addresses (ulimit -v)", Problem},
		"no memory":      {func(c *capacity) { c.memory = 60 << 20 }, "memory", "60 MiB of memory are free, too few for 3 workers", Problem},
		"little memory":  {func(c *capacity) { c.memory = 100 << 20 }, "memory", "100 MiB of memory are free: little for 3 workers", Warning},
		"no room":        {func(c *capacity) { c.room = 8 << 20 }, "disk", "/dev/shm has 8 MiB free, too few for the shared memory of 3 workers, which is 12 MiB", Problem},
		"number unknown": {func(c *capacity) { c.room = 1 << 20 }, "disk", "/dev/shm has 1 MiB free", Problem},
	} {
		np := 3
		if name == "number unknown" {
			np = -1
		}
		limited := plenty
		c.change(&limited)
		r := limited.findings(np)
		if len(r) != 1 || r[0].Topic != c.topic || r[0].Level != c.level || !strings.Contains(r[0].Text, c.want) || r[0].Cure == "" {
			t.Errorf("%s: %+v, want %q", name, r, c.want)
		}
	}
}
