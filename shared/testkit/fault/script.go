package fault

import (
	"context"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"sync/atomic"
	"syscall"
	"time"
)

// Rule applies a fault to some calls of an operation.
type Rule struct {
	Operation string           // such as "PutItem"; "" for every operation
	Calls     func(n int) bool // selects calls, counted from 1; nil for all
	Fault     Fault
}

// Nth selects only the n-th call.
func Nth(n int) func(int) bool { return func(call int) bool { return call == n } }

// First selects the first n calls.
func First(n int) func(int) bool { return func(call int) bool { return call <= n } }

// Randomly selects calls at the given rate, the same calls for the same seed.
func Randomly(seed uint64, rate float64) func(int) bool {
	return func(call int) bool { return rand.New(rand.NewPCG(seed, uint64(call))).Float64() < rate }
}

// Script applies to each call the first rule that matches, and passes other calls on. A
// rule counts every call of its operation, even if an earlier rule matched.
func Script(next http.RoundTripper, rules ...Rule) http.RoundTripper {
	s := &script{next: next}
	for _, r := range rules {
		s.rules = append(s.rules, &counted{Rule: r})
	}
	return s
}

type script struct {
	next  http.RoundTripper
	rules []*counted
}

type counted struct {
	Rule
	calls atomic.Int64
}

func (r *counted) picks(operation string) bool {
	if r.Operation != "" && r.Operation != operation {
		return false
	}
	n := int(r.calls.Add(1))
	return r.Calls == nil || r.Calls(n)
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	c, err := readCall(r)
	if err != nil {
		return nil, err
	}
	var picked Fault
	for _, rule := range s.rules {
		if rule.picks(c.operation) && picked == nil {
			picked = rule.Fault
		}
	}
	if picked == nil {
		return c.send(s.next)
	}
	return picked(c, s.next)
}

// Fault replaces the round trip of a call.
type Fault func(c *call, next http.RoundTripper) (*http.Response, error)

// Throttled refuses with ThrottlingException.
func Throttled(c *call, _ http.RoundTripper) (*http.Response, error) {
	return c.refuse(
		http.StatusBadRequest,
		"ThrottlingException",
		map[string]any{"message": reasonMessage("ThrottlingError")},
	)
}

// ThroughputExceeded refuses with ProvisionedThroughputExceededException.
func ThroughputExceeded(c *call, _ http.RoundTripper) (*http.Response, error) {
	return c.refuse(http.StatusBadRequest, "ProvisionedThroughputExceededException",
		map[string]any{"message": reasonMessage("ProvisionedThroughputExceeded")})
}

// InternalError refuses with HTTP 500.
func InternalError(c *call, _ http.RoundTripper) (*http.Response, error) {
	return c.refuse(
		http.StatusInternalServerError,
		"InternalServerError",
		map[string]any{"message": "Internal server error"},
	)
}

// Denied refuses with AccessDeniedException. Clients do not retry it, so a test with it is faster than with Refused.
func Denied(c *call, _ http.RoundTripper) (*http.Response, error) {
	return c.refuse(
		http.StatusBadRequest,
		"AccessDeniedException",
		map[string]any{"Message": "The call is not allowed."},
	)
}

// Cancelled refuses a transaction with these codes for its first items
// ("None", "TransactionConflict", "ThrottlingError", ...) and None for the rest.
func Cancelled(codes ...string) Fault {
	return func(c *call, _ http.RoundTripper) (*http.Response, error) {
		w, err := parseTransaction(c.body)
		if err != nil {
			return nil, err
		}
		all := make([]string, len(w.items))
		for i := range all {
			all[i] = none
		}
		copy(all, codes)
		return c.cancel(all)
	}
}

// LostResponse lets the engine apply the call and then breaks the connection.
func LostResponse(c *call, next http.RoundTripper) (*http.Response, error) {
	res, err := c.send(next)
	if err != nil {
		return nil, err
	}
	_, _ = io.Copy(io.Discard, res.Body)
	_ = res.Body.Close()
	return nil, errReset()
}

func errReset() error { return &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET} }

// Then calls a function after a fault and before the caller receives it.
func Then(f Fault, do func()) Fault {
	return func(c *call, next http.RoundTripper) (*http.Response, error) {
		res, err := f(c, next)
		do()
		return res, err
	}
}

// Refused fails as if nothing listened at the engine's address.
func Refused(*call, http.RoundTripper) (*http.Response, error) {
	return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
}

// Delayed passes the call on after d. If the caller gives up first, the engine does not receive it.
func Delayed(d time.Duration) Fault {
	return func(c *call, next http.RoundTripper) (*http.Response, error) {
		if err := sleep(c.request.Context(), d); err != nil {
			return nil, err
		}
		return c.send(next)
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
