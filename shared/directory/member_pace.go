package directory

import (
	"context"

	"golang.org/x/sync/errgroup"

	"scimserver/shared/table"
)

// maxSteps is how many steps of a change run at the same time.
const maxSteps = 8

// pace is how many steps of a change may run at the same time now: at most maxSteps. A
// partition takes 1,000 write units a second, so DynamoDB may throttle a large change of one
// group. A step that was throttled halves the number; every other step adds one.
type pace struct{ limit int }

// run calls f for each step until one fails.
func (p *pace) run(ctx context.Context, steps []step, f func(context.Context, step) error) error {
	work, ctx := errgroup.WithContext(ctx)
	ended, running := make(chan table.Usage, maxSteps), 0
	for _, s := range steps {
		for ; running >= p.limit; running-- {
			p.adapt(<-ended)
		}
		if ctx.Err() != nil {
			break
		}
		running++
		work.Go(func() error {
			ctx, meter := table.WithMeter(ctx)
			err := f(ctx, s)
			ended <- meter.Usage()
			return err
		})
	}
	return work.Wait()
}

// adapt changes the number after a step. Conflicts with another function that works on the
// same change are no reason to slow down.
func (p *pace) adapt(u table.Usage) {
	if u.Retries > u.Conflicts {
		p.limit = max(1, p.limit/2)
	} else {
		p.limit = min(maxSteps, p.limit+1)
	}
}
