package console

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Table is the whole table. The console reads it directly for its check, because a request to the operator API is
// too short for that.
type Table struct {
	// Estimate says how large the table is, how long a check takes, and what it costs, in sentences.
	Estimate func(ctx context.Context) ([]string, error)
	// Check checks the table, changes nothing, and reports its progress.
	Check func(ctx context.Context, report func(TableProgress)) (TableReport, error)
}

// TableProgress is the progress of a check.
type TableProgress struct {
	Percent float64 // of the items; 0 if it is not known
	Text    string
}

// TableReport is the result of a check.
type TableReport struct {
	Findings []TableFinding
	Number   int // of findings; Findings may have only the first ones of each kind
	Totals   TableTotals
	Open     []string // what could not be checked
}

// TableTotals says what a check has read.
type TableTotals struct {
	Read       string // how much, and how long it took
	Contents   string
	Unfinished string // changes that were not complete; "" if there were none
}

// TableFinding is something that is wrong in the table.
type TableFinding struct{ Kind, Tenant, Text, Advice string }

// defaultLeft is how long a check goes on while nobody looks at its page. In this time, a browser wakes a page in
// the background several times.
const defaultLeft = 5 * time.Minute

var (
	errCancelled = errors.New("you cancelled the check")
	errLeft      = errors.New("nobody looked at the page of the check")
)

// tableRun is the check of the table that the console runs: at most one at a time.
type tableRun struct {
	left time.Duration // see defaultLeft

	mu       sync.Mutex
	began    time.Time
	progress TableProgress
	done     chan struct{} // closed at the end; nil before the first run
	report   TableReport
	err      error
	cancel   context.CancelCauseFunc
	leaving  *time.Timer
}

// tableState is what a page shows of a run.
type tableState struct {
	began          time.Time
	running, ended bool
	progress       TableProgress
	report         TableReport
	err            error
}

// start starts a check, unless one is running.
func (t *tableRun) start(check func(context.Context, func(TableProgress)) (TableReport, error)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.isRunning() {
		return
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	t.began, t.progress, t.done, t.cancel = time.Now(), TableProgress{}, make(chan struct{}), cancel
	t.leaving = time.AfterFunc(t.left, func() { cancel(errLeft) })
	go func() {
		report, err := check(ctx, t.setProgress)
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		cancel(nil)
		t.mu.Lock()
		t.report, t.err = report, err
		t.leaving.Stop()
		close(t.done)
		t.mu.Unlock()
	}()
}

func (t *tableRun) setProgress(now TableProgress) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.progress = now
}

// isRunning reports whether a check is running. The caller holds the lock.
func (t *tableRun) isRunning() bool {
	if t.done == nil {
		return false
	}
	select {
	case <-t.done:
		return false
	default:
		return true
	}
}

// look returns the state for the page of the check. Each look keeps the run going for a while.
func (t *tableRun) look() tableState {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := tableState{began: t.began, running: t.isRunning(), progress: t.progress}
	if s.running {
		t.leaving.Reset(t.left)
	} else if t.done != nil {
		s.ended, s.report, s.err = true, t.report, t.err
	}
	return s
}

// end cancels the run for a reason and waits until it has ended, or until the context ends.
func (t *tableRun) end(ctx context.Context, reason error) {
	t.mu.Lock()
	done, cancel := t.done, t.cancel
	t.mu.Unlock()
	if done == nil {
		return
	}
	cancel(reason)
	select {
	case <-done:
	case <-ctx.Done():
	}
}
