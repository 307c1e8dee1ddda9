package node

// Fail ends the wait for the answer with an error, unless the answer is here.
func (b *Begun) Fail(err error) {
	if p := b.node.drop(b.id); p != nil {
		p.settle(result{err: err})
	}
}
