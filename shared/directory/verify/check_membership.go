package verify

import (
	"context"
	"fmt"

	"scimserver/shared/table"
)

// edgeSubject is a membership in a group that may lack something.
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
	if s.member != s.of { // a snapshot reads no item twice
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
		lone: halfForward, loneReverse: halfReverse,
	}
	if found[other.forward()] != nil && r.hasReverse {
		text := fmt.Sprintf("the two items of %s in %s differ in the kind of the member", s.member, s.of)
		return []Finding{badEdge(s.of.tenant, text)}, nil
	}
	return r.judge(s.member, found[s.member.key()]), nil
}

// otherMember is the other kind that a member of a group can have.
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
	lone, loneReverse      string // advice where only the one item, or the other, is there
}

// judge says what is wrong with a membership. The deletion of a group or team first marks
// it, then removes the reverse items and after them the forward ones, and no member waits
// for what is marked.
func (r relation) judge(member resource, memberItem table.Item) []Finding {
	switch {
	case !r.hasForward && !r.hasReverse, !r.hasReverse && isDeleting(r.ofItem):
		return nil
	case r.ofItem == nil:
		return []Finding{r.orphan(r.of)}
	case memberItem == nil:
		return []Finding{r.orphan(member)}
	case !r.hasReverse:
		return []Finding{{Kind: HalfMembership, Tenant: r.tenant, Advice: r.lone,
			Text: r.name + " is not recorded with the member: it lists the member, who does not have it"}}
	case !r.hasForward:
		return []Finding{{Kind: HalfMembership, Tenant: r.tenant, Advice: r.loneReverse,
			Text: r.name + " is only recorded with the member: it is not listed there"}}
	}
	return nil
}

// orphan is the finding that one end of a membership does not exist. Ids are never used
// again, so nobody can need what is left of it.
func (r relation) orphan(end resource) Finding {
	return Finding{Kind: OrphanedMember, Tenant: r.tenant, Advice: repairAdvice,
		Text:   fmt.Sprintf("%s: %s does not exist", r.name, end),
		Repair: "remove the membership, if " + end.String() + " still does not exist",
		writes: []table.Write{unchanged(end, nil), table.Delete(r.forward), table.Delete(r.reverse)},
	}
}

// teamSubject is a membership in a team that may lack something. The person is an account, a
// user of the same tenant, or a user of another one who was an account before.
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
	if exists && item == nil { // an account that has just become a user, or who has just been deleted
		return s.check(ctx, c)
	}
	r := relation{
		tenant: s.of.tenant, name: fmt.Sprintf("the membership of %s in %s", person, s.of),
		of: s.of, ofItem: found[s.of.key()], forward: forward, reverse: reverse,
		hasForward: found[forward] != nil, hasReverse: found[reverse] != nil,
		lone: halfTeam, loneReverse: halfTeam,
	}
	all := r.judge(person, item)
	if all == nil && r.hasForward && item != nil && item.Text("teams") == "" {
		all = []Finding{unmarkedPerson(person, s.of)}
	}
	return all, nil
}

func unmarkedPerson(person, of resource) Finding {
	return Finding{Kind: UnmarkedPerson, Tenant: of.tenant, Advice: repairAdvice,
		Text: fmt.Sprintf("%s is in %s, but its item does not say so: its deletion would leave the membership", person,
			of),
		Repair: "mark the item, if it still exists",
		writes: []table.Write{table.Update(person.key(), table.Item{"teams": "yes"}).
			WithCondition("attribute_exists(PK)", nil)},
	}
}

// findPerson finds out what a person is: an account, a user of the team's tenant, or a user
// of another one. An account may become a user meanwhile, so accounts are read first. Who
// does not exist is taken for an account.
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

// findUser finds the user of an id in some tenants, nil if there is none.
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
