package job

import (
	"context"
	"os"
	"strings"

	"github.com/mpiclus/mpiclus-lua/internal/launch"
	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
)

// Start implements Job: it starts the launcher and waits for the workers.
func (j *Launched) Start(ctx context.Context, welcome func([]*Worker) error) error {
	defer close(j.start.over)
	if err := j.begin(); err != nil {
		return err
	}
	workers, err := j.gather(ctx)
	if err != nil {
		return err
	}
	if err := welcome(workers); err != nil {
		return err
	}
	j.shut()
	return nil
}

// begin makes the job's folder and listener and starts the launcher.
func (j *Launched) begin() error {
	log := j.cfg.Log
	folder, err := launch.MakeFolder(max(j.cfg.NP, 0))
	if err != nil {
		return luaerr.New(luaerr.Launch, "%w", err)
	}
	if err := j.keep(func() { j.folder = folder }); err != nil {
		return err
	}
	folder.Guard()
	spec, err := j.spec(folder)
	if err != nil {
		return err
	}
	plan, err := launch.Plan(spec)
	if err != nil {
		return err
	}
	log.Debug("start: workers", "launcher", plan.Path, "command", plan.Describe(), "settings", strings.Join(plan.Settings, " "), "folder", folder.Path)
	listener, err := link.Listen(link.ListenConfig{
		Version: j.cfg.Version, Job: folder.Path, Dir: folder.Path,
		TCP: !plan.Local || j.cfg.Interface != "", Interface: j.cfg.Interface, Log: log,
	})
	if err != nil {
		return luaerr.New(luaerr.Launch, "%w", err)
	}
	log.Debug("start: the master listens", "socket", listener.Join().Unix, "tcp", listener.Join().TCP)
	err = j.keep(func() { j.listener = listener })
	j.accepting.Go(func() { j.accept(listener) }) // who frees the job finds the listener, and closes it before it waits for this
	if err != nil {
		return err
	}
	if plan.Local {
		if err := launch.CheckLimits(spec.NP, folder.Path); err != nil {
			return err
		}
	}
	settings := j.cfg.Settings
	settings.Folder = folder.Path
	running, err := j.cfg.Launcher.Launch(spec, listener.Join(), settings)
	if err != nil {
		return err
	}
	log.Debug("start: the launcher runs")
	return j.keep(func() { j.launch = running })
}

// spec is what the launcher is to start.
func (j *Launched) spec(folder *launch.Folder) (launch.Spec, error) {
	spec := j.cfg.Spec
	spec.NP, spec.Folder = max(j.cfg.NP, 0), folder.Path
	spec.Forward = []string{protocol.EnvJoin, protocol.EnvSettings}
	if spec.Exe == "" {
		var err error
		if spec.Exe, err = os.Executable(); err != nil {
			return spec, luaerr.New(luaerr.Launch, "where this command lies is not known: %w", err)
		}
	}
	return spec, nil
}

// shut ends the admission to a job that is complete: nobody can join it any more,
// with whatever secret.
func (j *Launched) shut() {
	j.mu.Lock()
	l, running := j.listener, j.launch
	j.mu.Unlock()
	running.Joined()
	l.Shut()
	go l.Close() // who is still at the handshake has no place here
}
