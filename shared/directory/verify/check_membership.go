package verify

import (
	"context"
	"fmt"

	"scimserver/shared/table"
)

// edgeSubject is a membership in a group that may be incomplete.
type edgeSubject struct{ membership }

// forward and reverse are the keys of the membership's two items.
func (m membership) forward() table.Key {
	letter := string(m.member.kind[:1])
	return table.Key{PK: inTenant(m.of.tenant) + "MEMBERS#" + m.of.id, SK: letter + "#" + m.member.id}
}

func (m membership) reverse() table.Key {
	return table.Key{PK: inTenant(m.of.tenant) + "MEMBEROF#" + m.member.id[:1], SK: m.member.id + "#" + m.of.id}
}

func (s edgeSubject) check(ctx context.Context, c *checker) ([]Finding, error) {
	forward, reverse := s.forward(), s.reverse()
	other := s.membership
	other.member.kind = otherMember(s.member.kind)
	keys := []table.Key{forward, reverse, s.of.key(), other.forward()}
	if s.member != s.of { // a snapshot must not name an item twice
		keys = append(keys, s.member.key())
	}
	found, err := c.read(ctx, keys...)
	if err != nil {
		return nil, err
	}
	r := relation{
		tenant: s.of.tenant, name: fmt.Sprintf("the membership of %s in %s", s.member, s.of),
		of: s.of, ofItem: found[s.of.key()], forward: forward, reverse: reverse,
		hasForward: found[forward] != nil, hasReverse: found[reverse] != nil,
		forwardAdvice: halfForward, reverseAdvice: halfReverse,
	}
	if found[other.forward()] != nil && r.hasReverse {
		text := r.name + " has two items that differ in the kind of the member"
		return []Finding{badEdge(s.of.tenant, text)}, nil
	}
	return r.findings(s.member, found[s.member.key()]), nil
}

// otherMember returns the other of the two kinds that a member of a group can have.
func otherMember(k kind) kind {
	if k == user {
		return group
	}
	return user
}

// relation is a membership in a group or team, as a snapshot shows it.
type relation struct {
	tenant, name           string
	of                     resource
	ofItem                 table.Item
	forward, reverse       table.Key
	hasForward, hasReverse bool
	forwardAdvice          string // if only the forward item exists
	reverseAdvice          string // if only the reverse item exists
}

// findings returns what is wrong with a membership. The deletion of a group or team marks it
// first, then removes the reverse items, and then the forward items. So a marked group or
// team may have forward items alone. Their members may be deleted already, because the
// deletion of a member does not wait for a marked group.
func (r relation) findings(member resource, memberItem table.Item) []Finding {
	switch {
	case !r.hasForward && !r.hasReverse, !r.hasReverse && isDeleting(r.ofItem):
		return nil
	case r.ofItem == nil:
		return []Finding{r.orphan(r.of)}
	case memberItem == nil:
		return []Finding{r.orphan(member)}
	case !r.hasReverse:
		return []Finding{{Kind: HalfMembership, Tenant: r.tenant, Advice: r.forwardAdvice,
			Text: r.name + " is only in the list of members, and not in the member's list"}}
	case !r.hasForward:
		return []Finding{{Kind: HalfMembership, Tenant: r.tenant, Advice: r.reverseAdvice,
			Text: r.name + " is only in the member's list, and not in the list of members"}}
	}
	return nil
}

// orphan is the finding that one end of a membership does not exist. Ids are never reused, so
// the rest of the membership can be removed.
func (r relation) orphan(end resource) Finding {
	return Finding{Kind: OrphanedMember, Tenant: r.tenant, Advice: repairAdvice,
		Text:   fmt.Sprintf("%s: %s does not exist", r.name, end),
		Repair: "remove the membership, if " + end.String() + " still does not exist",
		writes: []table.Write{unchanged(end, nil), table.Delete(r.forward), table.Delete(r.reverse)},
	}
}

// teamSubject is a membership in a team that may be incomplete. The person is an account, a
// user of the same tenant, or a user of another tenant who was an account before.
type teamSubject struct {
	of     resource
	person string
}

func (s teamSubject) check(ctx context.Context, c *checker) ([]Finding, error) {
	forward := table.Key{PK: inTenant(s.of.tenant) + "TEAMMEMBERS#" + s.of.id, SK: s.person}
	reverse := table.Key{PK: "TEAMOF#" + s.person, SK: s.of.tenant + "#" + s.of.id}
	person, exists, err := c.findPerson(ctx, s.of.tenant, s.person)
	if err != nil {
		return nil, err
	}
	found, err := c.read(ctx, forward, reverse, s.of.key(), person.key())
	item := found[person.key()]
	if err != nil {
		return nil, err
	}
	if exists && item == nil { // the account has just become a user, or the person was deleted
		return s.check(ctx, c)
	}
	r := relation{
		tenant: s.of.tenant, name: fmt.Sprintf("the membership of %s in %s", person, s.of),
		of: s.of, ofItem: found[s.of.key()], forward: forward, reverse: reverse,
		hasForward: found[forward] != nil, hasReverse: found[reverse] != nil,
		forwardAdvice: halfTeam, reverseAdvice: halfTeam,
	}
	all := r.findings(person, item)
	if all == nil && r.hasForward && item != nil && item.Text("teams") == "" {
		all = []Finding{unmarkedPerson(person, s.of)}
	}
	return all, nil
}

func unmarkedPerson(person, of resource) Finding {
	return Finding{Kind: UnmarkedPerson, Tenant: of.tenant, Advice: repairAdvice,
		Text: fmt.Sprintf("the item of %s, a member of %s, does not have the mark of team members: "+
			"its deletion would not remove the membership", person, of),
		Repair: "mark the item, if it still exists",
		writes: []table.Write{table.Update(person.key(), table.Item{"teams": "yes"}).
			WithCondition("attribute_exists(PK)", nil)},
	}
}

// findPerson finds a person: an account, a user of the tenant near, or a user of another
// tenant. It reads accounts first, because an account may become a user meanwhile. If the
// person does not exist, it returns an account.
func (c *checker) findPerson(ctx context.Context, near, id string) (person resource, exists bool, err error) {
	person = resource{"", account, id}
	item, err := c.db.Get(ctx, person.key())
	if err != nil || item != nil {
		return person, item != nil, err
	}
	look := func(tenants []string) error {
		found, err := c.findUser(ctx, tenants, id)
		if found != nil {
			person, exists = *found, true
		}
		return err
	}
	if err := look([]string{near}); err != nil || exists {
		return person, exists, err
	}
	err = c.db.Walk(ctx, table.Query{PK: "TENANT", Only: "SK"}, func(page []table.Item, _ string) (bool, error) {
		tenants := make([]string, len(page))
		for i, one := range page {
			tenants[i] = one.Text("SK")
		}
		err := look(tenants)
		return !exists, err
	})
	return person, exists, err
}

// findUser finds the user with an id in some tenants. It returns nil if there is none.
func (c *checker) findUser(ctx context.Context, tenants []string, id string) (*resource, error) {
	keys := make([]table.Key, len(tenants))
	for i, tenant := range tenants {
		keys[i] = resource{tenant, user, id}.key()
	}
	users, err := c.db.GetAll(ctx, keys)
	if err != nil || len(users) == 0 {
		return nil, err
	}
	return &resource{tenantIn(users[0].Text("PK")), user, id}, nil
}
