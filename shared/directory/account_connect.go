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

// An account is connected when it becomes a SCIM user of a tenant: the same id, the
// account's time of creation and its memberships in teams, the provider's document,
// no password. One transaction moves the item, its claims, look-ups and counts, and
// uses up what permitted it. So of two tenants, of a release and a connection, or of a
// change of the account and a connection, one wins and the other finds it so.

// permit is what lets a request connect an account.
type permit struct {
	account Account
	teams   string        // the attribute of that name: the person is in teams
	writes  []table.Write // that hold only as long as the permission does
}

// connect makes the user of an account that holds everything that was lost, if that
// is permitted; else the error is taken. It is table.ErrItemChanged when the account or the
// permission changed meanwhile.
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

// onlyAccount returns the one account that holds everything that was lost, an email
// included.
func (e *TakenError) onlyAccount() (scim.ID, bool) {
	h := e.Holders[0]
	one := !slices.ContainsFunc(e.Holders, func(other Holder) bool { return other != h })
	return h.ID, one && h.Kind == AccountKind && len(e.emails()) > 0
}

// emails returns the emails that were lost.
func (e *TakenError) emails() (list []string) {
	for _, v := range e.Values {
		if v.Attribute == emailAttribute {
			list = append(list, v.Value)
		}
	}
	return list
}

// findPermit finds out what permits to connect an account: an approval, or that the
// tenant connects automatically. It is nil if nothing does.
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

// connectState reads who holds what was lost, the conflict about it and the tenant's
// record. The error is table.ErrItemChanged if the holder has gone.
func (t Users) connectState(
	ctx context.Context,
	holder table.Key,
	taken *TakenError,
) (item, conflict, record table.Item, err error) {
	about := t.keys.conflict(t.conflicts().conflictsOf(taken)[0].ID)
	items, err := t.d.db.GetAll(ctx, []table.Key{holder, about, tenantstore.Key(t.id)})
	found := map[table.Key]table.Item{}
	for _, item := range items {
		found[table.Key{PK: item.Text("PK"), SK: item.Text("SK")}] = item
	}
	if err == nil && !exists(found[holder]) {
		err = table.ErrItemChanged
	}
	return found[holder], found[about], found[tenantstore.Key(t.id)], err
}

// approvalWrites returns the write that uses up an approval of a connection, nil if there is
// none that holds. taken is told why one does not.
func (t Users) approvalWrites(by Resource, item table.Item, taken *TakenError) ([]table.Write, error) {
	if item == nil || item.Text("state") != string(ConflictApproved) {
		return nil, nil
	}
	c, err := conflictFrom(item)
	switch {
	case err != nil || c.Holder.ID != by.ID:
		return nil, err
	case !t.d.now().Before(c.Approval.Until):
		taken.invalidApproval = invalidApproval{c.Approval.Until, "the approval has expired"}
		return nil, nil
	case c.Approval.Version != by.Version:
		taken.invalidApproval = invalidApproval{c.Approval.Until, outdatedApproval(c.HolderKind(t.id))}
		return nil, nil
	}
	return []table.Write{
		tenantstore.CheckNotDeleting(t.id, "", nil),
		t.conflicts().closeWrite(c, "connected by approval").WithCondition(
			"#state = :state AND #holder = :holder AND #approvedVersion = :version",
			table.Item{"state": string(ConflictApproved), "holder": string(by.ID), "version": by.Version}),
	}, nil
}

// isBeingDeleted reports whether a tenant is being deleted.
func isBeingDeleted(record table.Item) bool {
	return tenant.State(record.Text("state")) == tenant.Deleting
}

func outdatedApproval(of string) string {
	return "the " + of + " was changed after the approval; approve it again"
}

// automaticWrites returns the writes that hold a connection to the tenant's own rule: it
// connects automatically, every email that was lost is verified in the account, and
// its domain is verified for this tenant alone.
func (t Users) automaticWrites(a Account, conflict, record table.Item, taken *TakenError) ([]table.Write, error) {
	if tenant.Connect(record.Text("connect")) != tenant.Automatic {
		return nil, nil
	}
	writes := []table.Write{
		tenantstore.CheckNotDeleting(t.id, "#connect = :automatic", table.Item{"automatic": string(tenant.Automatic)}),
	}
	verified, checked := strings.Fields(record.Text("domains")), map[string]bool{}
	for _, address := range taken.emails() {
		domain := domainOf(a.email(address)) // not of the one that was sent: what folds alike may be another domain
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

// domainOf returns what stands behind the last @ of an email, in lower case.
func domainOf(address string) string {
	return strings.ToLower(address[strings.LastIndexByte(address, '@')+1:])
}

// takeOver makes a user of an account in one transaction.
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
		addLogStamp(connecting(ctx), item, false, nil)
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

// accountDeletes makes the writes that take an account away: all but the claims that the
// user keeps. To join a first team moves no version, so that is asked for apart.
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

// createOrConnect creates a user, or makes it of the account that stands in the way.
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
