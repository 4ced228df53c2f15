package directory_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/testkit/fault"
)

// halfDeleted is a bench with n users in one group, whose deletions were interrupted after the
// mark.
func halfDeleted(t *testing.T, n int) (b *bench, g scim.ID, ids []scim.ID) {
	b = newBench(t, nil)
	for i := range n {
		ids = append(ids, b.create(fmt.Sprint("ann", i), fmt.Sprint("x", i), fmt.Sprintf("ann%d@example.com", i)).ID)
	}
	made, err := b.acme.Groups().Create(t.Context(), group("crew", ""), directory.MemberEdit{Add: members(ids...)})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		dying, ctx := b.mortal(1, false)
		if err := dying.acme.Users().Delete(ctx, id, nil); err == nil {
			t.Fatal("the function did not die")
		}
	}
	return b, made.Group.ID, ids
}

// sizes are the number of users of the tenant, and of members of a group.
func (b *bench) sizes(g scim.ID) (users, members int) {
	b.Helper()
	users, err := b.acme.Count(b.Context(), directory.UserKind)
	if err != nil {
		b.Fatal(err)
	}
	lists, err := b.acme.Groups().Members(b.Context(), []directory.Resource{{ID: g}}, 100, 100)
	if err != nil {
		b.Fatal(err)
	}
	return users, len(lists[0])
}

// Each request that leaves out a half deleted user finishes the deletion: later requests neither
// count the user nor list it as a member.
func TestReadsFinishDeletions(t *testing.T) {
	t.Parallel()
	scan := func(ctx context.Context, b *bench) (n int, err error) {
		err = b.acme.Scan(ctx, directory.UserKind, func(_ context.Context, some []directory.Resource) error {
			n += len(some)
			return nil
		})
		return n, err
	}
	found := func(users []directory.User, err error) (int, error) { return len(users), err }
	for name, read := range map[string]func(context.Context, *bench, scim.ID) (int, error){
		"by id": func(ctx context.Context, b *bench, id scim.ID) (int, error) {
			return found(b.acme.Users().ByID(ctx, string(id)))
		},
		"by ids": func(ctx context.Context, b *bench, id scim.ID) (int, error) {
			return found(b.acme.Users().GetAll(ctx, []scim.ID{id}))
		},
		"by userName": func(ctx context.Context, b *bench, _ scim.ID) (int, error) {
			return found(b.acme.Users().ByName(ctx, "ann0"))
		},
		"by externalId": func(ctx context.Context, b *bench, _ scim.ID) (int, error) {
			return found(b.acme.Users().ByExternalID(ctx, "x0"))
		},
		"page": func(ctx context.Context, b *bench, _ scim.ID) (int, error) {
			page, _, err := b.acme.Page(ctx, directory.UserKind, "", 100)
			return len(page), err
		},
		"scan": func(ctx context.Context, b *bench, _ scim.ID) (int, error) { return scan(ctx, b) },
		"change": func(ctx context.Context, b *bench, id scim.ID) (int, error) {
			_, err := b.acme.Users().Replace(ctx, id, nil, titled("t"))
			if errors.Is(err, directory.ErrNotFound) {
				return 0, nil
			}
			return 1, err
		},
	} {
		t.Run(name, func(t *testing.T) {
			b, g, ids := halfDeleted(t, 1)
			if users, members := b.sizes(g); users != 1 || members != 1 {
				t.Fatalf("%d users and %d members before", users, members)
			}
			if n, err := read(t.Context(), b, ids[0]); n != 0 || err != nil {
				t.Fatalf("found %d, %v", n, err)
			}
			if users, members := b.sizes(g); users != 0 || members != 0 {
				t.Errorf("%d users and %d members are left", users, members)
			}
			b.verify(0)
		})
	}
}

// One read finishes eight deletions, and leaves out the others.
func TestReadsFinishFewDeletions(t *testing.T) {
	t.Parallel()
	b, g, _ := halfDeleted(t, 10)
	for _, left := range []int{2, 0} {
		if page, _, err := b.acme.Page(t.Context(), directory.UserKind, "", 100); len(page) != 0 || err != nil {
			t.Fatalf("%d users, %v", len(page), err)
		}
		if users, members := b.sizes(g); users != left || members != left {
			t.Errorf("%d users and %d members are left, want %d", users, members, left)
		}
	}
	b.verify(0)
}

// A read also finishes the deletion of a group. If it can't finish a deletion, its answer is the
// same.
func TestReadsFinishDeletionsOfGroups(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	u := b.create("ann", "")
	made, err := b.acme.Groups().Create(t.Context(), group("crew", ""), directory.MemberEdit{Add: members(u.ID)})
	if err != nil {
		t.Fatal(err)
	}
	dying, ctx := b.mortal(1, false)
	_ = dying.acme.Groups().Delete(ctx, made.Group.ID, nil)
	cut := onTable(t, b.table, scripted(fault.Rule{Operation: "Query", Fault: fault.Refused}))
	if _, err := cut.acme.Groups().Get(t.Context(), made.Group.ID); !errors.Is(err, directory.ErrNotFound) {
		t.Errorf("where it can't be finished: %v", err)
	}
	ctx, meter := table.WithMeter(t.Context())
	if _, err := b.acme.Groups().Change(ctx, made.Group.ID, nil, nil, nil); !errors.Is(err, directory.ErrNotFound) {
		t.Errorf("%v", err)
	}
	if meter.Usage().Writes == 0 {
		t.Error("the change did not finish the deletion")
	}
	b.verify(1)
}
