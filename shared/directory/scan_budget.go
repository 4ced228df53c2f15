package directory

import (
	"context"
	"fmt"
	"math"
	"sync"
	"time"

	"scimserver/shared/table"
	"scimserver/shared/tenant"
)

const (
	// scanPeriod is the time whose budget a tenant may spend at once.
	scanPeriod = time.Minute
	// scanPart is how many read units of a tenant a process collects before it counts them
	// in the table. So each process exceeds the budget by at most this number, and by the
	// scan that is running when the budget is used up.
	scanPart = 256
)

// ScanBudgetError reports that a tenant's scans, which are its queries that use no key,
// have used up its budget of read units.
type ScanBudgetError struct {
	PerMinute int           // the budget, in read capacity units
	Wait      time.Duration // until the next scan is accepted
}

func (e *ScanBudgetError) Error() string {
	return fmt.Sprintf("directory: scans have used up %d read units a minute", e.PerMinute)
}

// scanBudget bounds what the scans of each tenant read. The table holds the debts of all
// processes; a process learns of them when it adds its own.
type scanBudget struct {
	perMinute int // read capacity units; 0: unlimited
	mu        sync.Mutex
	debts     map[tenant.ID]scanDebt
}

// scanDebt is what a process knows about a tenant's scans.
type scanDebt struct {
	units float64   // read, and not counted in the table yet
	paid  time.Time // when the budget will have paid for the units counted in the table
}

// admit returns a *ScanBudgetError if the tenant must not scan now.
func (b *scanBudget) admit(id tenant.ID, now time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if wait := b.debts[id].paid.Sub(now.Add(scanPeriod)); wait > 0 {
		return &ScanBudgetError{PerMinute: b.perMinute, Wait: wait}
	}
	return nil
}

// collect adds units to a tenant's debt. It returns the units to count in the table now, and
// removes them from the debt.
func (b *scanBudget) collect(id tenant.ID, units float64) (due float64) {
	b.change(id, func(d *scanDebt) {
		d.units += units
		if d.units >= scanPart {
			due, d.units = d.units, 0
		}
	})
	return due
}

func (b *scanBudget) change(id tenant.ID, f func(*scanDebt)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	debt := b.debts[id]
	f(&debt)
	b.debts[id] = debt
}

// withinScanBudget carries out a scan, and charges the tenant for what it reads. A failure to
// count does not fail the scan: the units are counted with those of a later one.
func (t *namespace) withinScanBudget(ctx context.Context, scan func(context.Context) error) error {
	budget := &t.d.scans
	if budget.perMinute == 0 {
		return scan(ctx)
	}
	if err := budget.admit(t.id, t.d.now()); err != nil {
		return err
	}
	metered, meter := table.WithMeter(ctx)
	err := scan(metered)
	due := budget.collect(t.id, meter.Usage().Reads)
	if due == 0 {
		return err
	}
	cost := time.Duration(due * float64(scanPeriod) / float64(budget.perMinute))
	paid, _, failed := t.takeRate(ctx, t.keys.scanRate(), cost, math.MaxInt64)
	if failed != nil {
		budget.change(t.id, func(d *scanDebt) { d.units += due })
	} else {
		budget.change(t.id, func(d *scanDebt) { d.paid = paid })
	}
	return err
}
