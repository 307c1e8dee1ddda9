package plugins

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"github.com/mpiclus/mpiclus-lua/plugins/internal/shm"
	"github.com/mpiclus/mpiclus-lua/plugins/wire"
)

// Descriptors that a plugin inherits.
const (
	HostMemory   = 3 // arguments: pieces are given out by the host
	PluginMemory = 4 // results: pieces are given out by the plugin
	Lifeline     = 5 // its end of file means that the host is gone
	Output       = 6 // what the plugin writes for the user to see
)

// server is the gRPC service of a plugin.
type server struct {
	wire.UnimplementedPluginServer
	cfg       *Config
	broker    *plugin.GRPCBroker
	stderr    *os.File
	host, own *shm.Memory
	comm      wire.CommunicatorClient
}

// Describe also takes the standard streams back from go-plugin, which would
// carry them as messages: what a process says last would be lost.
func (s *server) Describe(_ context.Context, host *wire.Host) (*wire.Description, error) {
	os.Stderr = s.stderr
	os.Stdout = os.NewFile(Output, "output")
	d := &wire.Description{Protocol: Protocol, Name: s.cfg.Name, Version: s.cfg.Version, Doc: s.cfg.Doc}
	for i := range s.cfg.Ops {
		op := &s.cfg.Ops[i]
		w := &wire.Op{Name: op.Name, Doc: op.Doc, Commutes: op.Commutes, Record: uint32(op.Record)}
		for _, k := range op.Combine {
			w.Types = append(w.Types, wire.ElementType(k.Type))
		}
		d.Ops = append(d.Ops, w)
	}
	for _, f := range s.cfg.Functions {
		d.Functions = append(d.Functions, &wire.Function{Name: f.Name, Doc: f.Doc, Args: f.Args, Communicates: f.Communicates})
	}
	return d, nil
}

// Attach dials the host and asks for nothing, to be sure that the connection
// stands: the name of the socket is gone soon.
func (s *server) Attach(ctx context.Context, b *wire.Broker) (*wire.Nothing, error) {
	conn, err := s.broker.DialWithOptions(b.GetService(), grpc.WithIdleTimeout(0))
	if err != nil {
		return nil, err
	}
	s.comm = wire.NewCommunicatorClient(conn)
	_, err = s.comm.Do(ctx, &wire.Operation{Kind: wire.Operation_NONE})
	return &wire.Nothing{}, err
}

// view maps a region that the host named.
func (s *server) view(r *wire.Region) (*shm.Piece, error) {
	m := s.host
	if r.GetPlugin() {
		m = s.own
	}
	return m.View(r.GetOffset(), r.GetLength())
}

func (s *server) Combine(stream wire.Plugin_CombineServer) error {
	for {
		c, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		answer := &wire.Combined{Count: c.GetCount()}
		if err := s.combine(c); err != nil {
			answer.Error = err.Error()
		}
		if err := stream.Send(answer); err != nil {
			return err
		}
	}
}

func (s *server) combine(c *wire.Combination) (err error) {
	op := s.cfg.op(c.GetOp())
	if op == nil {
		return fmt.Errorf("there is no op %q", c.GetOp())
	}
	t := Type(c.GetType())
	kernel, ok := op.Kernel(t)
	if !ok {
		return fmt.Errorf("op %s does not work on %s", op.Name, t)
	}
	if n := c.GetCount() * uint64(t.Size()); c.GetIn().GetLength() != n || c.GetInout().GetLength() != n {
		return fmt.Errorf("regions that are not %d elements of %s", c.GetCount(), t)
	}
	in, err := s.view(c.GetIn())
	if err != nil {
		return err
	}
	defer in.Release()
	inout, err := s.view(c.GetInout())
	if err != nil {
		return err
	}
	defer inout.Release()
	defer recovered(&err)
	return kernel.run(in.Bytes, inout.Bytes)
}

// recovered turns a panic of the author's code into an error that tells where
// it was. The process goes on.
func recovered(err *error) {
	if v := recover(); v != nil {
		*err = fmt.Errorf("panic: %v%s", v, place(string(debug.Stack())))
	}
}

// place finds the line of the panic in a stack: the first frame after those
// of the panic itself that is not of the Go runtime.
func place(stack string) string {
	_, after, found := strings.Cut(stack, "\npanic(")
	if !found {
		return ""
	}
	lines := strings.Split(after, "\n")
	for i := 2; i+1 < len(lines); i += 2 {
		if !strings.HasPrefix(lines[i], "runtime.") {
			file, _, _ := strings.Cut(strings.TrimSpace(lines[i+1]), " +")
			return fmt.Sprintf(" (at %s)", file)
		}
	}
	return ""
}
