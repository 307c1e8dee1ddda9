package cluster

import (
	"fmt"
	"sync"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

// queue holds the items of a pmap that wait to be handed out.
type queue struct {
	fresh int // items from here to end were never handed out
	end   int
	front []int // to be tried again, each by itself
	due   []delayed
}

type delayed struct {
	item int
	at   time.Time
}

func (q *queue) all(n int) { q.end = n }

// empty tells whether nothing can be handed out now.
func (q *queue) empty() bool {
	q.ripen()
	return q.idle()
}

// idle is empty as of the last look at the delays.
func (q *queue) idle() bool { return q.fresh == q.end && len(q.front) == 0 }

// left is how many items were never handed out.
func (q *queue) left() int { return q.end - q.fresh }

// next gives at most n items.
func (q *queue) next(n int) (items []int) {
	if len(q.front) > 0 {
		items, q.front = q.front[:1:1], q.front[1:]
		return items
	}
	for ; q.fresh < q.end && len(items) < max(n, 1); q.fresh++ {
		items = append(items, q.fresh)
	}
	return items
}

func (q *queue) alone(i int) { q.front = append(q.front, i) }
func (q *queue) again(i int) { q.front = append(q.front, i) }

func (q *queue) later(i int, after time.Duration) {
	q.due = append(q.due, delayed{i, time.Now().Add(after)})
}

// ripen moves items whose delay is over to the front.
func (q *queue) ripen() {
	if len(q.due) == 0 {
		return
	}
	now := time.Now()
	still := q.due[:0]
	for _, d := range q.due {
		if d.at.After(now) {
			still = append(still, d)
		} else {
			q.front = append(q.front, d.item)
		}
	}
	q.due = still
}

// nextDue tells how long it is until a delay is over.
func (q *queue) nextDue() (wait time.Duration, ok bool) {
	for _, d := range q.due {
		if left := max(time.Until(d.at), 0); !ok || left < wait {
			wait, ok = left, true
		}
	}
	return wait, ok
}

// answer is what came of a batch.
type answer struct {
	pid   rpc.Pid
	reply *rpc.Reply
	err   error
}

// answers are those that have come and were not looked at.
type answers struct {
	mu   sync.Mutex
	list []answer
}

func (a *answers) add(one answer) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.list = append(a.list, one)
}

func (a *answers) take() []answer {
	a.mu.Lock()
	defer a.mu.Unlock()
	list := a.list
	a.list = nil
	return list
}

// pace is the measured time of an item, for batch_size = "auto".
type pace struct{ item time.Duration }

// batchTime is how long a batch should take: long against the cost of a
// message, short against the patience of a user.
const batchTime = 10 * time.Millisecond

func (p *pace) add(items int, took time.Duration) {
	each := took / time.Duration(max(items, 1))
	if p.item == 0 {
		p.item = each
		return
	}
	p.item += (each - p.item) / 4
}

func itemText(i int) string { return fmt.Sprintf("item %d: ", i+1) }
