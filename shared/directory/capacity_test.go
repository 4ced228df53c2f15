package directory_test

import (
	"context"
	"testing"

	"scimserver/shared/directory"
	"scimserver/shared/directory/table"
	"scimserver/shared/scim"
	"scimserver/shared/testkit/charge"
)

func TestCapacity(t *testing.T) { // design: round trips and capacity
	b := newBench(t, charge.Transactions)
	u := b.create("ann", "x", "ann@example.com")
	for _, tt := range []struct {
		what string
		do   func(context.Context) error
		want table.Usage
	}{
		{"create", func(ctx context.Context) error {
			return second(b.acme.CreateUser(ctx, user("bob", "y", "bob@example.com")))
		}, table.Usage{Calls: 1, Writes: 10}},
		{"get", func(ctx context.Context) error { return second(b.acme.User(ctx, u.ID)) }, table.Usage{Calls: 1, Reads: 1}},
		{"by userName", func(ctx context.Context) error { return second(b.acme.UserByName(ctx, "ann")) }, table.Usage{Calls: 2, Reads: 2}},
		{"by email", func(ctx context.Context) error { return second(b.acme.UserByEmail(ctx, "ann@example.com")) }, table.Usage{Calls: 2, Reads: 2}},
		{"by externalId", func(ctx context.Context) error { return second(b.acme.UsersByExternalID(ctx, "x")) }, table.Usage{Calls: 2, Reads: 2}},
		{"replace without claims", func(ctx context.Context) error {
			c := user("ann", "x", "ann@example.com")
			c.Doc = scim.Map(append(c.Doc.Members(), scim.Member{Name: "title", Value: scim.Text("t")})...)
			return second(b.acme.ReplaceUser(ctx, u.ID, nil, func(directory.User) (directory.Content, error) { return c, nil }))
		}, table.Usage{Calls: 2, Reads: 1, Writes: 1}},
		{"rename", func(ctx context.Context) error {
			c := user("anne", "x", "ann@example.com")
			return second(b.acme.ReplaceUser(ctx, u.ID, nil, func(directory.User) (directory.Content, error) { return c, nil }))
		}, table.Usage{Calls: 2, Reads: 1, Writes: 6}},
		{"replace by the same", func(ctx context.Context) error {
			c := user("anne", "x", "ann@example.com")
			return second(b.acme.ReplaceUser(ctx, u.ID, nil, func(directory.User) (directory.Content, error) { return c, nil }))
		}, table.Usage{Calls: 1, Reads: 1}},
		{"count", func(ctx context.Context) error { return second(b.acme.Count(ctx, directory.UserKind)) }, table.Usage{Calls: 1, Reads: 1}},
		{"delete", func(ctx context.Context) error { return b.acme.DeleteUser(ctx, u.ID, nil) }, table.Usage{Calls: 3, Writes: 11}},
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
