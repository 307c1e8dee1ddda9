package load

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/go-plugin/runner"
	"google.golang.org/grpc"

	"github.com/mpiclus/mpiclus-lua/plugins"
	"github.com/mpiclus/mpiclus-lua/plugins/internal/shm"
	"github.com/mpiclus/mpiclus-lua/plugins/wire"
)

// process is one run of a plugin, from its start to its end.
type process struct {
	loader *Loader
	path   string
	pin    string // see Plugin
	client *plugin.Client
	runner *executableRunner
	host   *shm.Memory // pieces for arguments
	own    *shm.Memory // pieces of the plugin
	rpc    wire.PluginClient
	about  *wire.Description
	comms  *communicators
	tail   *tail
	born   time.Time

	pumps    []*pump // of what it writes
	lifeline *os.File
	folder   *socketFolder
	stream   chan wire.Plugin_CombineClient
	killed   atomic.Bool
	endOnce  sync.Once
}

// start starts a plugin and asks what it is. The error says what is wrong
// with it; nothing of it is left then.
func (l *Loader) start(ctx context.Context, path, pin string) (*process, error) {
	p := &process{loader: l, path: path, pin: pin, tail: &tail{}, born: time.Now(), stream: make(chan wire.Plugin_CombineClient, 1)}
	p.stream <- nil // opened by who first uses it
	files, err := p.prepare()
	if err != nil {
		p.end()
		return nil, p.failure("cannot be started: %w", err)
	}
	stop := context.AfterFunc(ctx, func() {
		if p.runner != nil {
			_ = p.runner.Kill(context.Background())
		}
	})
	defer stop()
	err = p.connect(files)
	if err == nil {
		err = p.ask(ctx)
	}
	if err != nil {
		p.end()
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, p.explainStart(err)
	}
	return p, nil
}

// prepare makes what the plugin inherits.
func (p *process) prepare() (files []*os.File, err error) {
	if p.host, err = shm.Create(); err != nil {
		return nil, err
	}
	if p.own, err = shm.Create(); err != nil {
		return nil, err
	}
	life, lifeline, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	p.lifeline = lifeline
	output, outWrite, err := os.Pipe()
	if err != nil {
		life.Close()
		return nil, err
	}
	files = []*os.File{p.host.File(), p.own.File(), life, outWrite}
	err = p.listen(output, p.loader.cfg.Stdout)
	if err == nil {
		p.folder, err = newSocketFolder(p.pin != "")
	}
	run := p.path
	if err == nil && p.pin != "" {
		run, err = pinned(p.path, p.pin, p.folder.path)
	}
	if err == nil {
		p.runner, err = newRunner(p.loader.starter, run, nil, files)
	}
	if err == nil {
		err = p.listen(p.runner.stderr, p.loader.cfg.Stderr)
	}
	if err != nil {
		life.Close()
		outWrite.Close()
	}
	return files, err
}

// listen passes on what comes from a pipe.
func (p *process) listen(from *os.File, to io.Writer) error {
	pump, err := startPump(from, p.writer(to))
	if err != nil {
		from.Close()
		return err
	}
	p.pumps = append(p.pumps, pump)
	return nil
}

func (p *process) writer(to io.Writer) *lineWriter {
	return &lineWriter{tag: p.tag, to: to, tail: p.tail}
}

// settle passes on what the plugin has written until now.
func (p *process) settle() {
	for _, pump := range p.pumps {
		pump.settle()
	}
}

// connect starts the process and shakes hands with it.
func (p *process) connect(files []*os.File) error {
	p.client = plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig:  plugins.Handshake,
		Plugins:          plugin.PluginSet{plugins.Service: dispenser{}},
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		AutoMTLS:         true,
		SkipHostEnv:      true, // the runner gives a clean one
		Logger:           hclog.NewNullLogger(),
		SyncStdout:       p.writer(p.loader.cfg.Stdout), // of plugins without the SDK
		SyncStderr:       p.writer(p.loader.cfg.Stderr),
		StartTimeout:     p.loader.cfg.StartTimeout,
		UnixSocketConfig: &plugin.UnixSocketConfig{TempDir: p.folder.path},
		GRPCDialOptions:  []grpc.DialOption{grpc.WithIdleTimeout(0)},
		RunnerFunc: func(_ hclog.Logger, cmd *exec.Cmd, _ string) (runner.Runner, error) {
			p.runner.cmd.Env = append(p.runner.cmd.Env, cmd.Env...)
			return p.runner, nil
		},
	})
	_, err := p.client.Start()
	files[2].Close()
	files[3].Close()
	return err
}

// connection is what a dispenser gives.
type connection struct {
	broker *plugin.GRPCBroker
	conn   *grpc.ClientConn
}

type dispenser struct{ plugin.NetRPCUnsupportedPlugin }

func (dispenser) GRPCClient(_ context.Context, broker *plugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	return connection{broker, conn}, nil
}

func (dispenser) GRPCServer(*plugin.GRPCBroker, *grpc.Server) error {
	return errors.New("a host is no plugin")
}

// errSilent says that a plugin shook hands and then did not answer.
var errSilent = errors.New("no answer")

// withoutDeadline returns a context for gRPC that ends with ctx. gRPC would tell a
// deadline to the plugin, whose side may find before this one that it has passed:
// its answer looks like a failure of the plugin.
func withoutDeadline(ctx context.Context) (context.Context, context.CancelFunc) {
	stream, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { cancel(context.Cause(ctx)) })
	return stream, func() { stop(); cancel(nil) }
}

// ask asks what the plugin is, and offers it communicators if it wants any.
func (p *process) ask(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, p.loader.cfg.StartTimeout, errSilent)
	defer cancel()
	protocol, err := p.client.Client()
	if err != nil {
		return err
	}
	raw, err := protocol.Dispense(plugins.Service)
	if err != nil {
		return err
	}
	c := raw.(connection)
	p.rpc = wire.NewPluginClient(c.conn)
	stream, end := withoutDeadline(ctx)
	defer end()
	p.about, err = p.rpc.Describe(stream, &wire.Host{
		Protocol: plugins.Protocol, Version: p.loader.cfg.Version, Rank: int32(p.loader.cfg.Rank),
	})
	if err == nil {
		err = checkDescription(p.about, p.client.NegotiatedVersion())
	}
	if err == nil && communicates(p.about) {
		err = p.attach(stream, c.broker)
	}
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	// Both sides are connected: nobody needs the names of the sockets any
	// more, and so nothing is left when we are killed.
	p.folder.remove()
	return err
}

func communicates(d *wire.Description) bool {
	for _, f := range d.GetFunctions() {
		if f.GetCommunicates() {
			return true
		}
	}
	return false
}

// attach serves the communicators of function calls over the broker.
func (p *process) attach(ctx context.Context, broker *plugin.GRPCBroker) error {
	p.comms = newCommunicators(p)
	id := broker.NextId()
	go broker.AcceptAndServe(id, func(opts []grpc.ServerOption) *grpc.Server {
		s := grpc.NewServer(append(opts, grpc.MaxRecvMsgSize(math.MaxInt32), grpc.MaxSendMsgSize(math.MaxInt32))...)
		wire.RegisterCommunicatorServer(s, p.comms)
		p.comms.setServer(s)
		return s
	})
	if _, err := p.rpc.Attach(ctx, &wire.Broker{Service: id}); err != nil {
		return fmt.Errorf("it cannot be given communicators: %w", err)
	}
	return nil
}

// alive tells whether the process runs and is of use.
func (p *process) alive() bool {
	if p.killed.Load() {
		return false
	}
	select {
	case <-p.runner.exited:
		return false
	default:
		return true
	}
}

// kill ends the process at once. end must follow.
func (p *process) kill() {
	p.killed.Store(true)
	_ = p.runner.Kill(context.Background())
}

// end ends the process, politely if it runs, and frees all that is its. It
// may be called more than once, and returns when all is done.
func (p *process) end() {
	p.endOnce.Do(func() {
		if p.comms != nil {
			p.comms.stop()
		}
		if p.client != nil {
			p.client.Kill()
		} else if p.runner != nil {
			p.runner.discard()
		}
		if p.lifeline != nil {
			p.lifeline.Close()
		}
		for _, pump := range p.pumps {
			pump.stop()
		}
		if p.folder != nil {
			p.folder.remove()
		}
		for _, m := range []*shm.Memory{p.host, p.own} {
			if m != nil {
				m.Close()
			}
		}
	})
}

// name is how the plugin calls itself, before it has said so the name of its
// file.
func (p *process) name() string {
	if p.about != nil {
		return p.about.GetName()
	}
	return nameOf(p.path)
}

// tag stands before each line that the plugin writes.
func (p *process) tag() string {
	if p.loader.cfg.Rank == NoRank {
		return nameOf(p.path)
	}
	return fmt.Sprintf("rank %d, %s", p.loader.cfg.Rank, nameOf(p.path))
}
