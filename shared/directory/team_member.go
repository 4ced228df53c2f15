package directory

import (
	"context"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// TeamMember is a person in a team, as that person is now.
type TeamMember struct {
	ID scim.ID
	// Kind is AccountKind, UserKind of a user of this tenant, or "": a user of another
	// tenant, who had an account when joining the team.
	Kind Kind
	Name string // the userName, "" of a user of another tenant
}

// Members reads a page of a team's members in the order of their ids: at most
// limit of them behind one. next is where to go on, "" at the end. The errors are
// ErrNotFound and ErrUnavailable.
func (t Teams) Members(ctx context.Context, id, after scim.ID, limit int) (page []TeamMember, next scim.ID, err error) {
	if _, err := t.Get(ctx, id); err != nil {
		return nil, "", err
	}
	edges, last, err := t.d.db.Query(ctx, table.Query{PK: t.keys.teamMembers(id), After: string(after), Limit: limit})
	if err != nil {
		return nil, "", err
	}
	r := &teamRoster{namespace: t.namespace, team: id, met: map[scim.ID]TeamMember{}, gone: map[scim.ID]bool{}}
	for _, edge := range edges {
		r.ids = append(r.ids, scim.ID(edge.Text("SK")))
	}
	err = r.read(ctx)
	return r.list(), scim.ID(last), err
}

// teamRoster finds out who the members of a team are.
type teamRoster struct {
	*namespace
	team scim.ID
	ids  []scim.ID
	met  map[scim.ID]TeamMember
	gone map[scim.ID]bool // or about to
}

// read looks for accounts and users of this tenant in one batch, and once more for
// those who are neither: an account may have become a user between the two reads,
// and somebody may have left the team.
func (r *teamRoster) read(ctx context.Context) error {
	if err := r.look(ctx, r.ids, r.accountKey, r.userKey); err != nil {
		return err
	}
	var rest []scim.ID
	for _, id := range r.ids {
		if _, met := r.met[id]; !met && !r.gone[id] {
			rest = append(rest, id)
		}
	}
	return r.look(ctx, rest, r.memberKey, r.userKey)
}

func (r *teamRoster) accountKey(id scim.ID) table.Key { return r.keys.person(AccountKind, id) }
func (r *teamRoster) userKey(id scim.ID) table.Key    { return r.keys.person(UserKind, id) }
func (r *teamRoster) memberKey(id scim.ID) table.Key  { return r.keys.teamMember(r.team, id) }

// look reads items of persons and notes what they tell.
func (r *teamRoster) look(ctx context.Context, ids []scim.ID, keys ...func(scim.ID) table.Key) error {
	var all []table.Key
	for _, id := range ids {
		for _, key := range keys {
			all = append(all, key(id))
		}
	}
	items, err := r.d.db.GetAll(ctx, all)
	if err != nil {
		return err
	}
	for _, item := range items {
		if err := r.note(item); err != nil {
			return err
		}
	}
	return nil
}

// note notes who an item shows. An edge shows only that somebody is in the team.
func (r *teamRoster) note(item table.Item) error {
	m := TeamMember{ID: scim.ID(item.Text("SK")), Kind: personKind(item)}
	if m.Kind == "" {
		if _, met := r.met[m.ID]; !met {
			r.met[m.ID] = m
		}
		return nil
	}
	if !alive(item) {
		r.gone[m.ID] = true
		return nil
	}
	u, err := userFrom(item)
	m.Name = u.Doc.Get("userName").Text()
	r.met[m.ID] = m
	return err
}

// list returns who was met, in the order of ids.
func (r *teamRoster) list() (page []TeamMember) {
	for _, id := range r.ids {
		if m, met := r.met[id]; met && !r.gone[id] {
			page = append(page, m)
		}
	}
	return page
}
