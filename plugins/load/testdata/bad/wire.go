package main

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/status"

	"github.com/mpiclus/mpiclus-lua/plugins"
	"github.com/mpiclus/mpiclus-lua/plugins/wire"
)

// serveWire is a plugin without the SDK, which can lie.
func serveWire(mode string) {
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig: plugins.Handshake, GRPCServer: plugin.DefaultGRPCServer,
		Plugins: plugin.PluginSet{plugins.Service: &glue{mode: mode}},
	})
}

type glue struct {
	plugin.NetRPCUnsupportedPlugin
	mode string
}

func (g *glue) GRPCServer(_ *plugin.GRPCBroker, s *grpc.Server) error {
	wire.RegisterPluginServer(s, &liar{mode: g.mode})
	return nil
}

func (g *glue) GRPCClient(context.Context, *plugin.GRPCBroker, *grpc.ClientConn) (any, error) {
	return nil, errors.New("not here")
}

type liar struct {
	wire.UnimplementedPluginServer
	mode string
}

func (l *liar) Describe(ctx context.Context, _ *wire.Host) (*wire.Description, error) {
	d := &wire.Description{Protocol: plugins.Protocol, Name: "bad", Version: "1.0.0"}
	switch l.mode {
	case "lie":
		d.Protocol = 2
	case "silent":
		if end, told := ctx.Deadline(); told { // gRPC of this side may find first that it is over
			time.Sleep(time.Until(end) - 50*time.Millisecond)
			return nil, status.FromContextError(context.DeadlineExceeded).Err()
		}
		time.Sleep(time.Hour)
	case "names":
		d.Functions = []*wire.Function{{Name: "two words"}}
	default:
		d.Ops = []*wire.Op{{Name: "plus", Types: []wire.ElementType{wire.ElementType_FLOAT64}}}
		for _, name := range []string{"odd_bytes", "outside", "bad_type", "bad_shape", "not_an_argument"} {
			d.Functions = append(d.Functions, &wire.Function{Name: name})
		}
	}
	return d, nil
}

// Combine says that it did all but one element.
func (l *liar) Combine(s wire.Plugin_CombineServer) error {
	for {
		c, err := s.Recv()
		if err != nil {
			return nil
		}
		if err := s.Send(&wire.Combined{Count: c.GetCount() - 1}); err != nil {
			return err
		}
	}
}

// Call returns an array that is not there.
func (l *liar) Call(s wire.Plugin_CallServer) error {
	req, err := s.Recv()
	if err != nil {
		return err
	}
	a := map[string]*wire.Array{
		"odd_bytes":       {Type: wire.ElementType_FLOAT64, Region: &wire.Region{Length: 12}},
		"outside":         {Type: wire.ElementType_FLOAT64, Region: &wire.Region{Plugin: true, Offset: 1 << 40, Length: 8}},
		"bad_type":        {Type: 99, Region: &wire.Region{Length: 8}},
		"bad_shape":       {Type: wire.ElementType_FLOAT64, Region: &wire.Region{Length: 32}, Rows: 3, Columns: 3},
		"not_an_argument": {Type: wire.ElementType_FLOAT64, Region: &wire.Region{Plugin: true, Offset: ^uint64(0) - 3, Length: 8}},
	}[req.GetFunction()]
	if err := s.Send(&wire.Response{Results: []*wire.Value{{Kind: &wire.Value_Array{Array: a}}}}); err != nil {
		return err
	}
	_, err = s.Recv()
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
