package interp

import (
	"cmp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/bag"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// Look is what a task is at, as others see it.
type Look struct {
	Number uint64 // of the task, in its process
	Task   string // its label
	Main   bool
	State  TaskState
	Where  string        // "job.lua:14"; "" where it is not known
	Call   string        // of one that waits: the function that does, "take"
	Since  time.Duration // that it is at work, or of one that waits that it does; 0: not known
}

// TaskState says whether a task has the interpreter.
type TaskState string

// The states of a task.
const (
	TaskQueued TaskState = "queued"    // it has not begun
	TaskRuns   TaskState = "computing" // it has the interpreter, or is to have it next
	TaskWaits  TaskState = "waiting"   // it has let go of it
)

// Looks tells what the tasks are at, in the order in which they were asked for,
// from any goroutine. For the line of Lua of the one that runs it waits at most for
// limit: code in a long call of a library does not tell it.
func (in *Interp) Looks(limit time.Duration) []Look {
	w := &in.watched
	w.mu.Lock()
	tasks := slices.Clone(w.tasks.All())
	w.mu.Unlock()
	slices.SortFunc(tasks, func(a, b *Task) int { return cmp.Compare(a.number, b.number) })
	looks := make([]Look, len(tasks))
	for i, t := range tasks {
		looks[i] = t.look()
	}
	if slices.ContainsFunc(looks, func(l Look) bool { return l.State == TaskRuns }) {
		said := in.askPlace(limit)
		for i, t := range tasks {
			if t == said.task && looks[i].State == TaskRuns {
				looks[i].Where = said.where
			}
		}
	}
	return looks
}

// InLine is how many tasks wait for the interpreter now.
func (in *Interp) InLine() int {
	in.lock.mu.Lock()
	defer in.lock.mu.Unlock()
	return len(in.lock.queue)
}

// watched is what Looks knows of an interpreter.
type watched struct {
	mu     sync.Mutex
	tasks  bag.Bag[*Task] // that are not over
	number uint64
	askers []chan<- said // who wants to know which line runs
	asked  atomic.Bool   // there are some
}

// said is the line that a task was at.
type said struct {
	task  *Task
	where string
}

func (w *watched) add(t *Task) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.number++
	t.number, t.began = w.number, time.Now()
	w.tasks.Add(t)
}

func (w *watched) remove(t *Task) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tasks.Remove(t)
}

// stage is the part of a Task that others look at. state guards it: a thread that
// stands is read by one reader at a time, and its task waits for that to be over.
type stage struct {
	place  int // in the bag
	number uint64
	began  time.Time
	state  atomic.Int32
	thread *lua.LState // that stands
	stood  time.Time   // since when; zero: not known
}

const (
	stageQueued int32 = iota
	stageRuns
	stageStands
	stageRead // and somebody reads its stack
)

// Number tells the task from all others of its process, as Look does.
func (t *Task) Number() uint64 { return t.number }

// Place implements bag.Entry.
func (t *Task) Place() *int { return &t.stage.place }

// stands notes that the task lets go of the interpreter, in a thread.
func (s *stage) stands(thread *lua.LState, since time.Time) {
	s.thread, s.stood = thread, since
	s.state.Store(stageStands)
}

// goesOn notes that it has it again.
func (s *stage) goesOn() {
	for !s.state.CompareAndSwap(stageStands, stageRuns) {
		runtime.Gosched() // a reader does a few hundred instructions
	}
}

func (t *Task) look() Look {
	l := Look{Number: t.number, Task: t.label, Main: t.Main, State: TaskRuns, Since: time.Since(t.began)}
	for t.state.Load() == stageRead {
		runtime.Gosched()
	}
	switch {
	case t.state.Load() == stageQueued:
		l.State = TaskQueued
	case t.state.CompareAndSwap(stageStands, stageRead):
		l.State, l.Since = TaskWaits, 0
		if !t.stood.IsZero() {
			l.Since = time.Since(t.stood)
		}
		l.Where, l.Call = Where(t.thread), innermost(t.thread)
		t.state.Store(stageStands)
	}
	return l
}

// innermost returns the name by which the function that a thread is in was called.
func innermost(L *lua.LState) string {
	dbg, ok := L.GetStack(0)
	if !ok {
		return ""
	}
	if _, err := L.GetInfo("nS", dbg, lua.LNil); err != nil || dbg.What != "G" || strings.HasPrefix(dbg.Name, "(") { // (anonymous)
		return ""
	}
	return dbg.Name
}

// askPlace has the code that runs tell its line at its next jump or call.
func (in *Interp) askPlace(limit time.Duration) said {
	answer := make(chan said, 1)
	w := &in.watched
	w.mu.Lock()
	w.askers = append(w.askers, answer)
	w.asked.Store(true)
	w.mu.Unlock()
	vm.Attention(1)
	defer vm.Attention(-1)
	select {
	case s := <-answer:
		return s
	case <-time.After(limit):
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.askers = slices.DeleteFunc(w.askers, func(c chan<- said) bool { return c == answer })
	return said{}
}

// tellPlace answers those who ask for the line that runs. Its caller holds the
// interpreter.
func (in *Interp) tellPlace(L *lua.LState) {
	w := &in.watched
	w.mu.Lock()
	askers := w.askers
	w.askers = nil
	w.asked.Store(false)
	w.mu.Unlock()
	if len(askers) == 0 {
		return
	}
	s := said{in.holder, Where(L)}
	for _, c := range askers {
		c <- s
	}
}
