package directory

import (
	"context"
	"errors"
	"slices"
	"strings"

	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/tenant"
	"scimserver/shared/tenantstore"
)

// An account is connected when it becomes a SCIM user of a tenant: with the same id, the
// account's time of creation and its memberships in teams, but with the provider's
// document and without a password. One transaction moves the item, its claims, look-ups
// and counts, and uses up the approval if there is one. If two tenants connect the account
// at the same time, or somebody changes it or releases its values meanwhile, only one of
// the transactions succeeds. The others fail, because their conditions no longer hold.

// permit is the permission of a request to connect an account.
type permit struct {
	account Account
	teams   string        // the attribute "teams" of the account, not empty if the person is in teams
	writes  []table.Write // their conditions demand that the permission still holds
}

// connect turns the account that holds all taken values into a user, if that is permitted;
// otherwise the error is taken. It is table.ErrItemChanged if the account or the
// permission has changed meanwhile.
func (t Users) connect(ctx context.Context, c Content, taken *TakenError) (User, error) {
	id, ok := taken.onlyAccount()
	if !ok {
		return User{}, taken
	}
	p, err := t.findPermit(ctx, id, taken)
	if err != nil {
		return User{}, err
	}
	if p == nil {
		return User{}, taken
	}
	return t.takeOver(ctx, *p, c)
}

// onlyAccount returns the account that holds all taken values, if there is exactly one and
// an email is among the values.
func (e *TakenError) onlyAccount() (scim.ID, bool) {
	h := e.Holders[0]
	one := !slices.ContainsFunc(e.Holders, func(other Holder) bool { return other != h })
	return h.ID, one && h.Kind == AccountKind && len(e.emails()) > 0
}

// emails returns the emails among the taken values.
func (e *TakenError) emails() (list []string) {
	for _, v := range e.Values {
		if v.Attribute == emailAttribute {
			list = append(list, v.Value)
		}
	}
	return list
}

// findPermit returns the permission to connect an account: an approval, or that the tenant
// connects automatically. It returns nil if there is no permission.
func (t Users) findPermit(ctx context.Context, id scim.ID, taken *TakenError) (*permit, error) {
	item, conflict, record, err := t.connectState(ctx, t.d.namespace("").keys.resource(AccountKind, id), taken)
	if err != nil || isBeingDeleted(record) {
		return nil, err
	}
	u, err := userFrom(item)
	if err != nil {
		return nil, err
	}
	p := &permit{account: Account{u}, teams: item.Text("teams")}
	if p.writes, err = t.approvalWrites(p.account.Resource, conflict, taken); p.writes == nil && err == nil {
		p.writes, err = t.automaticWrites(p.account, conflict, record, taken)
	}
	if p.writes == nil {
		return nil, err
	}
	return p, err
}

// connectState reads the holder, the conflict and the tenant's record. The error is
// table.ErrItemChanged if the holder has been deleted.
func (t Users) connectState(
	ctx context.Context,
	holder table.Key,
	taken *TakenError,
) (item, conflict, record table.Item, err error) {
	conflictKey := t.keys.conflict(t.conflicts().conflictsOf(taken)[0].ID)
	items, err := t.d.db.GetAll(ctx, []table.Key{holder, conflictKey, tenantstore.Key(t.id)})
	found := map[table.Key]table.Item{}
	for _, item := range items {
		found[item.Key()] = item
	}
	if err == nil && !exists(found[holder]) {
		err = table.ErrItemChanged
	}
	return found[holder], found[conflictKey], found[tenantstore.Key(t.id)], err
}

// approvalWrites returns the writes that use up the approval to connect holder, nil if there
// is no valid approval. item is the conflict. If its approval is not valid, taken gets the reason.
func (t Users) approvalWrites(holder Resource, item table.Item, taken *TakenError) ([]table.Write, error) {
	if item == nil || item.Text("state") != string(ConflictApproved) {
		return nil, nil
	}
	c, err := conflictFrom(item)
	switch {
	case err != nil || c.Holder.ID != holder.ID:
		return nil, err
	case !t.d.now().Before(c.Approval.Until):
		taken.invalidApproval = invalidApproval{c.Approval.Until, "the approval has expired"}
		return nil, nil
	case c.Approval.Version != holder.Version:
		taken.invalidApproval = invalidApproval{c.Approval.Until, outdatedApproval(c.HolderKind(t.id))}
		return nil, nil
	}
	return []table.Write{
		tenantstore.CheckNotDeleting(t.id, "", nil),
		t.conflicts().closeWrite(c, "connected by approval").WithCondition(
			"#state = :state AND #holder = :holder AND #approvedVersion = :version",
			table.Item{"state": string(ConflictApproved), "holder": string(holder.ID), "version": holder.Version}),
	}, nil
}

// isBeingDeleted reports whether a tenant is being deleted.
func isBeingDeleted(record table.Item) bool {
	return tenant.State(record.Text("state")) == tenant.Deleting
}

func outdatedApproval(holderKind string) string {
	return "the " + holderKind + " was changed after the approval; approve it again"
}

// automaticWrites returns the writes of an automatic connection, nil if none is permitted.
// It is permitted if the tenant connects automatically, every taken email is verified in
// the account, and the domain of each is verified for this tenant.
func (t Users) automaticWrites(a Account, conflict, record table.Item, taken *TakenError) ([]table.Write, error) {
	if tenant.Connect(record.Text("connect")) != tenant.Automatic {
		return nil, nil
	}
	writes := []table.Write{
		tenantstore.CheckNotDeleting(t.id, "#connect = :automatic", table.Item{"automatic": string(tenant.Automatic)}),
	}
	verified, checked := strings.Fields(record.Text("domains")), map[string]bool{}
	for _, address := range taken.emails() {
		// The sent email may spell the domain in another way, so that of the stored email counts.
		domain := domainOf(a.email(address))
		if !a.HasVerified(address) || !slices.Contains(verified, domain) {
			return nil, nil
		}
		if !checked[domain] {
			checked[domain] = true
			writes = append(writes, tenantstore.CheckDomain(domain, t.id))
		}
	}
	if conflict == nil {
		return writes, nil
	}
	c, err := conflictFrom(conflict)
	return append(
		writes,
		t.conflicts().closeWrite(c, "connected automatically").WithCondition("attribute_exists(PK)", nil),
	), err
}

// domainOf returns the part of an email after the last @, in lower case.
func domainOf(address string) string {
	return strings.ToLower(address[strings.LastIndexByte(address, '@')+1:])
}

// takeOver turns an account into a user in one transaction.
func (t Users) takeOver(ctx context.Context, p permit, c Content) (User, error) {
	u := User{Resource: t.newResource(c.Doc)}
	u.ID, u.Created = p.account.ID, p.account.Created
	claims, err := t.userClaims(u.Doc)
	if err != nil {
		return User{}, err
	}
	if err := t.hashPassword(ctx, &u, c, claims); err != nil {
		return User{}, err
	}
	item, err := u.item()
	if err != nil {
		return User{}, err
	}
	if p.teams != "" {
		item["teams"] = p.teams
	}
	err = t.d.db.Transact(ctx, func(table.Stamp) []table.Write {
		addLogStamp(connecting(ctx), item)
		writes := append(t.createWrites(UserKind, u.Resource, item, claims), t.countWrite(UserKind, 1))
		return append(append(writes, t.accountDeletes(p, claims)...), p.writes...)
	})
	if failed := table.FailedConditions(err); failed != nil {
		if failed.At(0) == nil {
			if taken := t.takenError(failed, claims, 1); taken != nil {
				return User{}, taken
			}
		}
		return User{}, table.ErrItemChanged
	}
	return u, err
}

// accountDeletes returns the writes that remove an account, except for the claims that the
// user keeps. If the account joins its first team, its version stays the same, so another
// condition demands that it is still in no team.
func (t Users) accountDeletes(p permit, kept []claim) []table.Write {
	none, a := t.d.namespace(""), p.account
	condition := existsCondition + " AND #version = :version"
	if p.teams == "" {
		condition += " AND attribute_not_exists(#teams)"
	}
	removal := table.Delete(none.keys.resource(AccountKind, a.ID)).
		WithCondition(condition, table.Item{"version": a.Version})
	writes := []table.Write{removal, none.countWrite(AccountKind, -1)}
	writes = append(writes, none.tombstone(AccountKind, a.Resource, "")...)
	for _, c := range without(none.heldClaims(a.Doc), kept) {
		writes = append(writes, releaseClaim(c, a.ID))
	}
	return writes
}

// createOrConnect creates a user, or turns the account that holds its values into the
// user.
func (t Users) createOrConnect(ctx context.Context, c Content) (u User, err error) {
	err = table.RetryIfChanged(ctx, func() (err error) {
		u, err = t.createAs(ctx, UserKind, c)
		if taken, ok := errors.AsType[*TakenError](withAttempt(err, UserKind, "", c.Doc)); ok {
			u, err = t.connect(ctx, c, taken)
		}
		return withAttempt(err, UserKind, "", c.Doc)
	})
	return u, err
}
