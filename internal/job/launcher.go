package job

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/launch"
	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/munge"
	"github.com/mpiclus/mpiclus-lua/internal/output"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
)

// Launcher starts the workers of a job.
type Launcher interface {
	// Launch starts what spec says with the variables of join and settings in
	// the workers' environment, and returns at once.
	Launch(spec launch.Spec, join link.Join, settings protocol.Settings) (Launch, error)
}

// Launch is a launcher at work. Its methods may be called by any goroutine.
type Launch interface {
	// Done is closed when the launcher and all that it started are gone.
	Done() <-chan struct{}
	// Kill ends all of it.
	Kill()
	// Launcher names the launcher, "mpirun, pid 17", and tells how it ended,
	// "signal: killed", waiting for that no longer than limit; how is "" when it
	// runs on. name is "" where no process started the workers.
	Launcher(limit time.Duration) (name, how string)
	// Explain tells why workers did not come.
	Explain(o launch.Outcome) error
	// Running returns the ranks that have a process, where all run on this machine and
	// can be told; it is empty elsewhere.
	Running() map[int]bool
	// Hopeless reports whether the launcher has said that not all workers will come,
	// and runs on all the same.
	Hopeless() bool
	// Joined hears that all workers have joined: nobody needs the job's secret any more.
	Joined()
}

// Processes returns the Launcher that starts mpirun, mpiexec or srun as a process,
// whose own output goes to a console.
func Processes(console *output.Console, secret launch.Carrier) Launcher {
	return &processes{console: console, carrier: secret}
}

type processes struct {
	console *output.Console
	carrier launch.Carrier // of the secret; "" is auto
	noted   sync.Once      // how it is carried
}

// Launch implements Launcher.
func (l *processes) Launch(spec launch.Spec, join link.Join, settings protocol.Settings) (Launch, error) {
	text, err := json.Marshal(settings)
	if err != nil {
		return nil, err
	}
	plan, err := launch.Plan(spec)
	if err != nil {
		return nil, err
	}
	h, err := l.handOver(&plan, spec, join.String())
	if err != nil {
		return nil, luaerr.New(luaerr.Launch, "%w", err)
	}
	plan.Env = append(plan.Env, protocol.EnvJoin+"="+h.text, protocol.EnvSettings+"="+string(text))
	if !settings.Capture {
		plan.Line = l.passOn
	}
	p, err := plan.Start(context.Background())
	if err != nil {
		h.over()
		return nil, err
	}
	job := &process{Process: p, plan: plan, handed: h}
	go func() { <-p.Gone(); h.over() }()
	if h.note != "" {
		l.noted.Do(func() { l.console.Note("mpiclus-lua: " + h.note) })
	}
	return job, nil
}

// handed is the secret on its way to the workers.
type handed struct {
	text string // in the environment
	file string // that holds it, "" if none
	note string // for the user
}

// handOver makes the secret ready for the way that it takes. The plan may
// become another one for that.
func (l *processes) handOver(plan **launch.Command, spec launch.Spec, secret string) (h handed, err error) {
	carrier, spec, note, err := launch.Carry(*plan, spec, cmp.Or(l.carrier, launch.CarrierAuto), protocol.EnvJoin)
	if err != nil {
		return h, err
	}
	h = handed{text: secret, note: note}
	switch carrier {
	case launch.CarrierSSH:
		*plan, err = launch.Plan(spec)
	case launch.CarrierMunge:
		h.text, err = munge.Seal(secret)
	case launch.CarrierFile:
		h.text, h.file, err = protocol.HandOver(secret)
	}
	return h, err
}

// over removes what held the secret: all have it, or nobody needs it.
func (h handed) over() {
	if h.file != "" {
		_ = os.Remove(h.file)
		_ = os.Remove(filepath.Dir(h.file)) // fails where other jobs have theirs
	}
}

// passOn shows output that was left to the launcher where the launcher's own
// would be: on the standard output and standard error of this process.
func (l *processes) passOn(line string, stderr bool) {
	to := l.console.Out
	if stderr {
		to = l.console.Err
	}
	_, _ = to.Write([]byte(line + "\n")) // an error is told
}

type process struct {
	*launch.Process
	plan   *launch.Command
	handed handed
}

// Done waits for orphans of the launcher as well: nothing outlives the job.
func (p *process) Done() <-chan struct{} { return p.Gone() }

// Running implements Launch.
func (p *process) Running() map[int]bool {
	if !p.plan.Local {
		return nil
	}
	return p.Process.Running()
}

// Joined implements Launch.
func (p *process) Joined() { p.handed.over() }

// Launcher implements Launch.
func (p *process) Launcher(limit time.Duration) (name, how string) {
	select {
	case <-p.Process.Done():
	case <-time.After(limit):
	}
	if status, ended := p.ExitStatus(); ended {
		how = status.String()
	}
	return fmt.Sprintf("%s, pid %d", filepath.Base(p.plan.Path), p.Pid), how
}

// Explain implements Launch.
func (p *process) Explain(o launch.Outcome) error {
	o.Process = p.Process
	return launch.Explain(p.plan, o)
}
