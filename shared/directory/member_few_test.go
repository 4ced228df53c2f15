package directory_test

import (
	"errors"
	"fmt"
	"testing"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/testkit/charge"
)

// Reading the group for the answer to a PATCH costs the same for all groups that are too large
// for the answer.
func TestCapacityOfFewMembers(t *testing.T) { // design: round trips and capacity
	b := newBench(t, charge.Transactions)
	for _, tt := range []struct {
		members int
		want    table.Usage
		err     error
	}{
		{10, table.Usage{Calls: 2, Reads: 2}, nil},
		{100, table.Usage{Calls: 2, Reads: 4}, nil},
		{101, table.Usage{Calls: 1, Reads: 3}, directory.ErrTooMany},
		{500, table.Usage{Calls: 1, Reads: 3}, directory.ErrTooMany},
	} {
		t.Run(fmt.Sprint(tt.members), func(t *testing.T) {
			g := b.group(fmt.Sprint("g", tt.members))
			b.seed(g.ID, tt.members)
			ctx, meter := table.WithMeter(t.Context())
			_, members, err := b.acme.Groups().FewMembers(ctx, directory.ChangeResult{Group: g}, 100)
			if got := meter.Usage(); got != tt.want || !errors.Is(err, tt.err) ||
				err == nil && len(members) != tt.members {
				t.Errorf("%d members, %v, used %+v, want %+v", len(members), err, got, tt.want)
			}
		})
	}
}

// When others have changed the group meanwhile, no members belong to the version of the
// change: a client that relied on them would undo the other change.
func TestFewMembersBelongToTheVersion(t *testing.T) { // P-3.14-1
	b := newBench(t, nil)
	ids := b.users(2)
	g := b.group("g", ids[0])
	mine, err := b.edit(t.Context(), g.ID, directory.MemberEdit{Remove: []scim.ID{"nobody"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, list, err := b.acme.Groups().FewMembers(t.Context(), mine, 100); err != nil || len(list) != 1 {
		t.Errorf("before another change: %v, %v", list, err)
	}
	if _, err := b.edit(t.Context(), g.ID, directory.MemberEdit{Add: members(ids[1])}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.acme.Groups().FewMembers(t.Context(), mine, 100); !errors.Is(err, directory.ErrContention) {
		t.Errorf("after another change: %v", err)
	}
}

// A group that has been deleted meanwhile is not found.
func TestFewMembersOfADeletedGroup(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	g := b.group("g")
	if err := b.acme.Groups().Delete(t.Context(), g.ID, nil); err != nil {
		t.Fatal(err)
	}
	_, _, err := b.acme.Groups().FewMembers(t.Context(), directory.ChangeResult{Group: g}, 100)
	if !errors.Is(err, directory.ErrNotFound) {
		t.Error(err)
	}
}
