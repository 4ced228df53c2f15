package provlog_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"scimserver/shared/provlog"
	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/tenant"
	"scimserver/shared/testkit"
)

// fail writes entries of failures at some times, in random order, and returns their
// requests from the newest to the oldest.
func (b *bench) fail(id tenant.ID, times ...time.Time) (requests []string) {
	b.Helper()
	var all []provlog.Entry
	for i, at := range times {
		all = append(all,
			provlog.Entry{Time: at, Request: fmt.Sprintf("r%04d", i), Operation: "create", Kind: "User", Status: 409})
	}
	rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	for _, e := range all {
		if err := provlog.New(b.db, id).Put(b.Context(), e); err != nil {
			b.Fatal(err)
		}
	}
	slices.SortFunc(all, func(x, y provlog.Entry) int {
		if c := y.Time.Compare(x.Time); c != 0 {
			return c
		}
		return strings.Compare(y.Request, x.Request)
	})
	for _, e := range all {
		requests = append(requests, e.Request)
	}
	return requests
}

// TestPageOfAnEarlierTenant: entries and former names that are left of an earlier tenant with the same
// id are not shown.
func TestPageOfAnEarlierTenant(t *testing.T) {
	b := newBench(t)
	left, own := arrived.Add(-time.Hour), arrived.Add(-time.Second) // a clock was slow
	requests := b.fail("acme", left, own)
	for id, at := range map[scim.ID]time.Time{"left": left, "own": own} {
		former := b.acme.WriteFormer("ann", provlog.Named{ID: id, Type: "User"}, at)
		if err := b.db.WriteAll(t.Context(), []table.Write{former}); err != nil {
			t.Fatal(err)
		}
	}
	for since, n := range map[time.Time]int{{}: 2, arrived: 1} {
		q := provlog.Query{From: left.AddDate(0, -1, 0), To: arrived, Since: since, Limit: 10}
		got, pages := b.pages(q)
		if !slices.Equal(got, requests[:n]) || !since.IsZero() && pages > 1 {
			t.Errorf("since %v: %q on %d pages, want %q", since, got, pages, requests[:n])
		}
		if names, err := b.acme.Former(t.Context(), "Ann", since); err != nil || len(names) != n {
			t.Errorf("since %v: %v, %v", since, names, err)
		}
	}
}

// pages reads the log page by page.
func (b *bench) pages(q provlog.Query) (requests []string, pages int) {
	b.Helper()
	for {
		page, next, err := b.acme.Page(b.Context(), q)
		if err != nil || len(page) > q.Limit {
			b.Fatal(len(page), err)
		}
		for _, e := range page {
			requests = append(requests, e.Request)
		}
		if pages++; next == "" {
			return requests, pages
		}
		if !provlog.ValidPosition(next) || pages > 1000 {
			b.Fatalf("page %d goes on at %q", pages, next)
		}
		q.Before = next
	}
}

// TestLogPages: pages of any size show every entry once, newest first, across days and partitions,
// and for entries of the same time.
func TestLogPages(t *testing.T) {
	b := newBench(t)
	midnight := arrived.Add(12 * time.Hour)
	times := []time.Time{
		midnight, midnight.Add(-time.Millisecond), midnight.AddDate(0, 0, -40), midnight.AddDate(0, 0, -8),
		midnight.AddDate(0, 0, -9),
	}
	for range testkit.Size(60, 15) {
		times = append(times, midnight.Add(-time.Duration(rand.N(3*24*time.Hour))).Truncate(time.Millisecond),
			midnight.Add(-time.Hour))
	}
	want := b.fail("acme", times...)
	b.fail("globex", midnight)
	all := provlog.Query{From: midnight.AddDate(0, 0, -40), To: midnight.Add(time.Millisecond)}
	for _, limit := range []int{1, 7, 100, 1000} {
		all.Limit = limit
		if got, _ := b.pages(all); !slices.Equal(got, want) {
			t.Errorf("in pages of %d:\n%v\nwant\n%v", limit, got, want)
		}
	}
	all.From, all.To = midnight.Add(-time.Millisecond), midnight
	if got, pages := b.pages(all); len(got) != 1 || got[0] != "r0001" || pages != 1 {
		t.Errorf("the millisecond before midnight has %v, in %d pages", got, pages)
	}
	all.From, all.To = midnight.AddDate(0, 0, -240), midnight.AddDate(0, 0, -200)
	if got, pages := b.pages(all); len(got) != 0 || pages < 40/8 {
		t.Errorf("forty days have %v, in %d pages: a page is to be bounded", got, pages)
	}
	all = provlog.Query{
		From: midnight.Add(-4 * 24 * time.Hour), To: midnight, Limit: 10,
		Wanted: func(e provlog.Entry) bool { return e.Request == "r0001" },
	}
	if got, _ := b.pages(all); !slices.Equal(got, []string{"r0001"}) {
		t.Errorf("filtered: %v", got)
	}
}

// TestLogPageIsBounded: a page ends after many entries that the query does not want.
func TestLogPageIsBounded(t *testing.T) {
	entries, most := testkit.Size(3500, 175), testkit.Size(3000, 150)
	b := newBench(t)
	b.acme = b.acme.Reading(most)
	at := arrived
	last := fmt.Sprintf("r%d", entries-10)
	var writes []table.Write
	for i := range entries {
		e := provlog.Entry{
			Time: at.Add(-time.Duration(i) * time.Millisecond), Request: fmt.Sprintf("r%d", i), Status: 201,
		}
		write, err := b.acme.Write(e)
		if err != nil {
			t.Fatal(err)
		}
		writes = append(writes, write)
	}
	if err := b.db.WriteAll(t.Context(), writes); err != nil {
		t.Fatal(err)
	}
	q := provlog.Query{
		From: at.Add(-time.Hour), To: at.Add(time.Second), Limit: 100,
		Wanted: func(e provlog.Entry) bool { return e.Request == last },
	}
	page, next, err := b.acme.Page(t.Context(), q)
	if err != nil || len(page) != 0 || next == "" {
		t.Fatalf("%d entries, next %q, %v", len(page), next, err)
	}
	if got, pages := b.pages(q); len(got) != 1 || pages != 2 {
		t.Errorf("%v in %d pages", got, pages)
	}
}

func TestLogTextsAreCut(t *testing.T) {
	b := newBench(t)
	long := strings.Repeat("ä", 600)
	e := provlog.Entry{
		Time: arrived, Request: "r", Status: 400, ID: scim.ID(long), Name: long, ExternalID: long, Detail: long,
	}
	if err := b.acme.Put(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	page, _, err := b.acme.Page(t.Context(), provlog.Query{From: arrived, To: arrived.Add(time.Second), Limit: 1})
	if err != nil || len(page) != 1 {
		t.Fatal(page, err)
	}
	cut := strings.Repeat("ä", 128)
	got := page[0]
	if string(got.ID) != cut || got.Name != cut || got.ExternalID != cut || got.Detail != strings.Repeat("ä", 512) {
		t.Errorf("%+v", got)
	}
}
