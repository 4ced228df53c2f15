package directory

import (
	"context"
	"time"

	"scimserver/shared/provlog"
	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// LogNames returns the current names of members in log entries, by their ids. A member that no
// longer exists has no name. It costs one read unit for each id, and one call for every hundred ids.
// The error is ErrUnavailable.
func (t *Tenant) LogNames(ctx context.Context, members []provlog.Member) (map[scim.ID]string, error) {
	var keys []table.Key
	asked := map[table.Key]bool{}
	for _, m := range members {
		for _, key := range t.namedKeys(m) {
			if !asked[key] {
				keys, asked[key] = append(keys, key), true
			}
		}
	}
	items, err := t.d.db.GetAll(ctx, keys)
	if err != nil {
		return nil, err
	}
	names := map[scim.ID]string{}
	err = eachExisting(items, func(item table.Item, r Resource) {
		kind := UserKind
		if item.Text("PK") == t.keys.partition(GroupKind) || item.Text("PK") == t.keys.partition(TeamKind) {
			kind = GroupKind
		}
		names[r.ID] = nameOf(kind, r.Doc)
	})
	return names, err
}

// namedKeys returns the possible keys of a member: a person in a team is a user or an account.
func (t *Tenant) namedKeys(m provlog.Member) []table.Key {
	switch {
	case !ValidID(m.ID):
		return nil
	case m.Type == "":
		return []table.Key{t.keys.person(AccountKind, m.ID), t.keys.person(UserKind, m.ID)}
	}
	return []table.Key{t.keys.resource(Kind(m.Type), m.ID)}
}

// logHolders is the maximum number of users with one externalId that WhoIs returns, and of groups.
const logHolders = 20

// WhoIs returns the users, groups and teams of a tenant that have a value, or had it within the
// time that log entries are kept. The value is an id, userName, displayName, email or externalId.
// Those that still exist have their current names. since is when the tenant was created. It makes
// five calls. The error is ErrUnavailable.
func (t *Tenant) WhoIs(ctx context.Context, value string, since time.Time) ([]provlog.Named, error) {
	var byID []provlog.Member
	for _, k := range []Kind{UserKind, GroupKind, TeamKind} {
		byID = append(byID, provlog.Member{ID: scim.ID(value), Type: string(k)})
	}
	known, err := t.holdersOf(ctx, value)
	if err != nil {
		return nil, err
	}
	former, err := t.Log().Former(ctx, value, since)
	if err != nil {
		return nil, err
	}
	for _, n := range former {
		known = append(known, provlog.Member{ID: n.ID, Type: n.Type})
	}
	names, err := t.LogNames(ctx, append(byID, known...))
	var all []provlog.Named
	listed := map[scim.ID]bool{}
	for i, m := range append(known, byID...) {
		name, exists := names[m.ID]
		if !listed[m.ID] && (exists || i < len(known)) {
			listed[m.ID] = true
			all = append(all, provlog.Named{ID: m.ID, Type: m.Type, Name: name})
		}
	}
	return all, err
}

// holdersOf returns the users, groups and teams of the tenant that hold a name or email, or have an
// externalId.
func (t *Tenant) holdersOf(ctx context.Context, value string) (all []provlog.Member, err error) {
	folded := scim.Fold(value)
	claims, err := t.d.db.GetAll(ctx, []table.Key{
		t.keys.claim("USERNAME", folded), t.keys.claim("EMAIL", folded), t.keys.groupName(folded),
	})
	if err != nil {
		return nil, err
	}
	for _, c := range claims {
		if h := holderFrom(c); h.Tenant == t.id {
			all = append(all, provlog.Member{ID: h.ID, Type: string(h.Kind)})
		}
	}
	for _, k := range []Kind{UserKind, GroupKind} {
		ids, err := t.byExternalID(ctx, k, value, "", logHolders)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			all = append(all, provlog.Member{ID: id, Type: string(k)})
		}
	}
	return all, nil
}
