package outbox_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"scimserver/shared/erasure"
	"scimserver/shared/outbox"
	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/testkit"
	"scimserver/shared/testkit/fault"
)

var seed = flag.Uint64("seed", 1, "seed of the random faults")

// faults makes a transport with random faults: conflicting transactions, throttling,
// internal errors and lost responses.
func faults(seed uint64) http.RoundTripper {
	hold := func() time.Duration { return rand.N(3 * time.Millisecond) }
	return fault.Script(fault.ItemLocks(http.DefaultTransport, hold),
		fault.Rule{Calls: fault.Randomly(seed, 0.05), Fault: fault.LostResponse},
		fault.Rule{Calls: fault.Randomly(seed+1, 0.05), Fault: fault.Throttled},
		fault.Rule{
			Operation: "TransactWriteItems",
			Calls:     fault.Randomly(seed+2, 0.1),
			Fault:     fault.Cancelled("TransactionConflict"),
		},
		fault.Rule{Calls: fault.Randomly(seed+3, 0.02), Fault: fault.InternalError},
	)
}

// TestWritersRace: the stream has two shards. Each is delivered to two functions at the same
// time, in batches that overlap, while calls fail. Each record becomes an event once, and the
// events of a shard keep its order.
func TestWritersRace(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	shards := [2][]outbox.Draft{}
	for n := range testkit.Size(2000, 160) {
		shards[n%2] = append(shards[n%2], created(n))
	}
	transport := faults(*seed)
	var work sync.WaitGroup
	for writer := range 4 {
		work.Go(func() { b.deliver(b.open(transport), shards[writer%2], uint64(writer)) })
	}
	work.Wait()
	all := b.events(b.acme, 0, 500)
	b.checkSequence(all, "acme")
	var got [2][]scim.ID
	for _, e := range all {
		var n int
		if _, err := fmt.Sscanf(string(e.Resource.ID), "u%d", &n); err != nil {
			t.Fatal(err)
		}
		got[n%2] = append(got[n%2], e.Resource.ID)
	}
	for shard, list := range shards {
		var want []scim.ID
		for _, d := range list {
			want = append(want, d.Event.Resource.ID)
		}
		if diff := cmp.Diff(want, got[shard]); diff != "" {
			t.Errorf("seed %d, shard %d: %s", *seed, shard, diff)
		}
	}
}

// deliver appends the drafts of a shard in batches. It repeats a batch until it succeeds, and
// sometimes goes back to drafts that it has delivered before.
func (b *bench) deliver(db *table.DB, shard []outbox.Draft, writer uint64) {
	feed, random := outbox.New(db, "acme"), rand.New(rand.NewPCG(*seed, writer))
	for from := 0; from < len(shard); {
		to := min(len(shard), from+1+random.IntN(20))
		for n := 1; ; n++ {
			err := feed.Append(b.Context(), shard[from:to])
			if err == nil {
				break
			}
			if n == 100 {
				b.Errorf("writer %d gives up: %v", writer, err)
				return
			}
			b.Logf("writer %d tries again: %v", writer, err)
		}
		from = to
		if to < len(shard) {
			from -= random.IntN(2) * random.IntN(10) % to
		}
	}
}

// TestCrashAtEveryCall: a function dies at one of its calls, before the call or before the
// response. Another function then gets the same records. This is repeated for each call.
func TestCrashAtEveryCall(t *testing.T) {
	t.Parallel()
	for _, lost := range []bool{false, true} {
		t.Run(fmt.Sprintf("response lost %t", lost), func(t *testing.T) {
			b := newBench(t)
			survived := false
			for n := 0; !survived; n++ {
				batch := drafts(150*n, 150*(n+1)) // two transactions
				ctx, die := context.WithCancel(t.Context())
				victim := outbox.New(b.open(fault.Death(http.DefaultTransport, int64(n), lost, die)), "acme")
				survived = victim.Append(ctx, batch) == nil
				die()
				b.append(batch...)
				all := b.events(b.acme, 0, 500)
				b.checkSequence(all, "acme")
				if len(all) != 150*(n+1) {
					t.Fatalf("%d events after the crash at call %d", len(all), n)
				}
			}
		})
	}
}

// TestErasuresOfTheSameTime: two persons are marked as erased in the same millisecond, and an append reads the marks
// between the two. Then it notices the second one, and its event has no values.
func TestErasuresOfTheSameTime(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	now := time.Now()
	at := func() time.Time { return now }
	mark := func(n int) {
		if err := b.acme.WithClock(at).MarkErased(t.Context(), []scim.ID{created(n).Event.Resource.ID}); err != nil {
			t.Error(err)
		}
	}
	mark(1)
	between := fault.Rule{
		Operation: "TransactWriteItems", Calls: fault.Nth(1), Fault: fault.Then(fault.Refused, func() { mark(2) }),
	}
	feed := outbox.New(b.open(fault.Script(http.DefaultTransport, between)), "acme").WithClock(at)
	if err := feed.Append(t.Context(), drafts(2, 3)); err != nil {
		t.Fatal(err)
	}
	if all := b.events(b.acme, 0, 10); len(all) != 1 || all[0].Resource.UserName != erasure.Erased {
		t.Errorf("the events are %+v", all)
	}
}
