package fault_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"scimserver/shared/testkit/fault"
)

// gate holds the writes that pass the locks until the test lets them go, so that
// an overlap is certain and no test depends on the speed of the machine.
type gate struct {
	arrived chan struct{}
	open    chan struct{}
}

func newGate() gate { return gate{arrived: make(chan struct{}, 100), open: make(chan struct{})} }

func (g gate) RoundTrip(r *http.Request) (*http.Response, error) {
	if op := r.Header.Get("X-Amz-Target"); op != "DynamoDB_20120810.GetItem" {
		g.arrived <- struct{}{}
		<-g.open
	}
	return http.DefaultTransport.RoundTrip(r)
}

// overlap runs first until it is in flight, then second to its end, then lets first finish.
func overlap(g gate, first, second func() error) (error, error) {
	done := make(chan error, 1)
	go func() { done <- first() }()
	<-g.arrived
	secondErr := make(chan error, 1)
	go func() { secondErr <- second() }()
	select {
	case err := <-secondErr: // refused at the locks
		close(g.open)
		return <-done, err
	case <-g.arrived: // passed the locks
		close(g.open)
		return <-done, <-secondErr
	}
}

func lockedBench(t *testing.T) (bench, gate) {
	g := newGate()
	return newBench(t, fault.ItemLocks(g, always(0)), 1), g
}

func TestOverlappingTransactionsOneIsCancelled(t *testing.T) {
	b, g := lockedBench(t)
	first, second := overlap(g,
		func() error { return b.increment(t.Context(), nil, "a", "shared") },
		func() error { return b.increment(t.Context(), nil, "b", "c", "shared", "d") })
	if first != nil {
		t.Errorf("the first one failed: %v", first)
	}
	if got, want := reasons(second), []string{"None", "None", "TransactionConflict", "None"}; !slices.Equal(got, want) {
		t.Errorf("reasons = %v (%v), want %v", got, second, want)
	}
	if b.count(t, "shared") != 1 || b.count(t, "b") != 0 {
		t.Error("the cancelled transaction wrote something")
	}
}

func TestDisjointTransactionsPass(t *testing.T) {
	b, g := lockedBench(t)
	first, second := overlap(g,
		func() error { return b.increment(t.Context(), nil, "a") },
		func() error { return b.increment(t.Context(), nil, "b") })
	if err := errors.Join(first, second); err != nil {
		t.Error(err)
	}
}

func TestPlainWriteOverTransactionConflicts(t *testing.T) {
	b, g := lockedBench(t)
	_, second := overlap(g,
		func() error { return b.increment(t.Context(), nil, "a") },
		func() error { return b.put(t.Context(), "a") })
	var conflict *types.TransactionConflictException
	if !errors.As(second, &conflict) {
		t.Errorf("err = %v, want TransactionConflictException", second)
	}
}

func TestTransactionOverPlainWriteIsCancelled(t *testing.T) {
	b, g := lockedBench(t)
	first, second := overlap(g,
		func() error { return b.put(t.Context(), "a") },
		func() error { return b.increment(t.Context(), nil, "a") })
	if got := reasons(second); first != nil || !slices.Equal(got, []string{"TransactionConflict"}) {
		t.Errorf("first %v, second %v", first, second)
	}
}

// Both plain writes reach the engine, and its condition decides between them.
func TestPlainWritesNeverConflict(t *testing.T) {
	b, g := lockedBench(t)
	first, second := overlap(g,
		func() error { return b.put(t.Context(), "a") },
		func() error { return b.put(t.Context(), "a") })
	var lost *types.ConditionalCheckFailedException
	if (first == nil) == (second == nil) || !errors.As(errors.Join(first, second), &lost) {
		t.Errorf("first %v, second %v, want one success and one failed condition", first, second)
	}
}

func TestReadsPassHeldItems(t *testing.T) {
	b, g := lockedBench(t)
	_, read := overlap(g,
		func() error { return b.increment(t.Context(), nil, "a") },
		func() error { b.exists(t, "a"); return nil })
	if read != nil {
		t.Error(read)
	}
}

func TestSameTransactionSentTwiceIsInProgress(t *testing.T) {
	b, g := lockedBench(t)
	first, second := overlap(g,
		func() error { return b.increment(t.Context(), aws.String("token"), "a") },
		func() error { return b.increment(t.Context(), aws.String("token"), "a") })
	var inProgress *types.TransactionInProgressException
	if first != nil || !errors.As(second, &inProgress) {
		t.Errorf("first %v, second %v, want TransactionInProgressException", first, second)
	}
}

func TestLocksAreReleased(t *testing.T) {
	b := newBench(t, fault.ItemLocks(http.DefaultTransport, always(time.Millisecond)), 1)
	for range 3 {
		if err := b.increment(t.Context(), nil, "a", "b"); err != nil {
			t.Fatal(err)
		}
	}
	if n := b.count(t, "a"); n != 3 {
		t.Errorf("count = %d, want 3", n)
	}
}

// A caller that gives up while its write is held must not write, nor keep the item locked.
func TestAbandonedWriteIsNotApplied(t *testing.T) {
	abandoned, giveUp := context.WithCancel(t.Context())
	holds := []time.Duration{time.Hour, 0}
	hold := func() time.Duration { giveUp(); d := holds[0]; holds = holds[1:]; return d }
	b := newBench(t, fault.ItemLocks(http.DefaultTransport, hold), 1)
	if err := b.increment(abandoned, nil, "a"); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want that of the caller who gave up", err)
	}
	if err := b.increment(t.Context(), nil, "a"); err != nil {
		t.Errorf("the item stayed locked: %v", err)
	}
	if n := b.count(t, "a"); n != 1 {
		t.Errorf("count = %d, want 1", n)
	}
}
