package table

import (
	"context"
	"log/slog"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Usage is what a request has consumed of DynamoDB.
type Usage struct {
	Calls     int     // HTTP requests, with retries
	Retries   int     // calls that repeated an earlier one
	Conflicts int     // calls rejected because another transaction was using an item
	Reads     float64 // read capacity units
	Writes    float64 // write capacity units
}

// Attrs returns the usage as attributes of a log line.
func (u Usage) Attrs() []slog.Attr {
	return []slog.Attr{
		slog.Int("calls", u.Calls),
		slog.Int("retries", u.Retries),
		slog.Int("conflicts", u.Conflicts),
		slog.Float64("rcu", u.Reads),
		slog.Float64("wcu", u.Writes),
	}
}

// Meter counts the usage of every call made under its context. It is safe for
// concurrent use.
type Meter struct {
	outer *Meter // of the parent context; nil if that has none
	mu    sync.Mutex
	usage Usage
}

type meterKey struct{}

// WithMeter returns a context, and a meter that counts the calls made with it. If ctx already has
// a meter, that meter counts them too.
func WithMeter(ctx context.Context) (context.Context, *Meter) {
	m := &Meter{}
	m.outer, _ = ctx.Value(meterKey{}).(*Meter)
	return context.WithValue(ctx, meterKey{}, m), m
}

// Usage returns what has been counted so far.
func (m *Meter) Usage() Usage {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.usage
}

// count lets f change the usage of the context's meters, if it has one.
func count(ctx context.Context, f func(*Usage)) {
	m, _ := ctx.Value(meterKey{}).(*Meter)
	for ; m != nil; m = m.outer {
		m.change(f)
	}
}

func (m *Meter) change(f func(*Usage)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f(&m.usage)
}

func countRead(ctx context.Context, consumed ...types.ConsumedCapacity) {
	count(ctx, func(u *Usage) { u.Reads += units(consumed) })
}

func countWrite(ctx context.Context, consumed ...types.ConsumedCapacity) {
	count(ctx, func(u *Usage) { u.Writes += units(consumed) })
}

func units(consumed []types.ConsumedCapacity) (sum float64) {
	for _, c := range consumed {
		if c.CapacityUnits != nil {
			sum += *c.CapacityUnits
		}
	}
	return sum
}
