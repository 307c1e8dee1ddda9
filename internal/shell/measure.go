package shell

import (
	"fmt"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
)

// time is %time.
func (s *Shell) time(name string, c *call) Outcome {
	if strings.TrimSpace(c.code) == "" {
		return Outcome{Err: c.missing()}
	}
	inner, err := parse(c.code)
	if err != nil {
		return Outcome{Err: err}
	}
	begin := time.Now()
	var o Outcome
	if inner == nil {
		o = s.code(name, c.code)
	} else {
		o = inner.run(s, name, inner)
	}
	took := "time: " + duration(time.Since(begin))
	o.Text = strings.TrimPrefix(o.Text+"\n"+took, "\n")
	return o
}

// How %timeit measures: rounds of as many runs as take roundTime.
const (
	rounds    = 5
	roundTime = 100 * time.Millisecond
)

// timeit is %timeit.
func (s *Shell) timeit(name string, c *call) (o Outcome) {
	if strings.TrimSpace(c.code) == "" {
		return Outcome{Err: c.missing()}
	}
	source, err := innerSource(c)
	if err != nil {
		return Outcome{Err: err}
	}
	if source, err = s.body(name, source); err != nil {
		return Outcome{Err: err}
	}
	loop := "return function(runs) local run = function() " + source + "\nend for _ = 1, runs do run() end end"
	needsWorkers := strings.HasPrefix(strings.TrimSpace(c.code), "%")
	o.Err = s.pieces.Run(name, func(t *interp.Task) error {
		if needsWorkers {
			if _, err := s.start(t); err != nil {
				return err
			}
		}
		fn, err := s.compile(t, name, loop)
		if err != nil {
			return err
		}
		made, err := t.Call(fn)
		if err != nil {
			return err
		}
		o.Text, err = measure(t, made[0])
		return err
	})
	return o
}

// measure calls a function that runs something as often as its argument says.
func measure(t *interp.Task, loop lua.LValue) (string, error) {
	once := func(runs int) (time.Duration, error) {
		begin := time.Now()
		_, err := t.Call(loop, lua.LNumber(runs))
		return time.Since(begin), err
	}
	runs := 1
	took, err := once(runs)
	for err == nil && took < roundTime {
		runs *= 10
		if took > 0 {
			runs = max(runs/10+1, min(runs, int(float64(runs/10)*1.2*float64(roundTime)/float64(took))))
		}
		took, err = once(runs)
	}
	best := took
	for i := 1; i < rounds && err == nil; i++ {
		if took, err = once(runs); took < best {
			best = took
		}
	}
	times := "1 run"
	if runs > 1 {
		times = fmt.Sprintf("%d runs", runs)
	}
	return fmt.Sprintf("%s for one run (the best of %d times %s)", duration(best/time.Duration(runs)), rounds, times), err
}

// duration writes a time with three digits.
func duration(d time.Duration) string {
	for _, unit := range []struct {
		name string
		is   time.Duration
	}{{"s", time.Second}, {"ms", time.Millisecond}, {"µs", time.Microsecond}} {
		if d >= unit.is {
			return fmt.Sprintf("%.3g %s", float64(d)/float64(unit.is), unit.name)
		}
	}
	return fmt.Sprintf("%d ns", d)
}
