package host

import (
	"slices"

	"github.com/mpiclus/mpiclus-lua/internal/job"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

// NewManager makes a manager that has started nothing yet.
func (h *Host) NewManager(mode Mode, opts Options) *Manager {
	m := &Manager{
		host: h, number: h.managerCount.Add(1), mode: mode, opts: opts, np: opts.NP, display: h.display,
		queue: make(chan struct{}, 1), toldLeft: map[string]bool{},
	}
	m.queue <- struct{}{}
	return m
}

// all lists the managers that the host has now.
func (h *Host) all() []*Manager {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.managers // never changed in place
}

// takePids reserves n pids in a row.
func (h *Host) takePids(n int) rpc.Pid {
	h.mu.Lock()
	defer h.mu.Unlock()
	first := h.nextPid
	h.nextPid += rpc.Pid(n)
	return first
}

// worker returns the worker of a pid and its manager, nil when there is none.
func (h *Host) worker(pid rpc.Pid) (*Manager, *job.Worker) {
	for _, m := range h.all() {
		if w := m.worker(pid); w != nil {
			return m, w
		}
	}
	return nil, nil
}

// manager returns the manager of a number, nil when there is none. One that
// was restarted is the latest.
func (h *Host) manager(number uint32) *Manager {
	for _, m := range h.all() {
		if m.number == number {
			return m.current()
		}
	}
	return nil
}

// adopt has the host end a manager with itself.
func (h *Host) adopt(m *Manager) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !slices.Contains(h.managers, m) {
		h.managers = append(h.managers, m)
	}
}

// dismiss forgets a manager whose job has ended.
func (h *Host) dismiss(m *Manager) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.managers = slices.DeleteFunc(slices.Clone(h.managers), func(other *Manager) bool { return other == m })
}

// noteJob remembers which workers came with one job.
func (h *Host) noteJob(pids []rpc.Pid) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.jobs == nil {
		h.jobs = map[rpc.Pid]rpc.Pid{}
	}
	for _, pid := range pids {
		h.jobs[pid] = pids[0]
	}
}

// sameJob tells whether two workers, dead or not, are of one MPI job.
func (h *Host) sameJob(a, b rpc.Pid) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.jobs[a] != 0 && h.jobs[a] == h.jobs[b]
}
