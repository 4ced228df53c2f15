package directory_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"scimserver/shared/directory"
	"scimserver/shared/table"
	"scimserver/shared/testkit/fault"
)

// While DynamoDB throttles all calls, a process soon stops retrying. When DynamoDB responds again,
// calls succeed at once, and after a few successes a throttled call is retried again.
func TestRetryQuota(t *testing.T) {
	t.Parallel()
	var throttling atomic.Bool
	switched := fault.Rule{Calls: func(int) bool { return throttling.Load() }, Fault: fault.Throttled}
	b := newBench(t, scripted(switched))
	throttling.Store(true)
	if n := b.exhaustQuota(); n == 0 || n > 100 {
		t.Errorf("%d retries before the quota ended, want at most 100", n)
	}
	b.sendsOnce()
	throttling.Store(false)
	for range 5 {
		if _, err := b.acme.Users().Get(t.Context(), "x"); !errors.Is(err, directory.ErrNotFound) {
			t.Fatal(err)
		}
	}
	throttling.Store(true)
	ctx, meter := table.WithMeter(t.Context())
	if _, err := b.acme.Users().Get(ctx, "x"); !errors.Is(err, directory.ErrUnavailable) || meter.Usage().Retries != 1 {
		t.Errorf("after five successes: %d retries, %v; want one", meter.Usage().Retries, err)
	}
}

// exhaustQuota reads until no retry is left, and returns the number of retries.
func (b *bench) exhaustQuota() int {
	var retries atomic.Int64
	var readers sync.WaitGroup
	for range 20 {
		readers.Go(func() {
			for tries := 0; ; tries++ {
				ctx, meter := table.WithMeter(b.Context())
				_, err := b.acme.Users().Get(ctx, "x")
				retries.Add(int64(meter.Usage().Retries))
				if !errors.Is(err, directory.ErrUnavailable) || tries > 1000 {
					b.Errorf("try %d: %v", tries, err)
					return
				}
				if strings.Contains(err.Error(), "too many calls failed") {
					return
				}
			}
		})
	}
	readers.Wait()
	return int(retries.Load())
}

// sendsOnce fails the test unless calls that fail are not retried.
func (b *bench) sendsOnce() {
	b.Helper()
	for range 20 {
		ctx, meter := table.WithMeter(b.Context())
		if _, err := b.acme.Users().Get(ctx, "x"); err == nil || meter.Usage().Calls != 1 {
			b.Errorf("%d calls, %v; want one call", meter.Usage().Calls, err)
		}
	}
}
