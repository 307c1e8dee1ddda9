package link

import (
	"errors"
	"fmt"
	"strings"
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
