package link

import (
	"errors"
	"io"
	"testing"
	"time"
)

func TestFaults(t *testing.T) {
	var violation *ProtocolError
	isViolation := func(err error) bool { return errors.As(err, &violation) }
	isLost := func(err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) }
	isEOF := func(err error) bool { return err == io.EOF }
	cases := map[string]struct {
		plan    FaultPlan
		arrive  int              // frames that arrive
		far     func(error) bool // what the receiver then sees; nil for nothing
		sendErr int              // first Send that fails, from 1; 0 for none
	}{
		"none":        {FaultPlan{}, 5, nil, 0},
		"break":       {FaultPlan{BreakAfter: 2}, 2, isEOF, 3},
		"cut":         {FaultPlan{CutAt: 3}, 2, isLost, 3},
		"lose":        {FaultPlan{LoseFrom: 4}, 3, nil, 0},
		"garble mark": {FaultPlan{GarbleAt: 2}, 1, isViolation, 0},
		"garble kind": {FaultPlan{GarbleAt: 2, GarbleByte: 1}, 1, isViolation, 0},
		"garble crc":  {FaultPlan{GarbleAt: 2, GarbleByte: 23}, 1, isViolation, 0},
		"delay":       {FaultPlan{Delay: time.Millisecond}, 5, nil, 0},
	}
	for kind, makeLinks := range kinds {
		for name, c := range cases {
			t.Run(kind+" "+name, func(t *testing.T) {
				limit(t)
				bare, far := makeLinks(t)
				near := Fault(bare, c.plan)
				defer near.Close()
				defer far.Close()
				for i := range 5 {
					err := near.Send(&Frame{Head: noise(uint64(i), 100)})
					if failed := c.sendErr > 0 && i+1 >= c.sendErr; failed && !isLost(err) {
						t.Errorf("Send %d: %v, want a lost peer", i+1, err)
					} else if !failed && err != nil && c.far == nil {
						t.Errorf("Send %d: %v", i+1, err)
					}
				}
				for i := range c.arrive {
					f, err := far.Receive()
					if err != nil {
						t.Fatalf("frame %d: %v", i+1, err)
					}
					if string(f.Head) != string(noise(uint64(i), 100)) {
						t.Errorf("frame %d is another one", i+1)
					}
				}
				if c.far != nil {
					if _, err := far.Receive(); !c.far(err) {
						t.Errorf("the receiver saw %v", err)
					}
				}
				if c.sendErr > 0 {
					if _, err := near.Receive(); !isLost(err) {
						t.Errorf("the breaking side's Receive: %v", err)
					}
				}
			})
		}
	}
}

// plain is a Link of another package.
type plain struct{ Link }

func TestFaultOverForeignLink(t *testing.T) {
	for _, plan := range []FaultPlan{{CutAt: 1}, {GarbleAt: 1}} {
		a, b := Pipe()
		l := Fault(plain{a}, plan)
		if err := l.Send(&Frame{}); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%+v: %v", plan, err)
		}
		if _, err := b.Receive(); err != io.EOF {
			t.Errorf("%+v: %v", plan, err)
		}
		_, _ = l.Close(), b.Close()
		if err := l.Send(&Frame{}); !errors.Is(err, ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
	}
}
