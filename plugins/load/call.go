package load

import (
	"context"
	"fmt"
	"sync/atomic"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/plugins"
	"github.com/mpiclus/mpiclus-lua/plugins/internal/shm"
	"github.com/mpiclus/mpiclus-lua/plugins/wire"
)

// Call is one call of a plugin's function: made with Plugin.Call, given its
// arguments, Run once, and ended with End. It belongs to one goroutine.
type Call struct {
	run      *process
	function *wire.Function
	pieces   []*shm.Piece
	places   []*wire.Region // of array arguments
	cancel   context.CancelFunc
	stream   wire.Plugin_CallClient
	broken   bool // the response did not come: there is no stream any more
	mark     int  // what was written before
}

var callNumber atomic.Uint64

// Call prepares a call of a function: it waits until the plugin runs.
func (p *Plugin) Call(ctx context.Context, function string) (*Call, error) {
	for _, f := range p.About().GetFunctions() {
		if f.GetName() == function {
			run, err := p.running(ctx)
			if err != nil {
				return nil, err
			}
			return &Call{run: run, function: f, mark: run.tail.mark()}, nil
		}
	}
	return nil, luaerr.New(luaerr.Plugin, "plugin %s has no function %s", p.About().GetName(), function)
}

// Array makes a value of an array: raw is copied to where the plugin sees it.
// A vector has no columns.
func (c *Call) Array(t plugins.Type, raw []byte, rows, columns int, matrix bool) (*wire.Value, error) {
	a := &wire.Array{Type: wire.ElementType(t)}
	if matrix {
		a.Rows, a.Columns = uint64(rows), uint64(columns)
	}
	var err error
	if a.Region, err = c.lay(raw); err != nil {
		return nil, err
	}
	c.places = append(c.places, a.Region)
	return &wire.Value{Kind: &wire.Value_Array{Array: a}}, nil
}

// longText is the length from which a string goes through shared memory.
const longText = 64 << 10

// Text makes a value of a string.
func (c *Call) Text(s string) (*wire.Value, error) {
	if len(s) < longText {
		return &wire.Value{Kind: &wire.Value_String_{String_: []byte(s)}}, nil
	}
	r, err := c.lay([]byte(s))
	return &wire.Value{Kind: &wire.Value_Text{Text: r}}, err
}

func (c *Call) lay(raw []byte) (*wire.Region, error) {
	piece, err := c.run.host.Alloc(len(raw))
	if err != nil {
		return nil, c.run.failure("cannot be called: %w", err)
	}
	copy(piece.Bytes, raw)
	c.pieces = append(c.pieces, piece)
	return &wire.Region{Offset: uint64(piece.Offset), Length: uint64(len(raw))}, nil
}

// Run calls the function and waits for what it returns; its arrays are valid
// until End. comm are the ranks of a function that communicates, nil for
// others. When ctx ends first, the plugin's process is ended.
func (c *Call) Run(ctx context.Context, comm *plugins.Comm, args []*wire.Value) (*wire.Response, error) {
	p, what := c.run, c.function.GetName()
	req := &wire.Request{Function: what, Call: callNumber.Add(1), Args: args}
	if comm != nil && p.comms != nil {
		req.Rank, req.Size = int32(comm.Rank()), int32(comm.Size())
		defer p.comms.serve(ctx, req.Call, comm)()
	}
	var stream context.Context
	stream, c.cancel = withoutDeadline(ctx)
	c.broken = true
	resp, err := c.talk(stream, req)
	p.settle()
	switch {
	case ctx.Err() != nil:
		p.kill()
		return nil, context.Cause(ctx)
	case status.Code(err) == codes.ResourceExhausted:
		return nil, p.failure("function %s: its arguments or results are too large for a message: %w", what, err)
	case err != nil:
		return nil, p.crashed(what, err)
	}
	c.broken = false
	if resp.GetError() != "" {
		e := luaerr.From(p.failureSince(c.mark, "%s: %s", what, resp.GetError()))
		e.Class = resp.GetClass()
		return nil, e
	}
	return resp, nil
}

func (c *Call) talk(ctx context.Context, req *wire.Request) (*wire.Response, error) {
	stream, err := c.run.rpc.Call(ctx)
	if err != nil {
		return nil, err
	}
	c.stream = stream
	if err := stream.Send(req); err != nil {
		// The reason is what Recv gives.
		if _, recvErr := stream.Recv(); recvErr != nil {
			err = recvErr
		}
		return nil, err
	}
	return stream.Recv()
}

// Elements returns the memory of an array in the response, in the plugin's
// memory or of an argument. It is valid until End.
func (c *Call) Elements(a *wire.Array) (plugins.Type, []byte, error) {
	t := plugins.Type(a.GetType())
	n := a.GetRegion().GetLength()
	if !t.Known() {
		return t, nil, c.run.failure("%s returned an array of an unknown type %d", c.function.GetName(), t)
	}
	if n%uint64(t.Size()) != 0 || !shapeFits(a, n/uint64(t.Size())) {
		return t, nil, c.run.failure("returned short data: %s gave an array of %s %s in %d bytes", c.function.GetName(), shape(a), t, n)
	}
	raw, err := c.Memory(a.GetRegion())
	return t, raw, err
}

// shapeFits reports whether n elements are the matrix that a says it is, or a
// vector.
func shapeFits(a *wire.Array, n uint64) bool {
	rows, columns := a.GetRows(), a.GetColumns()
	if rows == 0 || columns == 0 {
		return n == 0 || rows == columns
	}
	return n%rows == 0 && n/rows == columns // without a product, which may overflow
}

func shape(a *wire.Array) string {
	if a.GetRows() == 0 && a.GetColumns() == 0 {
		return "some"
	}
	return fmt.Sprintf("%dx%d", a.GetRows(), a.GetColumns())
}

// Long returns a string of the response that came through memory.
func (c *Call) Long(r *wire.Region) (string, error) {
	raw, err := c.Memory(r)
	return string(raw), err
}

// Memory returns the content of a region of the response, valid until End.
func (c *Call) Memory(r *wire.Region) ([]byte, error) {
	if r.GetLength() == 0 {
		return nil, nil
	}
	m := c.run.host
	if r.GetPlugin() {
		m = c.run.own
	}
	piece, err := m.View(r.GetOffset(), r.GetLength())
	if err != nil {
		return nil, c.run.failure("returned short data: %s: %w", c.function.GetName(), err)
	}
	c.pieces = append(c.pieces, piece)
	return piece.Bytes, nil
}

// Argument reports which array argument, from 0 in the order of Array calls, a
// region of the response is; false if it is none.
func (c *Call) Argument(r *wire.Region) (int, bool) {
	if r.GetPlugin() || r.GetLength() == 0 {
		return 0, false
	}
	for i, p := range c.places {
		if p.GetOffset() == r.GetOffset() && p.GetLength() == r.GetLength() {
			return i, true
		}
	}
	return 0, false
}

// End frees what the call holds and tells the plugin that the results were
// taken.
func (c *Call) End() {
	for _, p := range c.pieces {
		p.Release()
	}
	switch {
	case c.cancel == nil:
	case c.broken:
		c.cancel()
	default:
		_ = c.stream.CloseSend()
		go c.finish()
	}
}

// finish waits for the plugin's last word, so that the stream is over.
func (c *Call) finish() {
	_, _ = c.stream.Recv()
	c.cancel()
}
