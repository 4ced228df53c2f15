package directory_test

import (
	"fmt"
	"testing"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

func TestPageMarks(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	b := newBench(t, nil, func(o *directory.Options) { o.Now = func() time.Time { return now } })
	put := func(j directory.PageMark, after scim.ID) {
		t.Helper()
		j.Next = directory.PagePosition{Index: 101, After: after}
		if err := b.acme.PutPageMark(t.Context(), "k", j); err != nil {
			t.Fatal(err)
		}
	}
	known := func(kind string) string {
		t.Helper()
		all, err := b.acme.PageMarks(t.Context(), kind)
		if err != nil {
			t.Fatal(err)
		}
		text := ""
		for _, j := range all {
			text += string(j.Next.After)
		}
		return text
	}
	first := b.acme.NewPageMark()
	if !first.Started().Equal(now) {
		t.Errorf("begun %v", first.Started())
	}
	put(first, "b")
	put(first, "c") // the same page again, which now ends later
	if got := known("k"); got != "b" {
		t.Errorf("%s, want b", got)
	}
	put(first, "a")
	now = now.Add(10 * time.Minute)
	put(b.acme.NewPageMark(), "x")
	if got := known("k"); got != "xa" {
		t.Errorf("%s, want the latest first", got)
	}
	if known("other") != "" {
		t.Error("page marks of another kind")
	}
	if other, err := b.dir.For("globex").PageMarks(t.Context(), "k"); err != nil || len(other) != 0 {
		t.Error("page marks of another tenant")
	}
	now = now.Add(5 * time.Minute)
	if got := known("k"); got != "x" {
		t.Errorf("%s, want x: the first has expired", got)
	}
	for i := range 220 {
		now = now.Add(time.Millisecond)
		put(b.acme.NewPageMark(), scim.ID(fmt.Sprint(i)))
	}
	if all, err := b.acme.PageMarks(t.Context(), "k"); err != nil || len(all) != 200 || all[0].Next.After != "219" {
		t.Errorf("%d page marks, %v", len(all), err)
	}
}
