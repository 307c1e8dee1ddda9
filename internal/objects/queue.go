package objects

import (
	"cmp"
	"context"
	"encoding/binary"
	"slices"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// channel is a queue of values that lives in one process. Store.mu guards it.
type channel struct {
	capacity int64
	items    []item // by number
	entered  uint64 // the number of the last item that came in
	putters  []*putter
	closed   bool
}

// item is a message in a channel. They are numbered as they come in, so that
// one that comes back finds its place.
type item struct {
	number  uint64
	message *value.Message
}

// putter is a request that waits for room.
type putter struct {
	request *rpc.Incoming
	stop    func() bool
}

func (s *Store) serveChannel(r *rpc.Incoming) {
	id, rest, err := readID(r.Data)
	if err != nil || len(rest) != 8 || id.Maker != r.From || id.Owner != s.node.Self() || int64(binary.LittleEndian.Uint64(rest)) < 0 ||
		!s.define(id, func(o *object) { o.channel = &channel{capacity: int64(binary.LittleEndian.Uint64(rest))} }) {
		r.Fail(luaerr.New(luaerr.Argument, "a channel that cannot be made here"))
		return
	}
	r.Post(rpc.Reply{})
}

// change runs a step on the channel that a request is about, and then moves
// items on. The request fails when there is no such channel or step says so.
func (s *Store) change(r *rpc.Incoming, step func(o *object) error) {
	id, _, err := readID(r.Data)
	if err != nil {
		r.Fail(err)
		return
	}
	s.mu.Lock()
	o := s.objects.All[id]
	var answers []func()
	if err = s.node.Retired(); err != nil {
		// it came past retire
	} else if o == nil || o.channel == nil {
		err = luaerr.New(luaerr.Argument, "there is no such channel on pid %d", s.node.Self())
	} else if err = step(o); err == nil {
		answers = o.move()
	}
	s.mu.Unlock()
	for _, answer := range answers {
		answer()
	}
	if err != nil {
		r.Fail(err)
	}
}

func (s *Store) servePut(r *rpc.Incoming) {
	if r.Message == nil {
		r.Fail(luaerr.New(luaerr.Argument, "nothing was given to be put into a channel"))
		return
	}
	// The item may stay long after its sender has let go of the references in
	// it: here they are held as well.
	for b := r.Data[min(idBytes, len(r.Data)):]; len(b) > 0; {
		id, rest, err := readID(b)
		if err != nil || !id.valid() {
			r.Fail(luaerr.New(luaerr.Argument, "the references of an item cannot be read"))
			return
		}
		ref, held := s.hold(id, KindFuture)
		r.Message.Travellers = append(r.Message.Travellers, ref)
		if held != nil {
			r.After(held)
		}
		b = rest
	}
	s.change(r, func(o *object) error {
		if o.channel.closed {
			return ErrChannelClosed
		}
		p := &putter{request: r}
		p.stop = context.AfterFunc(r.Context, func() {
			s.mu.Lock()
			found := o.channel.removePutter(p)
			s.mu.Unlock()
			if found {
				r.Fail(rpc.Ended(r.Context))
			}
		})
		o.channel.putters = append(o.channel.putters, p)
		return nil
	})
}

func (s *Store) serveTake(r *rpc.Incoming) { s.awaitItem(&waiter{request: r, take: true}) }

// awaitItem has a request wait for the first item of a channel.
func (s *Store) awaitItem(w *waiter) {
	s.change(w.request, func(o *object) error {
		if o.channel.closed && !o.channel.filled() {
			return ErrChannelClosed
		}
		s.wait(o, w)
		return nil
	})
}

// serveReturn puts an item that was taken back in front of those that came in
// later. The references in it are those that were kept until the taker has
// them.
func (s *Store) serveReturn(r *rpc.Incoming) {
	_, rest, err := readID(r.Data)
	if err != nil || len(rest) != 16 || r.Message == nil {
		return // an item that cannot go back
	}
	r.Message.Travellers = r.Reclaim(binary.LittleEndian.Uint64(rest))
	back := item{binary.LittleEndian.Uint64(rest[8:]), r.Message}
	s.change(r, func(o *object) error {
		c := o.channel
		at, _ := slices.BinarySearchFunc(c.items, back.number, func(i item, number uint64) int { return cmp.Compare(i.number, number) })
		c.items = slices.Insert(c.items, at, back)
		return nil
	})
}

func (s *Store) serveClose(r *rpc.Incoming) {
	s.change(r, func(o *object) error {
		o.channel.closed = true
		return nil
	})
	r.Post(rpc.Reply{})
}

func (s *Store) serveIsOpen(r *rpc.Incoming) {
	open := false
	s.change(r, func(o *object) error {
		open = !o.channel.closed
		return nil
	})
	r.Post(rpc.Reply{Data: flag(open)})
}

// filled tells whether a take would get something at once.
func (c *channel) filled() bool { return len(c.items) > 0 || len(c.putters) > 0 }

// move brings items from those who put to those who wait, and gives the
// answers to be sent once Store.mu is let go of.
func (o *object) move() (answers []func()) {
	c := o.channel
	for {
		answers = append(answers, c.dropEnded()...)
		answers = append(answers, o.dropEnded()...)
		for len(c.putters) > 0 && int64(len(c.items)) < c.capacity {
			answers = append(answers, c.accept())
			answers = append(answers, c.dropEnded()...)
		}
		if len(o.waiting) == 0 || !c.filled() {
			break
		}
		w := o.waiting[0]
		o.waiting[0] = nil
		o.waiting = o.waiting[1:]
		answers = append(answers, o.serve(w)...)
	}
	if c.closed {
		answers = append(answers, o.refuse()...)
	}
	return answers
}

// dropEnded removes the first putters whose requests were cancelled: what
// removes them otherwise may come too late to keep their items out.
func (c *channel) dropEnded() (answers []func()) {
	for len(c.putters) > 0 && c.putters[0].request.Context.Err() != nil {
		r := c.putters[0].request
		c.putters[0] = nil
		c.putters = c.putters[1:]
		answers = append(answers, func() { r.Fail(rpc.Ended(r.Context)) })
	}
	return answers
}

// dropEnded removes the first of those who wait whose requests were cancelled: an
// item that comes in after that is not for them, though it would come back.
func (o *object) dropEnded() (answers []func()) {
	for len(o.waiting) > 0 && o.waiting[0].request.Context.Err() != nil {
		w := o.waiting[0]
		o.waiting[0] = nil
		o.waiting = o.waiting[1:]
		answers = append(answers, func() { w.fail(rpc.Ended(w.request.Context)) })
	}
	return answers
}

// accept takes the item of the first putter in.
func (c *channel) accept() func() {
	p := c.putters[0]
	c.putters[0] = nil // its message may refer to the channel itself
	c.putters = c.putters[1:]
	c.entered++
	c.items = append(c.items, item{c.entered, p.request.Message})
	return func() {
		p.stop()
		p.request.Post(rpc.Reply{})
	}
}

// serve gives the first item to a waiter.
func (o *object) serve(w *waiter) (answers []func()) {
	c := o.channel
	if w.take && len(c.items) == 0 { // a channel without room: from hand to hand
		answers = append(answers, c.accept())
	}
	var reply rpc.Reply
	if len(c.items) > 0 {
		reply.Message = c.items[0].message
	} else {
		reply.Message = c.putters[0].request.Message
	}
	if w.take {
		reply.Data = binary.LittleEndian.AppendUint64(nil, c.items[0].number)
		c.items[0] = item{}
		c.items = c.items[1:]
	}
	return append(answers, func() {
		w.stop()
		if w.look {
			w.request.Post(rpc.Reply{Data: []byte{noteDone}})
			return
		}
		w.request.Post(reply)
	})
}

// refuse fails those who wait at a channel that is closed: for room, and for
// items once there are none.
func (o *object) refuse() (answers []func()) {
	c := o.channel
	for _, p := range c.putters {
		answers = append(answers, func() { p.stop(); p.request.Fail(ErrChannelClosed) })
	}
	c.putters = nil
	if len(c.items) == 0 {
		for _, w := range o.waiting {
			answers = append(answers, func() { w.fail(ErrChannelClosed) })
		}
		o.waiting = nil
	}
	return answers
}

func (c *channel) removePutter(p *putter) bool {
	i := slices.Index(c.putters, p)
	if i >= 0 {
		c.putters = slices.Delete(c.putters, i, i+1)
	}
	return i >= 0
}
