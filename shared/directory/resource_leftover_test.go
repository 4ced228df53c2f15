package directory_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/testkit"
)

// TestCapacityOfLeftovers: what it costs function changes to look whether a deletion has left edges. One call reads the
// resource; the others are queries that find nothing, which the local engine does not count. DynamoDB counts one read
// unit for each.
func TestCapacityOfLeftovers(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	for pk, want := range map[string]table.Usage{
		"T#acme#USER": {Calls: 2, Reads: 1}, "T#acme#GROUP": {Calls: 3, Reads: 1}, "T#acme#TEAM": {Calls: 1, Reads: 1},
	} {
		ctx, meter := table.WithMeter(t.Context())
		if err := b.dir.EnqueueUnfinished(ctx, pk, uuid.NewString()); err != nil || meter.Usage() != want {
			t.Errorf("%s: %+v, %v, want %+v", pk, meter.Usage(), err, want)
		}
	}
}

// edges returns the items of all memberships in groups.
func (b *bench) edges(db *table.DB) (puts []table.Write) {
	b.Helper()
	for item, err := range db.Scan(b.Context()) {
		if err != nil {
			b.Fatal(err)
		}
		if pk := item.Text("PK"); strings.Contains(pk, "#MEMBERS#") || strings.Contains(pk, "#MEMBEROF#") {
			puts = append(puts, table.Put(item.Key(), item))
		}
	}
	return puts
}

// TestLeftovers: a member was added right before a deletion, which could not read the edges yet. Function changes
// removes them when it learns of the deletion.
func TestLeftovers(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	db, err := table.Open(table.Options{Name: b.table, Endpoint: testkit.Endpoint(t)})
	if err != nil {
		t.Fatal(err)
	}
	ids := b.users(3)
	inner := b.group("inner", ids...)
	outer := b.group("outer", ids[0])
	nest := directory.MemberEdit{Add: []directory.Member{{ID: inner.ID, Kind: directory.GroupKind}}}
	if _, err := b.edit(t.Context(), outer.ID, nest); err != nil {
		t.Fatal(err)
	}
	for _, deletion := range []struct {
		pk     string
		id     scim.ID
		remove func() error
	}{
		{"T#acme#USER", ids[0], func() error { return b.acme.Users().Delete(t.Context(), ids[0], nil) }},
		{"T#acme#GROUP", inner.ID, func() error { return b.acme.Groups().Delete(t.Context(), inner.ID, nil) }},
	} {
		all := b.edges(db)
		if err := deletion.remove(); err != nil {
			t.Fatal(err)
		}
		before, err := b.acme.Groups().Get(t.Context(), outer.ID)
		if err == nil {
			err = db.WriteAll(t.Context(), all)
		}
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := b.dir.EnqueueUnfinished(t.Context(), deletion.pk, string(deletion.id)); err != nil {
				t.Fatal(err)
			}
		}
		if now, err := b.acme.Groups().Get(t.Context(), outer.ID); err != nil || now.Version != before.Version+1 {
			t.Errorf("%s: version %d, %v, after version %d", deletion.pk, now.Version, err, before.Version)
		}
		b.verify(2)
	}
	b.has(outer.ID)
}

// TestNoLeftovers: a user and a group that exist keep their memberships.
func TestNoLeftovers(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	ids := b.users(2)
	g := b.group("g", ids...)
	for pk, id := range map[string]scim.ID{"T#acme#USER": ids[0], "T#acme#GROUP": g.ID} {
		if err := b.dir.EnqueueUnfinished(t.Context(), pk, string(id)); err != nil {
			t.Fatal(err)
		}
	}
	b.has(g.ID, ids...)
}
