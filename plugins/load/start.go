package load

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/go-plugin/runner"
	"google.golang.org/grpc"

	"github.com/mpiclus/mpiclus-lua/plugins"
	"github.com/mpiclus/mpiclus-lua/plugins/internal/shm"
	"github.com/mpiclus/mpiclus-lua/plugins/wire"
)

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

// explainStart says what is wrong with a plugin that did not start. It has
// ended.
func (p *process) explainStart(err error) error {
	if errors.Is(err, errDescription) {
		return p.failure("%w", err)
	}
	if p.runner == nil || !p.runner.started.Load() {
		return p.failure("cannot be started: %w", err)
	}
	first, any := p.runner.first.text()
	m := handshake.FindStringSubmatch(first)
	switch {
	case any && m == nil:
		return p.failure("wrote to standard output before the handshake: %q (print after plugins.Serve has begun, or to standard error)", first)
	case m == nil && strings.Contains(err.Error(), "timeout"):
		return p.failure("hangs: it did not shake hands within %v (is it a plugin of mpiclus-lua? its main function should call plugins.Serve)", p.loader.cfg.StartTimeout)
	case m == nil:
		return p.failure("ended before the handshake: %s", p.runner.end())
	case m[1] != strconv.Itoa(plugin.CoreProtocolVersion):
		return p.failure("shakes hands in version %s of go-plugin's protocol, this software in version %d: build it anew", m[1], plugin.CoreProtocolVersion)
	case m[2] != strconv.Itoa(plugins.Protocol):
		return p.failure("speaks version %s of the plugin protocol, this software version %d: build it with the SDK of this version", m[2], plugins.Protocol)
	case m[4] != string(plugin.ProtocolGRPC):
		return p.failure("speaks %s, not grpc", or(m[4], string(plugin.ProtocolNetRPC)))
	case errors.Is(err, errSilent):
		return p.failure("hangs: it shook hands and did not answer within %v", p.loader.cfg.StartTimeout)
	}
	return p.failure("shook hands and then failed (%s): %w", or(p.runner.end(), "it was still running"), err)
}
