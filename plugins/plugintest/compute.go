package plugintest

import (
	"fmt"

	"github.com/mpiclus/mpiclus-lua/plugins"
)

// compute carries out a collective, given the operation of every rank.
func compute(ops []*plugins.Operation) error {
	first := ops[0]
	for rank, op := range ops {
		if op.Kind != first.Kind || op.Type != first.Type || op.Root != first.Root || op.Op != first.Op {
			return fmt.Errorf("rank %d calls another collective than rank 0, or with another type, root or op", rank)
		}
	}
	root := first.Root
	switch first.Kind {
	case plugins.OpBarrier:
		return nil
	case plugins.OpBcast:
		return bcast(ops, root)
	case plugins.OpReduce, plugins.OpAllreduce, plugins.OpScan, plugins.OpExscan:
		return reduce(ops)
	case plugins.OpGather:
		return deliver(ops, func(from, to int) (*plugins.Operation, []int, bool) {
			return ops[root], ops[root].RecvCounts, to == root
		})
	case plugins.OpAllgather:
		return deliver(ops, func(_, to int) (*plugins.Operation, []int, bool) { return ops[to], ops[to].RecvCounts, true })
	case plugins.OpScatter:
		return scatter(ops, root)
	case plugins.OpAlltoall:
		return alltoall(ops)
	}
	return fmt.Errorf("no operation of kind %d", first.Kind)
}

func bcast(ops []*plugins.Operation, root int) error {
	for rank, op := range ops {
		if len(op.Send) != len(ops[root].Send) {
			return fmt.Errorf("Bcast of %d bytes into %d on rank %d", len(ops[root].Send), len(op.Send), rank)
		}
		copy(op.Send, ops[root].Send)
	}
	return nil
}

// part returns the piece of rank i in an array with counts.
func part(b []byte, counts []int, i, size int) ([]byte, error) {
	if i >= len(counts) {
		return nil, fmt.Errorf("%d counts", len(counts))
	}
	start := 0
	for _, n := range counts[:i] {
		start += n * size
	}
	end := start + counts[i]*size
	if end > len(b) {
		return nil, fmt.Errorf("counts beyond the array of %d bytes", len(b))
	}
	return b[start:end], nil
}

// deliver copies what each rank sends to where it belongs on the ranks that
// receive.
func deliver(ops []*plugins.Operation, target func(from, to int) (op *plugins.Operation, counts []int, receives bool)) error {
	for to := range ops {
		for from := range ops {
			op, counts, receives := target(from, to)
			if !receives {
				continue
			}
			place, err := part(op.Recv, counts, from, op.Type.Size())
			if err != nil {
				return err
			}
			if len(place) != len(ops[from].Send) {
				return fmt.Errorf("rank %d sends %d bytes, rank %d expects %d", from, len(ops[from].Send), to, len(place))
			}
			copy(place, ops[from].Send)
		}
	}
	return nil
}

func scatter(ops []*plugins.Operation, root int) error {
	from := ops[root]
	for to, op := range ops {
		piece, err := part(from.Send, from.SendCounts, to, from.Type.Size())
		if err != nil {
			return err
		}
		if len(piece) != len(op.Recv) {
			return fmt.Errorf("the root sends %d bytes, rank %d expects %d", len(piece), to, len(op.Recv))
		}
		copy(op.Recv, piece)
	}
	return nil
}

func alltoall(ops []*plugins.Operation) error {
	for from, sender := range ops {
		for to, receiver := range ops {
			piece, err := part(sender.Send, sender.SendCounts, to, sender.Type.Size())
			if err != nil {
				return err
			}
			place, err := part(receiver.Recv, receiver.RecvCounts, from, receiver.Type.Size())
			if err != nil {
				return err
			}
			if len(piece) != len(place) {
				return fmt.Errorf("rank %d sends %d bytes, rank %d expects %d", from, len(piece), to, len(place))
			}
			copy(place, piece)
		}
	}
	return nil
}
