package directory

import (
	"context"
	"slices"

	"golang.org/x/sync/errgroup"

	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/tenant"
)

// Person is a user or an account, and where it is.
type Person struct {
	Kind   Kind      // UserKind or AccountKind
	Tenant tenant.ID // "" for an account
	User
}

// LocateQuery names the one value by which persons are found in all tenants and among the
// accounts. Exactly one field is set.
type LocateQuery struct {
	ID         scim.ID
	UserName   string
	Email      string
	ExternalID string // of users: an account has none
}

// Located is a part of the answer to a LocateQuery.
type Located struct {
	Persons []Person
	// Next is the tenant after which the search continues, "" at the end.
	Next tenant.ID
	// Cut are the tenants that have more users with the externalId than Persons lists.
	Cut []tenant.ID
}

const (
	// locateTenants is the number of tenants that one call of Locate searches, at most.
	locateTenants = 500
	// locateEach is the number of a tenant's users with one externalId that Locate returns.
	locateEach = 10
)

// Locate finds the users and accounts with a value. If after is "", it searches the
// accounts and the first tenants, otherwise the tenants after that one. Where usernames
// and emails are unique among all tenants, one call finds their only holder. Otherwise
// each tenant costs the read of one key (1 RCU), or a query for an externalId. The error
// is ErrUnavailable.
func (d *Directory) Locate(ctx context.Context, q LocateQuery, after tenant.ID) (out Located, err error) {
	if d.scope == SystemScope && (q.UserName != "" || q.Email != "") {
		out.Persons, err = d.byClaims(ctx, q, []tenant.ID{""})
		return out, err
	}
	tenants, next, err := d.tenants.Tenants(ctx, after, locateTenants)
	if err != nil {
		return out, err
	}
	var first, ids []tenant.ID
	if after == "" {
		first = []tenant.ID{""}
	}
	for _, t := range tenants {
		ids = append(ids, t.ID)
	}
	// An account may become a user, but not the reverse. So accounts are read first.
	for _, part := range [][]tenant.ID{first, ids} {
		if err := d.locate(ctx, q, part, &out); err != nil {
			return out, err
		}
	}
	out.Next = next
	return out, nil
}

// locate searches some tenants; "" stands for the accounts.
func (d *Directory) locate(ctx context.Context, q LocateQuery, in []tenant.ID, out *Located) (err error) {
	var found []Person
	switch {
	case q.ID != "":
		found, err = d.byIDs(ctx, q.ID, in)
	case q.ExternalID != "":
		found, out.Cut, err = d.byExternalIDs(ctx, q.ExternalID, in)
	default:
		found, err = d.byClaims(ctx, q, in)
	}
	out.Persons = append(out.Persons, found...)
	return err
}

// byIDs finds the persons with an id.
func (d *Directory) byIDs(ctx context.Context, id scim.ID, in []tenant.ID) ([]Person, error) {
	if !ValidID(id) {
		return nil, nil
	}
	holders := make([]Holder, len(in))
	for i, t := range in {
		holders[i] = Holder{Tenant: t, Kind: UserKind, ID: id}
		if t == "" {
			holders[i].Kind = AccountKind
		}
	}
	return d.persons(ctx, holders)
}

// byClaims finds the persons who hold a username or email. If a claim gets another
// holder between the two reads, it looks once more.
func (d *Directory) byClaims(ctx context.Context, q LocateQuery, in []tenant.ID) (found []Person, err error) {
	keys := make([]table.Key, len(in))
	for i, t := range in {
		keys[i] = d.namespace(t).keys.claimOf(q)
	}
	for range 2 {
		claims, err := d.db.GetAll(ctx, keys)
		if err != nil {
			return nil, err
		}
		holders := make([]Holder, len(claims))
		for i, c := range claims {
			holders[i] = holderFrom(c)
		}
		found, err = d.persons(ctx, holders)
		if err != nil || len(found) == len(holders) {
			return found, err
		}
	}
	return found, nil
}

// claimOf returns the key of the claim on the username or email of a query.
func (t keys) claimOf(q LocateQuery) table.Key {
	if q.UserName != "" {
		return t.claim("USERNAME", scim.Fold(q.UserName))
	}
	return t.claim("EMAIL", scim.Fold(q.Email))
}

// byExternalIDs finds the users with an externalId, at most locateEach of each tenant, and
// the tenants that have more.
func (d *Directory) byExternalIDs(
	ctx context.Context, value string, in []tenant.ID,
) (found []Person, cut []tenant.ID, err error) {
	ids := make([][]scim.ID, len(in))
	work, within := errgroup.WithContext(ctx)
	work.SetLimit(16)
	for i, t := range in {
		if t == "" {
			continue
		}
		work.Go(func() (err error) {
			ids[i], err = d.For(t).Users().IDsByExternalID(within, value, "", locateEach+1)
			return err
		})
	}
	if err := work.Wait(); err != nil {
		return nil, nil, err
	}
	var holders []Holder
	for i, t := range in {
		if len(ids[i]) > locateEach {
			cut, ids[i] = append(cut, t), ids[i][:locateEach]
		}
		for _, id := range ids[i] {
			holders = append(holders, Holder{Tenant: t, Kind: UserKind, ID: id})
		}
	}
	found, err = d.persons(ctx, holders)
	other := func(p Person) bool { return p.Doc.Get("externalId").Text() != value } // changed since
	return slices.DeleteFunc(found, other), cut, err
}

// persons reads the persons that exist and are not being deleted, in the order of holders.
func (d *Directory) persons(ctx context.Context, holders []Holder) ([]Person, error) {
	keys := make([]table.Key, len(holders))
	for i, h := range holders {
		keys[i] = d.namespace(h.Tenant).keys.resource(h.Kind, h.ID)
	}
	items, err := d.db.GetAll(ctx, keys)
	if err != nil {
		return nil, err
	}
	byKey := make(map[table.Key]table.Item, len(items))
	for _, item := range items {
		byKey[item.Key()] = item
	}
	var found []Person
	for i, h := range holders {
		item := byKey[keys[i]]
		if !exists(item) {
			d.namespace(h.Tenant).finishDeletions(ctx, h.Kind, item)
			continue
		}
		u, err := userFrom(item)
		if err != nil {
			return nil, err
		}
		found = append(found, Person{Kind: h.Kind, Tenant: h.Tenant, User: u})
	}
	return found, nil
}
