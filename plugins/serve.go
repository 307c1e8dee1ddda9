package plugins

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"github.com/mpiclus/mpiclus-lua/plugins/internal/shm"
	"github.com/mpiclus/mpiclus-lua/plugins/wire"
)

// Handshake is what host and plugin show each other first. The cookie is no
// secret: it keeps people from starting a plugin by hand.
var Handshake = plugin.HandshakeConfig{
	ProtocolVersion:  Protocol,
	MagicCookieKey:   "MPICLUS_PLUGIN_COOKIE",
	MagicCookieValue: "6b1f0f0a-mpiclus-lua-plugin",
}

// Service is the name under which go-plugin knows the service of a plugin.
const Service = "mpiclus"

// Serve runs a plugin: what its main function calls. It returns when the host
// says so. A wrong configuration, and a start by hand, end the process with a
// message.
func Serve(cfg Config) {
	if err := cfg.Check(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	if os.Getenv(Handshake.MagicCookieKey) != Handshake.MagicCookieValue {
		fmt.Fprintf(os.Stderr, "%s %s is a plugin of mpiclus-lua: scripts load it with require(\"plugin\").load(%q).\n", cfg.Name, cfg.Version, cfg.Name)
		os.Exit(2)
	}
	s := &server{
		cfg: &cfg, stderr: os.Stderr,
		host: shm.Open(os.NewFile(HostMemory, "host memory")), own: shm.Open(os.NewFile(PluginMemory, "plugin memory")),
	}
	go awaitEnd(os.NewFile(Lifeline, "lifeline"))
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig: Handshake,
		Plugins:         plugin.PluginSet{Service: &glue{server: s}},
		Logger:          hclog.New(&hclog.LoggerOptions{Level: hclog.Error, Output: os.Stderr}),
		GRPCServer: func(opts []grpc.ServerOption) *grpc.Server {
			return grpc.NewServer(append(opts, grpc.MaxRecvMsgSize(math.MaxInt32), grpc.MaxSendMsgSize(math.MaxInt32))...)
		},
	})
}

// awaitEnd ends the process when the host is gone, also where the kernel does
// not do it.
func awaitEnd(lifeline *os.File) {
	if _, err := io.Copy(io.Discard, lifeline); err == nil {
		os.Exit(1)
	}
}

// glue is what go-plugin asks for.
type glue struct {
	plugin.NetRPCUnsupportedPlugin
	server *server
}

func (g *glue) GRPCServer(broker *plugin.GRPCBroker, s *grpc.Server) error {
	g.server.broker = broker
	wire.RegisterPluginServer(s, g.server)
	return nil
}

func (g *glue) GRPCClient(context.Context, *plugin.GRPCBroker, *grpc.ClientConn) (any, error) {
	return nil, fmt.Errorf("a plugin is no host")
}
