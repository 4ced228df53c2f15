package directory_test

import (
	"context"
	"errors"
	"testing"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/testkit/charge"
)

func TestCapacity(t *testing.T) { // design: round trips and capacity
	b := newBench(t, charge.Transactions)
	u := b.create("ann", "x", "ann@example.com")
	eve := b.create("eve", "z", "eve@example.com")
	for _, tt := range []struct {
		what string
		do   func(context.Context) error
		want table.Usage
	}{
		{"create", func(ctx context.Context) error {
			return second(b.acme.Users().Create(ctx, user("bob", "y", "bob@example.com")))
		}, table.Usage{Calls: 1, Writes: 10}},
		{"get", func(ctx context.Context) error {
			return second(b.acme.Users().Get(ctx, u.ID))
		}, table.Usage{Calls: 1, Reads: 1}},
		{"by userName", func(ctx context.Context) error {
			return second(b.acme.Users().ByName(ctx, "ann"))
		}, table.Usage{Calls: 2, Reads: 2}},
		{"by email", func(ctx context.Context) error {
			return second(b.acme.Users().ByEmail(ctx, "ann@example.com"))
		}, table.Usage{Calls: 2, Reads: 2}},
		{"by externalId", func(ctx context.Context) error {
			return second(b.acme.Users().ByExternalID(ctx, "x"))
		}, table.Usage{Calls: 2, Reads: 2}},
		{"replace without claims", func(ctx context.Context) error {
			c := user("ann", "x", "ann@example.com")
			c.Doc = scim.Map(append(c.Doc.Members(), scim.Member{Name: "title", Value: scim.Text("t")})...)
			return second(b.acme.Users().Replace(ctx, u.ID, nil, setTo(c)))
		}, table.Usage{Calls: 2, Reads: 1, Writes: 1}},
		{"rename", func(ctx context.Context) error {
			c := user("anne", "x", "ann@example.com")
			return second(b.acme.Users().Replace(ctx, u.ID, nil, setTo(c)))
		}, table.Usage{Calls: 2, Reads: 1, Writes: 6}},
		{"replace by the same", func(ctx context.Context) error {
			c := user("anne", "x", "ann@example.com")
			return second(b.acme.Users().Replace(ctx, u.ID, nil, setTo(c)))
		}, table.Usage{Calls: 1, Reads: 1}},
		{"count", func(ctx context.Context) error {
			return second(b.acme.Count(ctx, directory.UserKind))
		}, table.Usage{Calls: 1, Reads: 1}},
		{"delete", func(ctx context.Context) error {
			return b.acme.Users().Delete(ctx, eve.ID, nil)
		}, table.Usage{Calls: 3, Writes: 11}},
		{"delete within 30 s of a replace", func(ctx context.Context) error {
			return b.acme.Users().Delete(ctx, u.ID, nil)
		}, table.Usage{Calls: 3, Writes: 13}},
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

// The cost of an email conflict: of the provider's request, of recording the conflict, and of
// connecting the account.
func TestCapacityOfConflicts(t *testing.T) {
	t.Parallel()
	b := newBench(t, charge.Transactions)
	wanted := user("ann@example.com", "x1", "ann@example.com")
	a := b.account("ann@example.com", "ann@example.com")
	var lost *directory.TakenError
	for _, tt := range []struct {
		what string
		do   func(context.Context) error
		want table.Usage
	}{
		{"a create that loses", func(ctx context.Context) error {
			_, err := b.acme.Users().Create(ctx, wanted)
			if errors.As(err, &lost) {
				return nil
			}
			return err
		}, table.Usage{Calls: 3, Reads: 2}}, // the service charges for what it refuses, and does not say so
		{"its first note", func(ctx context.Context) error {
			return second(b.acme.Conflicts().Record(ctx, lost))
		}, table.Usage{Calls: 3, Reads: 1, Writes: 2}},
		{"another", func(ctx context.Context) error {
			return second(b.acme.Conflicts().Record(ctx, lost))
		}, table.Usage{Calls: 2, Reads: 1, Writes: 1}},
		{"an approval", func(ctx context.Context) error {
			return second(b.acme.Conflicts().Approve(ctx, b.conflictID(), "op", a.ID))
		}, table.Usage{Calls: 3, Reads: 2, Writes: 2}},
		{"the connection", func(ctx context.Context) error {
			return second(b.acme.Users().Create(ctx, wanted))
		}, table.Usage{Calls: 4, Reads: 3, Writes: 18}},
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

// conflictID is the id of the one conflict of the tenant.
func (b *bench) conflictID() directory.ConflictID {
	b.Helper()
	page, _, err := b.acme.Conflicts().List(b.Context(), "", 2)
	if err != nil || len(page) != 1 {
		b.Fatalf("%v, %v", page, err)
	}
	return page[0].ID
}
