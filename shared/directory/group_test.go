package directory_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

// group makes a group's document.
func group(name, externalID string) scim.Value {
	members := []scim.Member{{Name: "schemas", Value: scim.Texts(scim.GroupSchema)}}
	if externalID != "" {
		members = append(members, scim.Member{Name: "externalId", Value: scim.Text(externalID)})
	}
	return scim.Map(append(members, scim.Member{Name: "displayName", Value: scim.Text(name)})...)
}

func members(ids ...scim.ID) (all []directory.Member) {
	for _, id := range ids {
		all = append(all, directory.Member{ID: id})
	}
	return all
}

func (b *bench) group(name string, ids ...scim.ID) directory.Group {
	b.Helper()
	out, err := b.acme.Groups().Create(b.Context(), group(name, ""), directory.MemberEdit{Add: members(ids...)})
	if err != nil {
		b.Fatalf("create group %s: %v", name, err)
	}
	return out.Group
}

// users creates n users and returns their ids.
func (b *bench) users(n int) (ids []scim.ID) {
	b.Helper()
	var work sync.WaitGroup
	ids = make([]scim.ID, n)
	for i := range ids {
		work.Go(func() { ids[i] = b.create(uuid.NewString(), "").ID })
	}
	work.Wait()
	return ids
}

// edit changes a group's members without reading them.
func (b *bench) edit(ctx context.Context, id scim.ID, e directory.MemberEdit) (directory.ChangeResult, error) {
	near := slices.Clone(e.Remove)
	for _, m := range e.Add {
		near = append(near, m.ID)
	}
	return b.acme.Groups().Change(ctx, id, nil, near, func(d *directory.Draft) (directory.Edit, error) {
		return directory.Edit{Doc: d.Doc, Members: e}, nil
	})
}

// replaceMembers makes ids the members of a group.
func (b *bench) replaceMembers(ctx context.Context, id scim.ID, ids []scim.ID) (directory.ChangeResult, error) {
	return b.acme.Groups().Change(ctx, id, nil, nil, func(d *directory.Draft) (directory.Edit, error) {
		e := directory.Edit{Doc: d.Doc}
		all, err := d.Members(ctx)
		for _, m := range all {
			if !slices.Contains(ids, m.ID) {
				e.Members.Remove = append(e.Members.Remove, m.ID)
			}
		}
		for _, id := range ids {
			if !slices.ContainsFunc(all, func(m directory.Member) bool { return m.ID == id }) {
				e.Members.Add = append(e.Members.Add, directory.Member{ID: id})
			}
		}
		return e, err
	})
}

// memberIDs returns the ids of a group's members in order.
func (b *bench) memberIDs(id scim.ID) (ids []scim.ID) {
	b.Helper()
	all, err := b.acme.Groups().Members(b.Context(), []directory.Resource{{ID: id}}, 0, 1_000_000)
	if err != nil {
		b.Fatal(err)
	}
	for _, m := range all[0] {
		ids = append(ids, m.ID)
	}
	slices.Sort(ids)
	return ids
}

func sorted(ids ...scim.ID) []scim.ID {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	return ids
}

func (b *bench) has(id scim.ID, want ...scim.ID) {
	b.Helper()
	if got := b.memberIDs(id); !slices.Equal(got, sorted(want...)) {
		b.Errorf("%d members, want %d", len(got), len(want))
	}
}

func TestGroupLife(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	ids := b.users(5)
	g := b.group("Tour Guides", ids[0], ids[1])
	b.has(g.ID, ids[0], ids[1])
	out, err := b.edit(t.Context(), g.ID,
		directory.MemberEdit{Add: members(ids[1], ids[2]), Remove: []scim.ID{ids[0], ids[4]}})
	if err != nil || len(out.Added) != 1 || out.Added[0].Kind != directory.UserKind {
		t.Fatalf("%+v, %v", out, err)
	}
	b.has(g.ID, ids[1], ids[2])
	if out, err := b.edit(t.Context(), g.ID, directory.MemberEdit{
		Add: members(ids[1]), Remove: []scim.ID{ids[0]},
	}); err != nil || out.Group.Version != 2 || !out.Exact {
		t.Errorf("nothing to do: %+v, %v", out, err)
	}
	if _, err := b.replaceMembers(t.Context(), g.ID, []scim.ID{ids[2], ids[3]}); err != nil {
		t.Fatal(err)
	}
	b.has(g.ID, ids[2], ids[3])
	b.verify(5)
	var unknown *directory.UnknownMembersError
	if _, err := b.edit(t.Context(), g.ID, directory.MemberEdit{
		Add: members(ids[0], "nobody", "no#key", ""),
	}); !errors.As(err, &unknown) || !slices.Equal(unknown.IDs, []scim.ID{"nobody", "no#key", ""}) {
		t.Errorf("unknown members: %v", err)
	}
	b.has(g.ID, ids[2], ids[3])
	out, err = b.edit(t.Context(), g.ID,
		directory.MemberEdit{Add: members(ids[0], "nobody", "no#key"), SkipUnknown: true})
	if err != nil || len(out.Skipped) != 2 || len(out.Added) != 1 {
		t.Errorf("unknown members skipped: %+v, %v", out, err)
	}
	if _, err := b.acme.Groups().Create(t.Context(),
		group("TOUR guides", ""), directory.MemberEdit{}); fmt.Sprint(taken(err)) != "[displayName=TOUR guides]" {
		t.Errorf("the same name: %v", err)
	}
	if err := b.acme.Users().Delete(t.Context(), ids[2], nil); err != nil {
		t.Fatal(err)
	}
	b.has(g.ID, ids[0], ids[3])
	b.verify(4)
	if err := b.acme.Groups().Delete(t.Context(), g.ID, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := b.acme.Groups().Get(t.Context(), g.ID); !errors.Is(err, directory.ErrNotFound) {
		t.Errorf("%v", err)
	}
	b.verify(4)
	b.group("Tour Guides")
	b.verify(4)
}

// The rules for the name of a group are less strict than for a username, because nobody signs in with it.
func TestNamesOfGroups(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	for _, name := range []string{"\u2b50\ufe0f Admins", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "Team "} {
		b.group(name)
		if _, err := b.acme.Users().Create(t.Context(), user(name, "")); err == nil {
			t.Errorf("a user may be %q", name)
		}
	}
	for _, name := range []string{" ", "a\x01b", "a\u0085"} {
		if _, err := b.acme.Groups().Create(t.Context(), group(name, ""), directory.MemberEdit{}); err == nil {
			t.Errorf("a group may be %q", name)
		}
	}
	b.verify(0)
}

// steps limits a transaction to two members, so that larger changes take several steps.
func steps(o *directory.Options) { o.Step, o.Settle = 2, time.Millisecond }

func TestLargeChange(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil, steps)
	ids := b.users(12)
	g := b.group("large", ids[:7]...)
	b.has(g.ID, ids[:7]...)
	b.verify(12)
	if _, err := b.edit(t.Context(), g.ID,
		directory.MemberEdit{Add: members(ids[5:]...), Remove: ids[:3]}); err != nil {
		t.Fatal(err)
	}
	b.has(g.ID, ids[3:]...)
	if _, err := b.replaceMembers(t.Context(), g.ID, ids[:4]); err != nil {
		t.Fatal(err)
	}
	b.has(g.ID, ids[:4]...)
	b.verify(12)
	if out, err := b.edit(t.Context(), g.ID, directory.MemberEdit{
		Add: append(members(ids...), members("x", "y")...), SkipUnknown: true,
	}); err != nil || len(out.Skipped) != 2 {
		t.Errorf("%+v, %v", out, err)
	}
	b.has(g.ID, ids...)
	if err := b.acme.Groups().Delete(t.Context(), g.ID, nil); err != nil {
		t.Fatal(err)
	}
	b.verify(12)
}

func TestMemberships(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	ids := b.users(8)
	inner := b.group("inner", ids[:4]...)
	outer := b.group("outer", inner.ID, ids[0], ids[5])
	top := b.group("top", outer.ID)
	u, groups, err := b.acme.Users().GetWithGroups(t.Context(), ids[0])
	if err != nil || u.ID != ids[0] {
		t.Fatal(err)
	}
	want := map[scim.ID]directory.Membership{
		inner.ID: {Group: inner.ID, Display: "inner", Direct: true},
		outer.ID: {Group: outer.ID, Display: "outer", Direct: true},
		top.ID:   {Group: top.ID, Display: "top"},
	}
	if len(groups) != 3 {
		t.Errorf("%+v", groups)
	}
	for _, g := range groups {
		if want[g.Group] != g {
			t.Errorf("%+v", g)
		}
	}
	all, err := b.acme.Groups().OfUsers(t.Context(), ids)
	if err != nil || len(all[ids[1]]) != 3 || len(all[ids[5]]) != 2 || len(all[ids[6]]) != 0 ||
		!slices.Equal(all[ids[0]], groups) {
		t.Errorf("%+v, %v", all, err)
	}
	in, err := b.acme.Groups().UserIDs(t.Context(), top.ID, "", 0)
	if err != nil || !slices.Equal(in, sorted(ids[0], ids[1], ids[2], ids[3], ids[5])) {
		t.Errorf("%v, %v", in, err)
	}
	for _, tt := range []struct{ group, member scim.ID }{{inner.ID, top.ID}, {inner.ID, inner.ID}, {outer.ID, top.ID}} {
		_, err := b.edit(t.Context(), tt.group, directory.MemberEdit{Add: members(tt.member)})
		if !errors.Is(err, directory.ErrCycle) {
			t.Errorf("a cycle: %v", err)
		}
	}
	if err := b.acme.Groups().Delete(t.Context(), outer.ID, nil); err != nil {
		t.Fatal(err)
	}
	b.has(top.ID)
	b.verify(8)
}

func TestDepthIsBounded(t *testing.T) { // design: nested groups
	b := newBench(t, nil)
	chain := []directory.Group{b.group("0")}
	for i := 1; i < directory.MaxDepth; i++ {
		chain = append(chain, b.group(fmt.Sprint(i), chain[i-1].ID))
	}
	if _, err := b.acme.Groups().Create(t.Context(), group("one more", ""),
		directory.MemberEdit{Add: members(chain[len(chain)-1].ID)}); !errors.Is(err, directory.ErrDepth) {
		t.Errorf("above: %v", err)
	}
	lone := b.group("lone")
	if _, err := b.edit(t.Context(), chain[0].ID,
		directory.MemberEdit{Add: members(lone.ID)}); !errors.Is(err, directory.ErrDepth) {
		t.Errorf("below: %v", err)
	}
	b.verify(0)
}
