package directory_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/testkit/charge"
	"scimserver/shared/testkit/fault"
)

// halfChange commits a change of {0, 1} to {1 ... 8}, and carries out two of its steps.
func (b *bench) halfChange(group scim.ID, ids []scim.ID) {
	ctx, die := context.WithCancel(b.Context())
	later := func(n int) bool { return n > 3 }
	dying := onTable(b.T, b.table, scripted(fault.Rule{
		Operation: "TransactWriteItems", Calls: later, Fault: fault.Then(fault.Refused, die),
	}), steps)
	edit := directory.MemberEdit{Add: members(ids[2:]...), Remove: ids[:1]}
	if _, err := dying.edit(ctx, group, edit); !errors.Is(err, directory.ErrUnavailable) {
		b.Errorf("the function did not die: %v", err)
	}
}

// TestNoHalfChangeIsRead: a change is committed when a reader has read the group and not yet its
// members, and half of it is carried out. Every reader of members shows the whole change.
func TestNoHalfChangeIsRead(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		call int64 // reads the members
		read func(*bench, context.Context, directory.Group, []scim.ID) (int, error)
	}{
		"a list": {1, func(b *bench, ctx context.Context, g directory.Group, _ []scim.ID) (int, error) {
			all, err := b.acme.Groups().Members(ctx, []directory.Resource{g.Resource}, 100, 100)
			return len(all[0]), err
		}},
		"a page": {2, func(b *bench, ctx context.Context, g directory.Group, _ []scim.ID) (int, error) {
			_, page, _, err := b.acme.Groups().MemberPage(ctx, g.ID, "", 100)
			return len(page), err
		}},
		"a comparison": {1, func(b *bench, ctx context.Context, g directory.Group, ids []scim.ID) (int, error) {
			found, err := b.acme.Groups().MembersAmong(ctx, []directory.Resource{g.Resource}, ids)
			return len(found[g.ID]), err
		}},
		"users of a group": {3, func(b *bench, ctx context.Context, g directory.Group, _ []scim.ID) (int, error) {
			found, err := b.acme.Groups().UserIDs(ctx, g.ID, "", 0)
			return len(found), err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, nil, steps)
			ids := b.users(9)
			g := b.group("g", ids[:2]...)
			hook := func(next http.RoundTripper) http.RoundTripper {
				return &beforeCall{next: next, n: tt.call, do: func() { b.halfChange(g.ID, ids) }}
			}
			n, err := tt.read(onTable(t, b.table, hook, steps), t.Context(), g, ids)
			if n != 8 || err != nil {
				t.Errorf("%d members, %v; want 8", n, err)
			}
		})
	}
}

// Changes of one transaction each come after every read of the members, as while a provider adds
// its users: the reader succeeds. If these are large changes, it can't tell what is whole.
func TestReadAmongChanges(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		size int
		want error
	}{"small": {1, nil}, "large": {8, directory.ErrContention}} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, nil, steps)
			ids, reads := b.users(9), 0
			g := b.group("g", ids[8])
			change := func() {
				edit := directory.MemberEdit{Add: members(ids[:tt.size]...)}
				if reads++; reads%2 == 0 {
					edit = directory.MemberEdit{Remove: ids[:tt.size]}
				}
				if _, err := b.edit(t.Context(), g.ID, edit); err != nil {
					t.Error(err)
				}
			}
			reader := onTable(t, b.table, scripted(fault.Rule{Operation: "Query", Fault: passed(change)}), steps)
			_, page, _, err := reader.acme.Groups().MemberPage(t.Context(), g.ID, "", 100)
			if !errors.Is(err, tt.want) || len(page) == 0 || reads != 3 {
				t.Errorf("%d members after %d reads, %v; want %v", len(page), reads, err, tt.want)
			}
		})
	}
}

// Reading the members of a page of groups costs one more call for all groups: they are neighbors in
// the table. Groups that are scattered are read by their keys.
func TestCapacityOfMembers(t *testing.T) { // design: round trips and capacity
	t.Parallel()
	b := newBench(t, charge.Transactions)
	ids := b.users(1)
	for i := range 12 {
		b.group(fmt.Sprint("g", i), ids...)
	}
	page, _, err := b.acme.Page(t.Context(), directory.GroupKind, "", 100)
	if err != nil || len(page) != 12 {
		t.Fatal(len(page), err)
	}
	scattered := []directory.Resource{page[0], page[2], page[4], page[6], page[8], page[10]}
	for _, tt := range []struct {
		name   string
		groups []directory.Resource
		want   table.Usage
	}{
		{"one", page[:1], table.Usage{Calls: 2, Reads: 2}},
		{"a page of 12", page, table.Usage{Calls: 13, Reads: 13}},
		{"6 that are scattered", scattered, table.Usage{Calls: 8, Reads: 10}},
	} {
		ctx, meter := table.WithMeter(t.Context())
		if _, err := b.acme.Groups().Members(ctx, tt.groups, 100, 100); err != nil {
			t.Error(err)
		}
		if got := meter.Usage(); got != tt.want {
			t.Errorf("%s: used %+v, want %+v", tt.name, got, tt.want)
		}
	}
}
