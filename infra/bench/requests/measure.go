package requests

import (
	"fmt"
	"runtime"
	"syscall"
	"time"

	"scimbench/median"
)

// Cost is what one run of an operation costs on average.
type Cost struct {
	Time   time.Duration `json:"timeNs"`
	CPU    time.Duration `json:"cpuNs"` // of all threads, so with the garbage collector's
	Allocs float64       `json:"allocs"`
	Bytes  float64       `json:"bytes"` // allocated
}

// operation is something whose cost is measured.
type operation struct {
	name string
	run  func() error
}

// Effort says how long the measurement takes: each operation runs Rounds times for Span. The
// operations take turns, so that a busy machine slows all of them.
type Effort struct {
	Span   time.Duration
	Rounds int
}

// measure returns the median costs of the operations.
func measure(operations []operation, e Effort) ([]Cost, error) {
	rounds := make([][]Cost, len(operations))
	for range e.Rounds {
		for i, o := range operations {
			c, err := sample(o.run, e.Span)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", o.name, err)
			}
			rounds[i] = append(rounds[i], c)
		}
	}
	costs := make([]Cost, len(operations))
	for i, all := range rounds {
		costs[i] = Cost{
			Time:   median.Of(all, func(c Cost) time.Duration { return c.Time }),
			CPU:    median.Of(all, func(c Cost) time.Duration { return c.CPU }),
			Allocs: median.Of(all, func(c Cost) float64 { return c.Allocs }),
			Bytes:  median.Of(all, func(c Cost) float64 { return c.Bytes }),
		}
	}
	return costs, nil
}

// sample runs an operation for at least span, and returns the average cost.
func sample(run func() error, span time.Duration) (Cost, error) {
	if err := run(); err != nil { // the first run fills caches
		return Cost{}, err
	}
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start, cpu, n := time.Now(), cpuTime(), 0
	for n == 0 || time.Since(start) < span {
		if err := run(); err != nil {
			return Cost{}, err
		}
		n++
	}
	elapsed, used := time.Since(start), cpuTime()-cpu
	runtime.ReadMemStats(&after)
	return Cost{
		Time: elapsed / time.Duration(n), CPU: used / time.Duration(n),
		Allocs: float64(after.Mallocs-before.Mallocs) / float64(n),
		Bytes:  float64(after.TotalAlloc-before.TotalAlloc) / float64(n),
	}, nil
}

// cpuTime returns the processor time that this process has used.
func cpuTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // fails only for a wrong argument
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
