package link

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// errNoAddress says that there was nothing to try.
var errNoAddress = errors.New("no address to try")

// attempts remembers what was tried and why it failed.
type attempts struct {
	lines []string
	errs  []error
}

func (a *attempts) add(where string, err error) {
	a.lines = append(a.lines, fmt.Sprintf("%s: %v", where, err))
	a.errs = append(a.errs, err)
}

// error tells all of it in one line; the causes stay findable.
func (a *attempts) error(join Join) error {
	if len(a.errs) == 0 {
		a.add("it", errNoAddress)
	}
	return &dialError{job: join.Job, host: join.Host, attempts: *a}
}

type dialError struct {
	job, host string
	attempts
}

func (e *dialError) Error() string {
	return fmt.Sprintf("cannot reach job %s on host %s: %s", e.job, e.host, strings.Join(e.lines, "; "))
}

func (e *dialError) Unwrap() []error { return e.errs }

// dialTCP tries all addresses, each a moment after the one before or as soon
// as that failed, and returns the first that is the job's listener. The others
// are closed.
func dialTCP(ctx context.Context, join Join, tried *attempts) (*dialled, error) {
	type result struct {
		address string
		conn    *dialled
		err     error
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	results := make(chan result)
	start := func(address string) {
		go func() {
			conn, err := dialTLS(ctx, address, join.Pin)
			results <- result{address, conn, err}
		}()
	}
	var winner *dialled
	next, pending := 0, 0
	timer := time.NewTimer(0)
	defer timer.Stop()
	for winner == nil && next < len(join.TCP) || pending > 0 {
		select {
		case <-timer.C:
			if winner == nil && next < len(join.TCP) {
				start(join.TCP[next])
				next, pending = next+1, pending+1
				timer.Reset(stagger)
			}
		case r := <-results:
			pending--
			switch {
			case r.err == nil && winner == nil:
				winner = r.conn
				cancel() // the others end soon
			case r.err == nil:
				_ = r.conn.Close()
			case winner == nil:
				tried.add("tcp "+r.address, r.err)
				timer.Reset(0)
			}
		}
	}
	if winner == nil {
		return nil, errNoAddress
	}
	return winner, nil
}
