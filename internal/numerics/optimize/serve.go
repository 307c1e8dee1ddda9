package optimize

import (
	"errors"

	lua "github.com/yuin/gopher-lua"
	"gonum.org/v1/gonum/optimize"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// gonum calls the function to minimize in goroutines of its own, and a script's
// function may run only in that of the call, which holds the interpreter. So the
// method runs beside, and asks for values here.

// question is a value that the method wants: of the gradient where that is to be
// filled.
type question struct {
	x, gradient []float64
	value       float64
}

// errRaised ends a method whose question raised an error.
var errRaised = errors.New("the function raised an error")

// serve runs a method, and answers what it asks. What the script's functions raise
// ends the method, and is then raised here, with its place.
func serve(p *problem, start []float64, method optimize.Method, settings *optimize.Settings) (*optimize.Result, error) {
	asked, answered, done := make(chan *question), make(chan struct{}), make(chan struct{})
	ask := func(q *question) *question {
		asked <- q
		<-answered
		return q
	}
	var raised error
	failed := false // written before an answer, read after it
	target := optimize.Problem{
		Func: func(x []float64) float64 { return ask(&question{x: x}).value },
		Grad: func(gradient, x []float64) { ask(&question{x: x, gradient: gradient}) },
		Status: func() (optimize.Status, error) {
			if failed {
				return optimize.Failure, errRaised
			}
			return optimize.NotTerminated, nil
		},
	}
	var result *optimize.Result
	var err error
	go func() {
		defer close(done)
		result, err = optimize.Minimize(target, start, settings, method)
	}()
	for {
		select {
		case q := <-asked:
			if raised == nil {
				raised = p.answer(q)
				failed = raised != nil || p.calls > p.limit
			}
			answered <- struct{}{}
		case <-done:
			if raised != nil {
				again(p.c.LState, raised)
			}
			if p.calls > p.limit && result != nil {
				result.Status = optimize.FunctionEvaluationLimit
			}
			return result, err
		}
	}
}

// again raises what was raised before, as it was.
func again(L *lua.LState, raised error) {
	var e *lua.ApiError
	if errors.As(raised, &e) {
		L.Error(e.Object, 0)
	}
	luaerr.Raise(L, luaerr.From(raised))
}

// answer fills in a question, and returns what the script raised.
func (p *problem) answer(q *question) (raised error) {
	L := p.c.LState
	L.Push(L.NewFunction(func(*lua.LState) int {
		if q.gradient != nil {
			p.gradient(q.gradient, q.x)
		} else {
			q.value = p.value(q.x)
		}
		return 0
	}))
	return vm.PCall(L, 0, 0, nil)
}
