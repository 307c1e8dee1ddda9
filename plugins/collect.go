package plugins

import "fmt"

// same returns the counts of n equal parts.
func same(n, ranks int) []int {
	counts := make([]int, ranks)
	for i := range counts {
		counts[i] = n
	}
	return counts
}

func sum(counts []int) int {
	total := 0
	for _, n := range counts {
		total += n
	}
	return total
}

// checkCounts reports when counts are not one for each rank with n in all.
func (c *Comm) checkCounts(counts []int, n int) error {
	if len(counts) != c.size {
		return fmt.Errorf("%d counts for %d ranks", len(counts), c.size)
	}
	for _, k := range counts {
		if k < 0 {
			return fmt.Errorf("a count of %d", k)
		}
	}
	if total := sum(counts); total != n {
		return fmt.Errorf("counts of %d elements in all for an array of %d", total, n)
	}
	return nil
}

// Counts tells every rank's n to every rank.
func Counts(c *Comm, n int) ([]int, error) {
	all := make([]int64, c.size)
	if err := Allgather(c, []int64{int64(n)}, all); err != nil {
		return nil, err
	}
	counts := make([]int, c.size)
	for i, k := range all {
		counts[i] = int(k)
	}
	return counts, nil
}

// Gather collects arrays of one length on the root, in order of rank; recv is
// used there only.
func Gather[T Element](c *Comm, send, recv []T, root int) error {
	return Gatherv(c, send, recv, same(len(send), c.size), root)
}

// Gatherv is Gather for arrays of different lengths, which only the root
// needs to know.
func Gatherv[T Element](c *Comm, send, recv []T, counts []int, root int) error {
	if err := c.checkRoot(root); err != nil {
		return err
	}
	op := &Operation{Kind: OpGather, Type: TypeOf[T](), Send: raw(send), Root: root}
	if c.rank == root {
		if err := c.checkCounts(counts, len(recv)); err != nil {
			return err
		}
		op.Recv, op.RecvCounts = raw(recv), counts
	}
	_, err := c.do(op)
	return err
}

// Scatter returns each rank its part of the root's array; send is used there
// only.
func Scatter[T Element](c *Comm, send, recv []T, root int) error {
	return Scatterv(c, send, same(len(recv), c.size), recv, root)
}

// Scatterv is Scatter for parts of different lengths, which only the root
// needs to know.
func Scatterv[T Element](c *Comm, send []T, counts []int, recv []T, root int) error {
	if err := c.checkRoot(root); err != nil {
		return err
	}
	op := &Operation{Kind: OpScatter, Type: TypeOf[T](), Recv: raw(recv), Root: root}
	if c.rank == root {
		if err := c.checkCounts(counts, len(send)); err != nil {
			return err
		}
		op.Send, op.SendCounts = raw(send), counts
	}
	_, err := c.do(op)
	return err
}

// Allgather collects arrays of one length on every rank, in order of rank.
func Allgather[T Element](c *Comm, send, recv []T) error {
	return Allgatherv(c, send, recv, same(len(send), c.size))
}

// Allgatherv is Allgather for arrays of different lengths; see Counts.
func Allgatherv[T Element](c *Comm, send, recv []T, counts []int) error {
	if err := c.checkCounts(counts, len(recv)); err != nil {
		return err
	}
	if counts[c.rank] != len(send) {
		return fmt.Errorf("%d elements to send where the counts say %d", len(send), counts[c.rank])
	}
	_, err := c.do(&Operation{Kind: OpAllgather, Type: TypeOf[T](), Send: raw(send), Recv: raw(recv), RecvCounts: counts})
	return err
}

// Alltoall returns part i of send to rank i, and gets a part from each; all
// parts are equal.
func Alltoall[T Element](c *Comm, send, recv []T) error {
	n := len(send) / c.size
	return Alltoallv(c, send, same(n, c.size), recv, same(n, c.size))
}

// Alltoallv is Alltoall with parts of different lengths.
func Alltoallv[T Element](c *Comm, send []T, sendCounts []int, recv []T, recvCounts []int) error {
	if err := c.checkCounts(sendCounts, len(send)); err != nil {
		return err
	}
	if err := c.checkCounts(recvCounts, len(recv)); err != nil {
		return err
	}
	_, err := c.do(&Operation{
		Kind: OpAlltoall, Type: TypeOf[T](), Send: raw(send), SendCounts: sendCounts, Recv: raw(recv), RecvCounts: recvCounts,
	})
	return err
}

// Exchange sends parts[i] to rank i and returns what came from each rank; the
// lengths need not be known before.
func Exchange[T Element](c *Comm, parts [][]T) ([][]T, error) {
	if len(parts) != c.size {
		return nil, fmt.Errorf("%d parts for %d ranks", len(parts), c.size)
	}
	mine, theirs := make([]int64, c.size), make([]int64, c.size)
	sendCounts, recvCounts := make([]int, c.size), make([]int, c.size)
	for i, p := range parts {
		sendCounts[i], mine[i] = len(p), int64(len(p))
	}
	if err := Alltoall(c, mine, theirs); err != nil {
		return nil, err
	}
	for i, n := range theirs {
		recvCounts[i] = int(n)
	}
	send, recv := make([]T, 0, sum(sendCounts)), make([]T, sum(recvCounts))
	for _, p := range parts {
		send = append(send, p...)
	}
	if err := Alltoallv(c, send, sendCounts, recv, recvCounts); err != nil {
		return nil, err
	}
	return split(recv, recvCounts), nil
}

// Collect returns the arrays of all ranks to every rank; the lengths need not
// be known before.
func Collect[T Element](c *Comm, data []T) ([][]T, error) {
	counts, err := Counts(c, len(data))
	if err != nil {
		return nil, err
	}
	all := make([]T, sum(counts))
	if err := Allgatherv(c, data, all, counts); err != nil {
		return nil, err
	}
	return split(all, counts), nil
}

func split[T any](all []T, counts []int) [][]T {
	parts := make([][]T, len(counts))
	for i, n := range counts {
		parts[i], all = all[:n:n], all[n:]
	}
	return parts
}
