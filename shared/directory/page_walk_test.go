package directory_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/testkit"
)

// fill writes users directly into the table, so large that reading them takes several calls, and
// returns their ids in order, without every seventh, which is being deleted.
func (b *bench) fill(n, size int) (living []scim.ID) {
	b.Helper()
	db, err := table.Open(table.Options{Name: b.table, Endpoint: testkit.Endpoint(b)})
	if err != nil {
		b.Fatal(err)
	}
	var writes []table.Write
	for i := range n {
		id := fmt.Sprintf("%02x%06x-0000-4000-8000-000000000000", i*256/n, i)
		item := table.Item{"version": int64(1),
			"created":  "2026-11-23T13:20:14.154Z",
			"modified": "2026-11-23T13:20:14.154Z",
			"doc":      fmt.Sprintf(`{"userName":"u%d","title":"%0*d"}`, i, size, i)}
		if i%7 == 3 {
			item["deleting"] = "x"
		} else {
			living = append(living, scim.ID(id))
		}
		writes = append(writes, table.Put(table.Key{PK: "T#acme#USER", SK: id}, item))
	}
	if err := db.WriteAll(b.Context(), writes); err != nil {
		b.Fatal(err)
	}
	return living
}

func idsOf(page []directory.Resource) (all []scim.ID) {
	for _, one := range page {
		all = append(all, one.ID)
	}
	return all
}

func TestPage(t *testing.T) { // P-3.4.2.4-13
	b := newBench(t, nil)
	ids := b.fill(70, 10)
	for _, tt := range []struct {
		skip, count, want int
		more              bool
	}{
		{0, 0, 0, false}, {0, 1, 1, true}, {0, 59, 59, true},
		{0, 60, 60, false}, {0, 61, 60, false}, {58, 2, 2, false}, {58, 1, 1, true}, {60, 5, 0, false},
	} {
		after := scim.ID("")
		if tt.skip > 0 {
			after = ids[tt.skip-1]
		}
		page, more, err := b.acme.Page(t.Context(), directory.UserKind, after, tt.count)
		if want := ids[tt.skip : tt.skip+tt.want]; err != nil || !slices.Equal(idsOf(page), want) || more != tt.more {
			t.Errorf("%d after %d: %d, more %v, %v", tt.count, tt.skip, len(page), more, err)
		}
		last, n, err := b.acme.Skip(t.Context(), directory.UserKind, after, tt.count)
		if err != nil || n != tt.want || n > 0 && n == tt.count && last != ids[tt.skip+n-1] {
			t.Errorf("%d after %d: skips %d to %s, %v", tt.count, tt.skip, n, last, err)
		}
	}
}

// A page is limited by its bytes, and the next page continues after it.
func TestPageOfLargeDocuments(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	ids, after, pages := b.fill(150, 30_000), scim.ID(""), 0
	var got []scim.ID
	for more := true; more; pages++ {
		page, follow, err := b.acme.Page(t.Context(), directory.UserKind, after, 1000)
		if err != nil || len(page) == 0 {
			t.Fatal(len(page), err)
		}
		if size := len(page) * 30_000; size > directory.MaxPageBytes+40_000 {
			t.Errorf("a page of %d bytes", size)
		}
		got, after, more = append(got, idsOf(page)...), page[len(page)-1].ID, follow
	}
	if !slices.Equal(got, ids) || pages != 2 {
		t.Errorf("%d pages show %d of %d", pages, len(got), len(ids))
	}
	b.scans(ids)
	next := 0
	err := b.acme.Walk(t.Context(), directory.UserKind, ids[9],
		func(_ context.Context, some []directory.Resource) (bool, error) {
			if !slices.Equal(idsOf(some), ids[10+next:10+next+len(some)]) {
				t.Errorf("not in order")
			}
			next += len(some)
			return next < 50, nil
		})
	if err != nil || next < 50 || next > 100 {
		t.Errorf("walked by %d, %v", next, err)
	}
}

// scans fails the test unless a scan reads some users, each once.
func (b *bench) scans(want []scim.ID) {
	b.Helper()
	var mu sync.Mutex
	var got []scim.ID
	err := b.acme.Scan(b.Context(), directory.UserKind, func(_ context.Context, some []directory.Resource) error {
		mu.Lock()
		defer mu.Unlock()
		got = append(got, idsOf(some)...)
		return nil
	})
	if slices.Sort(got); err != nil || !slices.Equal(got, want) {
		b.Errorf("scanned %d of %d, %v", len(got), len(want), err)
	}
}

// A scan ends when too little time is left to answer, or when its callback fails.
func TestScanEnds(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	b.fill(120, 30_000)
	var err, cause error
	for limit := 2 * time.Second; cause == nil && limit < 2*time.Minute; limit *= 2 { // until it has read something
		ctx, cancel := context.WithTimeout(t.Context(), limit)
		err = b.acme.Scan(ctx, directory.UserKind, func(ctx context.Context, _ []directory.Resource) error {
			<-ctx.Done()
			cause = context.Cause(ctx)
			return ctx.Err()
		})
		cancel()
	}
	if !errors.Is(err, directory.ErrTooMany) || !errors.Is(cause, directory.ErrTooMany) {
		t.Errorf("%v, the scan ended for %v", err, cause)
	}
	broken := errors.New("broken")
	if err := b.acme.Scan(t.Context(), directory.UserKind, func(context.Context, []directory.Resource) error {
		return broken
	}); err != broken {
		t.Error(err)
	}
	var calls atomic.Int64
	err = b.acme.Scan(t.Context(), directory.UserKind, func(context.Context, []directory.Resource) error {
		if calls.Add(1) > 1 {
			panic("lost")
		}
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), "lost") {
		t.Error(err)
	}
	if _, _, err := b.acme.Skip(t.Context(), directory.UserKind, "",
		directory.MaxSkipped+1); !errors.Is(err, directory.ErrTooMany) {
		t.Error(err)
	}
}

func TestScanOfNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	b.scans(nil)
	b.scans(b.fill(20, 10))
}
