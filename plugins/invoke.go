package plugins

import (
	"errors"
	"fmt"
	"io"

	"github.com/mpiclus/mpiclus-lua/plugins/wire"
)

func (s *server) Call(stream wire.Plugin_CallServer) error {
	req, err := stream.Recv()
	if err != nil {
		return err
	}
	r := &running{s: s, ctx: stream.Context(), id: req.GetCall()}
	defer r.end()
	if err := stream.Send(r.run(req)); err != nil {
		return err
	}
	// The host closes its side when it has taken the results.
	if _, err := stream.Recv(); !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// run calls the function and returns the response.
func (r *running) run(req *wire.Request) *wire.Response {
	resp := &wire.Response{}
	results, err := r.invoke(req)
	if err == nil {
		for i, v := range results {
			w, encodeErr := r.encode(v, 0)
			if encodeErr != nil {
				err = fmt.Errorf("result %d of %s: %w", i+1, req.GetFunction(), encodeErr)
				break
			}
			resp.Results = append(resp.Results, w)
		}
	}
	if err != nil {
		resp.Results, resp.Error = nil, err.Error()
		var mpi *MPIError
		if errors.As(err, &mpi) {
			resp.Class = mpi.Class
		}
		return resp
	}
	for i, a := range r.arrays {
		if a.changed {
			resp.Changed = append(resp.Changed, r.places[i])
		}
	}
	return resp
}

func (r *running) invoke(req *wire.Request) (results []any, err error) {
	f := r.s.cfg.function(req.GetFunction())
	if f == nil {
		return nil, fmt.Errorf("there is no function %q", req.GetFunction())
	}
	c := &Call{ctx: r.ctx, memory: r.memory}
	for i, w := range req.GetArgs() {
		v, err := r.decode(w)
		if err != nil {
			return nil, fmt.Errorf("argument %d: %w", i+1, err)
		}
		c.args = append(c.args, v)
	}
	if f.Communicates {
		if req.GetSize() == 0 || r.s.comm == nil {
			return nil, errors.New("it needs a communicator")
		}
		c.comm = NewComm(r.ctx, int(req.GetRank()), int(req.GetSize()), r)
	}
	defer recovered(&err)
	return f.Run(c)
}
