package directory_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/testkit"
	"scimserver/shared/testkit/charge"
)

// The cost of requests on groups. It must not depend on the size of the group. DynamoDB also
// charges one unit for each missing item of a read, which the local engine does not count.
func TestGroupCapacity(t *testing.T) { // design: round trips and capacity
	b := newBench(t, charge.Transactions)
	ids := b.users(80)
	small, large := b.group("small", ids[70:]...), b.group("large", ids[70:]...)
	b.seed(large.ID, testkit.Size(3000, 600))
	for _, g := range []struct {
		name  string
		group scim.ID
	}{{"small", small.ID}, {"large", large.ID}} {
		t.Run(g.name, func(t *testing.T) { b.groupCosts(t, g.group, ids) })
	}
}

func (b *bench) groupCosts(t *testing.T, id scim.ID, ids []scim.ID) {
	add := func(ids ...scim.ID) directory.MemberEdit { return directory.MemberEdit{Add: members(ids...)} }
	for _, tt := range []struct {
		what string
		do   func(context.Context) error
		want table.Usage
	}{
		{"get without members", func(ctx context.Context) error {
			return second(b.acme.Groups().Get(ctx, id))
		}, table.Usage{Calls: 1, Reads: 1}},
		{"add 1", func(ctx context.Context) error {
			return second(b.edit(ctx, id, add(ids[0])))
		}, table.Usage{Calls: 2, Reads: 1, Writes: 8}},
		{"add the same again", func(ctx context.Context) error {
			return second(b.edit(ctx, id, add(ids[0])))
		}, table.Usage{Calls: 1, Reads: 2}},
		{"add it and another", func(ctx context.Context) error {
			return second(b.edit(ctx, id, add(ids[0], ids[1])))
		}, table.Usage{Calls: 2, Reads: 2, Writes: 10}},
		{"add 32", func(ctx context.Context) error {
			return second(b.edit(ctx, id, add(ids[10:42]...)))
		}, table.Usage{Calls: 2, Reads: 1, Writes: 194}},
		{"remove 1", func(ctx context.Context) error {
			return second(b.edit(ctx, id, directory.MemberEdit{Remove: ids[:1]}))
		}, table.Usage{Calls: 2, Reads: 2, Writes: 6}},
		{"is member", func(ctx context.Context) error {
			return second(b.acme.Groups().MembersAmong(ctx, []directory.Resource{{ID: id}}, ids[1:2]))
		}, table.Usage{Calls: 1, Reads: 1}},
		{"add 36, in two steps", func(ctx context.Context) error {
			return second(b.edit(ctx, id, add(append(slices.Clone(ids[42:70]), ids[2:10]...)...)))
		}, table.Usage{Calls: 10, Reads: 38, Writes: 228}},
	} {
		ctx, meter := table.WithMeter(t.Context())
		if err := tt.do(ctx); err != nil {
			t.Errorf("%s: %v", tt.what, err)
		}
		if got := meter.Usage(); got != tt.want {
			t.Errorf("%s used %+v, want %+v", tt.what, got, tt.want)
		}
	}
}

// Reading the groups of a page of users makes one call for each first character of their ids,
// all at the same time, and one call for the names.
func TestCapacityOfMemberships(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	ids := b.users(100)
	b.group("all", ids[:30]...)
	ctx, meter := table.WithMeter(t.Context())
	if all, err := b.acme.Groups().OfUsers(ctx, ids); err != nil || len(all) != 30 {
		t.Errorf("%d users, %v", len(all), err)
	}
	if u := meter.Usage(); u.Calls > 17 {
		t.Errorf("%+v", u)
	}
	ctx, meter = table.WithMeter(t.Context())
	if _, groups, err := b.acme.Users().GetWithGroups(ctx, ids[0]); err != nil || len(groups) != 1 {
		t.Errorf("%+v, %v", groups, err)
	}
	if u := meter.Usage(); u.Calls != 3 || u.Reads != 3 {
		t.Errorf("%+v", u)
	}
}

// seed writes members of a group directly into the table. They need not exist.
func (b *bench) seed(group scim.ID, n int) {
	b.Helper()
	db, err := table.Open(table.Options{Name: b.table, Endpoint: testkit.Endpoint(b.T), Budget: time.Minute})
	if err != nil {
		b.Fatal(err)
	}
	var writes []table.Write
	for i := range n {
		id := fmt.Sprintf("%08x-0000-4000-8000-000000000000", i)
		writes = append(writes, table.Put(table.Key{PK: "T#acme#MEMBERS#" + string(group), SK: "U#" + id}, nil),
			table.Put(table.Key{PK: "T#acme#MEMBEROF#" + id[:1], SK: id + "#" + string(group)},
				table.Item{"kind": "U", "of": "GROUP"}))
	}
	if err := db.WriteAll(b.Context(), writes); err != nil {
		b.Fatal(err)
	}
}
