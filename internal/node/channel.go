package node

import (
	"cmp"
	"context"
	"encoding/binary"
	"slices"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// Services of channels. They run in the order of the requests of a process.
const (
	serviceChannel = "channel" // make one; parameters: capacity
	servicePut     = "put"     // answer when there was room for the message
	serviceTake    = "take"    // answer: the first item, which is gone then, and its number
	serviceReturn  = "return"  // an item that nobody got; parameters: the id of the take, the item's number; no answer
	serviceClose   = "close"   // answer at once
	serviceIsOpen  = "isopen"  // answer: a flag
)

// Unbounded is the capacity of a channel that takes any number of items.
const Unbounded = 1<<63 - 1

// channel is a queue of values that lives in one process. store.mu guards it.
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
	request *Request
	stop    func() bool
}

func (n *Node) offerChannels() {
	s := &n.values
	n.Offer(Service{Name: serviceChannel, Data: true, Start: s.startChannel})
	n.Offer(Service{Name: servicePut, Data: true, Start: s.startPut})
	n.Offer(Service{Name: serviceTake, Data: true, Start: func(r *Request) { s.startTake(r, true, false) }})
	n.Offer(Service{Name: serviceReturn, Data: true, Always: true, Start: s.startReturn})
	n.Offer(Service{Name: serviceClose, Data: true, Start: s.startClose})
	n.Offer(Service{Name: serviceIsOpen, Data: true, Start: s.startIsOpen})
}

// NewChannel makes a channel in a process. Capacity 0 means that a put waits
// until its item is taken.
//
// Like Spawn it waits for nothing; Go and Await of what it gives must follow.
// When they fail the channel is void.
func (n *Node) NewChannel(pid Pid, capacity int64) (*Reference, *Begun) {
	ref := n.newReference(n.values.nextID(pid), KindChannel)
	meta := binary.LittleEndian.AppendUint64(ref.ID.append(nil), uint64(capacity))
	return ref, n.Prepare(pid, Ask{Service: serviceChannel, Meta: meta})
}

// Put takes the place of a message in the line to a channel. The answer to it
// comes when there was room.
func (r *Reference) Put(m *value.Message) *Begun {
	ask := r.ask(servicePut)
	ask.Message = m
	for _, t := range m.Travellers {
		if ref, ok := t.(*Reference); ok {
			ask.Meta = ref.ID.append(ask.Meta)
		}
	}
	return r.node.Prepare(r.ID.Owner, ask)
}

// Take waits for the first item of a channel and removes it. The result is to
// be read with Values, or else to be given to Return. An item that is on its
// way when ctx ends goes back.
func (r *Reference) Take(ctx context.Context) (*Reply, error) {
	ask := r.ask(serviceTake)
	ask.Unread = r.Return
	reply, err := r.node.Call(ctx, r.ID.Owner, ask)
	if err != nil {
		return nil, err
	}
	if err := r.node.FetchSources(ctx, r.ID.Owner, reply.Message); err != nil {
		r.Return(reply)
		return nil, err
	}
	return reply, nil
}

// Return brings an item that Take gave, and that nobody has read, back to its
// place in the channel: in front of all that came in later. It does not wait.
func (r *Reference) Return(reply *Reply) {
	ask := r.ask(serviceReturn)
	ask.Meta = append(binary.LittleEndian.AppendUint64(ask.Meta, reply.id), reply.Meta...)
	ask.Message = reply.Message
	r.node.cast(r.ID.Owner, ask)
}

// Close ends a channel: nothing can be put in, what is in it can be taken,
// and then to take is an error.
func (r *Reference) Close(ctx context.Context) error {
	_, err := r.node.Call(ctx, r.ID.Owner, r.ask(serviceClose))
	return err
}

// Open tells whether a channel is not closed.
func (r *Reference) Open(ctx context.Context) (bool, error) {
	reply, err := r.node.Call(ctx, r.ID.Owner, r.ask(serviceIsOpen))
	return err == nil && len(reply.Meta) == 1 && reply.Meta[0] == 1, err
}

func (s *store) startChannel(r *Request) {
	id, rest, err := readID(r.Meta)
	if err != nil || len(rest) != 8 || id.Maker != r.From || id.Owner != s.node.Self() || int64(binary.LittleEndian.Uint64(rest)) < 0 ||
		!s.define(id, func(v *stored) { v.channel = &channel{capacity: int64(binary.LittleEndian.Uint64(rest))} }) {
		r.Fail(luaerr.New(luaerr.Argument, "a channel that cannot be made here"))
		return
	}
	r.Post(Reply{})
}

// change runs a step on the channel that a request is about, and then moves
// items on. The request fails when there is no such channel or step says so.
func (s *store) change(r *Request, step func(v *stored) error) {
	id, _, err := readID(r.Meta)
	if err != nil {
		r.Fail(err)
		return
	}
	s.mu.Lock()
	v := s.values.all[id]
	var answers []func()
	if s.node.retired.Load() {
		err = s.node.errRetired() // it came past retire
	} else if v == nil || v.channel == nil {
		err = luaerr.New(luaerr.Argument, "there is no such channel on pid %d", s.node.Self())
	} else if err = step(v); err == nil {
		answers = v.move()
	}
	s.mu.Unlock()
	for _, answer := range answers {
		answer()
	}
	if err != nil {
		r.Fail(err)
	}
}

// classClosed is the class of the error that tells that a channel is closed,
// by which it is known where it arrives.
const classClosed = "closed"

// ErrChannelClosed is the error of a put into a closed channel, and of a take
// from one that is empty as well.
var ErrChannelClosed = func() *luaerr.Error {
	e := luaerr.New(luaerr.Argument, "the channel is closed")
	e.Class = classClosed
	return e
}()

// IsChannelClosed reports whether an error, also one of another process, is
// ErrChannelClosed.
func IsChannelClosed(err error) bool {
	return err != nil && luaerr.From(err).Class == classClosed
}

func (s *store) startPut(r *Request) {
	if r.Message == nil {
		r.Fail(luaerr.New(luaerr.Argument, "nothing was given to be put into a channel"))
		return
	}
	// The item may stay long after its sender has let go of the references in
	// it: here they are held as well.
	for b := r.Meta[min(idBytes, len(r.Meta)):]; len(b) > 0; {
		id, rest, err := readID(b)
		if err != nil || !id.valid() {
			r.Fail(luaerr.New(luaerr.Argument, "the references of an item cannot be read"))
			return
		}
		ref, hold := s.node.hold(id, KindFuture)
		r.Message.Travellers = append(r.Message.Travellers, ref)
		if hold != nil {
			r.holds = append(r.holds, hold)
		}
		b = rest
	}
	s.change(r, func(v *stored) error {
		if v.channel.closed {
			return ErrChannelClosed
		}
		p := &putter{request: r}
		p.stop = context.AfterFunc(r.Context, func() {
			s.mu.Lock()
			found := v.channel.removePutter(p)
			s.mu.Unlock()
			if found {
				r.Fail(ended(r.Context))
			}
		})
		v.channel.putters = append(v.channel.putters, p)
		return nil
	})
}

func (s *store) startTake(r *Request, take, look bool) {
	s.change(r, func(v *stored) error {
		if v.channel.closed && !v.channel.filled() {
			return ErrChannelClosed
		}
		s.wait(v, &waiter{request: r, take: take, look: look})
		return nil
	})
}

// startReturn puts an item that was taken back in front of those that came in
// later. The references in it are those that were kept until the taker has
// them.
func (s *store) startReturn(r *Request) {
	_, rest, err := readID(r.Meta)
	if err != nil || len(rest) != 16 || r.Message == nil {
		s.node.cfg.Log.Debug("an item that cannot go back", "from", r.From)
		return
	}
	r.Message.Travellers = s.node.acknowledged(requestKey{r.From, binary.LittleEndian.Uint64(rest)})
	back := item{binary.LittleEndian.Uint64(rest[8:]), r.Message}
	s.change(r, func(v *stored) error {
		c := v.channel
		at, _ := slices.BinarySearchFunc(c.items, back.number, func(i item, number uint64) int { return cmp.Compare(i.number, number) })
		c.items = slices.Insert(c.items, at, back)
		return nil
	})
}

func (s *store) startClose(r *Request) {
	s.change(r, func(v *stored) error {
		v.channel.closed = true
		return nil
	})
	r.Post(Reply{})
}

func (s *store) startIsOpen(r *Request) {
	open := false
	s.change(r, func(v *stored) error {
		open = !v.channel.closed
		return nil
	})
	r.Post(Reply{Meta: []byte{flag(open)}})
}

// filled tells whether a take would get something at once.
func (c *channel) filled() bool { return len(c.items) > 0 || len(c.putters) > 0 }

// move brings items from those who put to those who wait, and gives the
// answers to be sent once store.mu is let go of.
func (v *stored) move() (answers []func()) {
	c := v.channel
	for {
		answers = append(answers, c.dropEnded()...)
		for len(c.putters) > 0 && int64(len(c.items)) < c.capacity {
			answers = append(answers, c.accept())
			answers = append(answers, c.dropEnded()...)
		}
		if len(v.waiting) == 0 || !c.filled() {
			break
		}
		w := v.waiting[0]
		v.waiting[0] = nil
		v.waiting = v.waiting[1:]
		answers = append(answers, v.serve(w)...)
	}
	if c.closed {
		answers = append(answers, v.refuse()...)
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
		answers = append(answers, func() { r.Fail(ended(r.Context)) })
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
		if len(p.request.holds) == 0 {
			p.request.Post(Reply{})
			return
		}
		p.request.node.background(func() { p.request.Reply(Reply{}) })
	}
}

// serve gives the first item to a waiter.
func (v *stored) serve(w *waiter) (answers []func()) {
	c := v.channel
	if w.take && len(c.items) == 0 { // a channel without room: from hand to hand
		answers = append(answers, c.accept())
	}
	var reply Reply
	if len(c.items) > 0 {
		reply.Message = c.items[0].message
	} else {
		reply.Message = c.putters[0].request.Message
	}
	if w.take {
		reply.Meta = binary.LittleEndian.AppendUint64(nil, c.items[0].number)
		c.items[0] = item{}
		c.items = c.items[1:]
	}
	return append(answers, func() {
		w.stop()
		if w.look {
			w.request.Post(Reply{Meta: []byte{noteDone}})
			return
		}
		w.request.Post(reply)
	})
}

// refuse fails those who wait at a channel that is closed: for room, and for
// items once there are none.
func (v *stored) refuse() (answers []func()) {
	c := v.channel
	for _, p := range c.putters {
		answers = append(answers, func() { p.stop(); p.request.Fail(ErrChannelClosed) })
	}
	c.putters = nil
	if len(c.items) == 0 {
		for _, w := range v.waiting {
			answers = append(answers, func() { w.fail(ErrChannelClosed) })
		}
		v.waiting = nil
	}
	return answers
}

func (c *channel) removePutter(p *putter) bool {
	for i, other := range c.putters {
		if other == p {
			c.putters = append(c.putters[:i:i], c.putters[i+1:]...)
			return true
		}
	}
	return false
}
