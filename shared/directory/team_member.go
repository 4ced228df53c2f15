package directory

import (
	"context"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// TeamMember is a person in a team.
type TeamMember struct {
	ID scim.ID
	// Kind is AccountKind for an account, and UserKind for a user of this tenant. It is ""
	// for an account that joined the team and has become a user of another tenant since.
	Kind Kind
	Name string // the userName; "" for a user of another tenant
}

// Members reads a page of a team's members in the order of their ids: at most limit members
// after the id after. next is the id to continue after, or "" at the end. The errors are
// ErrNotFound and ErrUnavailable.
func (t Teams) Members(ctx context.Context, id, after scim.ID, limit int) (page []TeamMember, next scim.ID, err error) {
	if _, err := t.Get(ctx, id); err != nil {
		return nil, "", err
	}
	edges, last, err := t.d.db.Query(ctx, table.Query{PK: t.keys.teamMembers(id), After: string(after), Limit: limit})
	if err != nil {
		return nil, "", err
	}
	r := &teamMemberReader{
		namespace: t.namespace,
		team:      id,
		found:     map[scim.ID]TeamMember{},
		deleting:  map[scim.ID]bool{},
	}
	for _, edge := range edges {
		r.ids = append(r.ids, itemID(edge))
	}
	err = r.read(ctx)
	return r.list(), scim.ID(last), err
}

// teamMemberReader finds out who the members of a team are.
type teamMemberReader struct {
	*namespace
	team     scim.ID
	ids      []scim.ID
	found    map[scim.ID]TeamMember
	deleting map[scim.ID]bool // persons who are being deleted
}

// read looks for accounts and users of this tenant in one batch. It then looks once more for
// the users and edges of the persons whom it did not find: an account may have become a user
// meanwhile, and a person may have left the team.
func (r *teamMemberReader) read(ctx context.Context) error {
	if err := r.readItems(ctx, r.ids, r.accountKey, r.userKey); err != nil {
		return err
	}
	var rest []scim.ID
	for _, id := range r.ids {
		if _, found := r.found[id]; !found && !r.deleting[id] {
			rest = append(rest, id)
		}
	}
	return r.readItems(ctx, rest, r.memberKey, r.userKey)
}

func (r *teamMemberReader) accountKey(id scim.ID) table.Key { return r.keys.person(AccountKind, id) }
func (r *teamMemberReader) userKey(id scim.ID) table.Key    { return r.keys.person(UserKind, id) }
func (r *teamMemberReader) memberKey(id scim.ID) table.Key  { return r.keys.teamMember(r.team, id) }

// readItems reads, for each person, the items with the given keys, and adds them.
func (r *teamMemberReader) readItems(ctx context.Context, ids []scim.ID, keys ...func(scim.ID) table.Key) error {
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
		if err := r.add(item); err != nil {
			return err
		}
	}
	return nil
}

// add evaluates the item of a person, or the edge to one. An edge shows only that the person
// is in the team.
func (r *teamMemberReader) add(item table.Item) error {
	m := TeamMember{ID: itemID(item), Kind: personKind(item)}
	if m.Kind == "" {
		if _, found := r.found[m.ID]; !found {
			r.found[m.ID] = m
		}
		return nil
	}
	if !exists(item) {
		r.deleting[m.ID] = true
		return nil
	}
	u, err := userFrom(item)
	m.Name = u.Doc.Get("userName").Text()
	r.found[m.ID] = m
	return err
}

// list returns the members that were found, in the order of ids.
func (r *teamMemberReader) list() (page []TeamMember) {
	for _, id := range r.ids {
		if m, found := r.found[id]; found && !r.deleting[id] {
			page = append(page, m)
		}
	}
	return page
}
