package cluster

import (
	"fmt"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/sys/unix"
)

// progress shows how far a pmap is: a bar on a terminal, a line now and then
// elsewhere, both on standard error.
type progress struct {
	wanted bool
	bar    *progressbar.ProgressBar
	n      int
	done   int
	begin  time.Time
	told   time.Time
}

// tellEvery is how long it is between two lines where there is no terminal.
const tellEvery = 5 * time.Second

func (p *progress) start(n int) {
	if !p.wanted {
		return
	}
	p.n, p.begin = n, time.Now()
	p.told = p.begin
	if isTerminal(os.Stderr) {
		p.bar = progressbar.NewOptions(n,
			progressbar.OptionSetWriter(os.Stderr), progressbar.OptionSetDescription("pmap"),
			progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionSetPredictTime(true),
			progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionOnCompletion(func() { fmt.Fprintln(os.Stderr) }),
		)
		_ = p.bar.RenderBlank() // its clock starts now: else with the first item that is done, at a rate of millions
	}
}

func (p *progress) add(n int) {
	if !p.wanted {
		return
	}
	p.done += n
	switch {
	case p.bar != nil:
		_ = p.bar.Add(n) // a terminal that is gone shows nothing
	case time.Since(p.told) >= tellEvery || p.done == p.n:
		p.told = time.Now()
		fmt.Fprintln(os.Stderr, p.line())
	}
}

// line tells the state in words.
func (p *progress) line() string {
	took := time.Since(p.begin)
	rate := float64(p.done) / max(took.Seconds(), 1e-9)
	text := fmt.Sprintf("pmap: %d of %d items (%d %%), %.3g items/s", p.done, p.n, 100*p.done/max(p.n, 1), rate)
	if p.done < p.n {
		left := time.Duration(float64(p.n-p.done) / max(rate, 1e-9) * 1e9)
		return text + ", " + left.Round(time.Second).String() + " left"
	}
	return text + ", done in " + took.Round(time.Millisecond).String()
}

func (p *progress) end() {
	if p.bar != nil && p.done < p.n {
		_ = p.bar.Exit()
		fmt.Fprintln(os.Stderr)
	}
}

func isTerminal(f *os.File) bool {
	_, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	return err == nil
}
