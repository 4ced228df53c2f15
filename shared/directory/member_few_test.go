package directory_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/testkit/charge"
)

// The group for the answer to a PATCH costs the same for every group of more members
// than the answer holds.
func TestCapacityOfFewMembers(t *testing.T) { // design: round trips and capacity
	b := newBench(t, charge.Transactions)
	for _, tt := range []struct {
		members int
		want    table.Usage // of a change that does not know the version
		err     error
	}{
		{10, table.Usage{Calls: 2, Reads: 2}, nil},
		{100, table.Usage{Calls: 2, Reads: 4}, nil},
		{101, table.Usage{Calls: 2, Reads: 4}, directory.ErrTooMany},
		{500, table.Usage{Calls: 2, Reads: 4}, directory.ErrTooMany},
	} {
		t.Run(fmt.Sprint(tt.members), func(t *testing.T) {
			g := b.group(fmt.Sprint("g", tt.members))
			b.seed(g.ID, tt.members)
			for _, exact := range []bool{false, true} {
				ctx, meter := table.WithMeter(t.Context())
				_, members, err := b.acme.Groups().FewMembers(ctx, directory.ChangeResult{Group: g, Exact: exact}, 100)
				want := tt.want
				if exact { // the group need not be read again
					want.Calls, want.Reads = want.Calls-1, want.Reads-1
				}
				if got := meter.Usage(); got != want || !errors.Is(err, tt.err) || err == nil && len(members) != tt.members {
					t.Errorf("exact %v: %d members, %v, used %+v, want %+v", exact, len(members), err, got, want)
				}
			}
		})
	}
}

// When others have changed the group meanwhile, the members are read after the version:
// a client that saw fewer members than the version has would undo the others' change.
func TestFewMembersAreNotOlderThanTheVersion(t *testing.T) { // P-3.14-1
	b := newBench(t, nil)
	ids := b.users(2)
	g := b.group("g", ids[0])
	mine, err := b.edit(t.Context(), g.ID, directory.MemberEdit{Remove: []scim.ID{"nobody"}})
	if err != nil {
		t.Fatal(err)
	}
	mine.Exact = false
	if _, err := b.edit(t.Context(), g.ID, directory.MemberEdit{Add: members(ids[1])}); err != nil {
		t.Fatal(err)
	}
	ctx, meter := table.WithMeter(t.Context())
	now, list, err := b.acme.Groups().FewMembers(ctx, mine, 100)
	if err != nil || now.Version != 2 || len(list) != 2 || meter.Usage().Calls != 3 {
		t.Errorf("version %d, %d members, %v, %+v", now.Version, len(list), err, meter.Usage())
	}
	if want := slices.Sorted(slices.Values(ids)); strings.Join([]string{string(list[0].ID), string(list[1].ID)}, " ") != fmt.Sprint(want[0], " ", want[1]) {
		t.Errorf("%v, want %v", list, want)
	}
}

// A group that has been deleted meanwhile is not found.
func TestFewMembersOfADeletedGroup(t *testing.T) {
	b := newBench(t, nil)
	g := b.group("g")
	if err := b.acme.Groups().Delete(t.Context(), g.ID, nil); err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.acme.Groups().FewMembers(t.Context(), directory.ChangeResult{Group: g}, 100); !errors.Is(err, directory.ErrNotFound) {
		t.Error(err)
	}
}
