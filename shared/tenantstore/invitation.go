package tenantstore

import (
	"context"
	"encoding/hex"
	"errors"
	"time"

	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/tenant"
)

func invitationsPK(of tenant.ID) string { return "T#" + string(of) + "#INVITATIONS" }

func invitationKey(of tenant.ID, id tenant.InvitationID) table.Key {
	return table.Key{PK: invitationsPK(of), SK: string(id)}
}

func sessionsPK(of tenant.ID) string { return "T#" + string(of) + "#SESSIONS" }

func sessionKey(of tenant.ID, hash [32]byte) table.Key {
	return table.Key{PK: sessionsPK(of), SK: hex.EncodeToString(hash[:])}
}

// CreateInvitation stores an invitation. It is idempotent. The errors are ErrUnavailable, and
// ErrNotFound if the tenant does not exist or is being deleted.
func (s *Store) CreateInvitation(ctx context.Context, i tenant.Invitation) error {
	err := s.db.Transact(ctx, func(table.Stamp) []table.Write {
		return []table.Write{
			table.Check(Key(i.Tenant), "attribute_exists(PK) AND #state <> :deleting",
				table.Item{"deleting": string(tenant.Deleting)}),
			table.Put(invitationKey(i.Tenant, i.ID), invitationItem(i)),
		}
	})
	if table.FailedConditions(err) != nil {
		return ErrNotFound
	}
	return err
}

func invitationItem(i tenant.Invitation) table.Item {
	return table.Item{
		"role": string(i.Role), "hash": i.Hash[:], "maker": i.Maker, "created": scim.FormatTime(i.Created),
		"expiresAt": table.Seconds(
			i.Expires,
		), "openedAt": table.Seconds(i.Opened), "revokedAt": table.Seconds(i.Revoked),
		"failures": int64(i.Failures), "expires": i.Expires.Add(retentionAfterEnd).Unix(),
	}
}

func invitationFrom(of tenant.ID, item table.Item) (tenant.Invitation, error) {
	i := tenant.Invitation{
		ID: tenant.InvitationID(
			item.Text("SK"),
		), Tenant: of, Role: tenant.Role(item.Text("role")), Maker: item.Text("maker"),
		Expires: item.Time("expiresAt"), Opened: item.Time("openedAt"), Revoked: item.Time("revokedAt"),
		Failures: int(item.Int("failures")),
	}
	copy(i.Hash[:], item.Bytes("hash"))
	var err error
	i.Created, err = time.Parse(time.RFC3339, item.Text("created"))
	return i, err
}

// Invitations returns the invitations of a tenant in the order of their ids: at most limit whose ids
// are greater than after. next is the value of after for the next page, or "" if this is the last
// one. The error is ErrUnavailable.
func (s *Store) Invitations(
	ctx context.Context, of tenant.ID, after tenant.InvitationID, limit int,
) (page []tenant.Invitation, next tenant.InvitationID, err error) {
	items, last, err := s.db.Query(ctx, table.Query{PK: invitationsPK(of), After: string(after), Limit: limit})
	for _, item := range items {
		i, err := invitationFrom(of, item)
		if err != nil {
			return nil, "", err
		}
		page = append(page, i)
	}
	return page, tenant.InvitationID(last), err
}

// RevokeInvitation ends an invitation and the session that it began. It is idempotent. The errors
// are ErrNotFound and ErrUnavailable.
func (s *Store) RevokeInvitation(
	ctx context.Context, of tenant.ID, id tenant.InvitationID,
) (tenant.Invitation, error) {
	now := s.now().Unix()
	item, err := s.db.WriteReturning(ctx, func(table.Stamp) table.Write {
		return table.Update(invitationKey(of, id), table.Item{"revokedAt": now}).
			WithCondition("attribute_exists(PK)", nil)
	})
	if table.FailedConditions(err) != nil {
		return tenant.Invitation{}, ErrNotFound
	}
	if err != nil {
		return tenant.Invitation{}, err
	}
	return invitationFrom(of, item)
}

// OpenInvitation exchanges a code for a session. Of several parallel calls, only one succeeds. The error
// is ErrNotFound for every reason why the code does not work: it is malformed, wrong, used, expired
// or revoked, or its tenant is not active. It is ErrUnavailable if DynamoDB did not answer.
func (s *Store) OpenInvitation(ctx context.Context, code string) (key string, i tenant.Invitation, err error) {
	of, id, err := tenant.ParseInvitation(code)
	if err != nil {
		return "", i, ErrNotFound
	}
	item, err := s.db.Get(ctx, invitationKey(of, id))
	if err == nil && item == nil {
		err = ErrNotFound
	}
	if err != nil {
		return "", i, err
	}
	if i, err = invitationFrom(of, item); err != nil {
		return "", i, err
	}
	if !i.Proves(code) {
		return "", i, errors.Join(ErrNotFound, s.countFailure(ctx, i))
	}
	if i.State(s.now()) != tenant.InvitationOpen {
		return "", i, ErrNotFound
	}
	key, err = s.beginSession(ctx, i)
	return key, i, err
}

// countFailure counts a wrong secret. After too many of them the invitation is locked.
func (s *Store) countFailure(ctx context.Context, i tenant.Invitation) error {
	err := s.db.Write(ctx, func(table.Stamp) table.Write {
		return table.Update(invitationKey(i.Tenant, i.ID), nil).Adding("failures", 1).
			WithCondition("attribute_exists(PK)", nil)
	})
	if table.FailedConditions(err) != nil { // it was deleted meanwhile
		return nil
	}
	return err
}

// beginSession stores a session and the fact that its invitation was opened.
func (s *Store) beginSession(ctx context.Context, i tenant.Invitation) (key string, err error) {
	now := s.instant()
	key, session := tenant.NewSession(i, now)
	err = s.db.Transact(ctx, func(table.Stamp) []table.Write {
		return []table.Write{
			table.Check(Key(i.Tenant), "#state = :active", table.Item{"active": string(tenant.Active)}),
			table.Update(invitationKey(i.Tenant, i.ID), table.Item{"openedAt": now.Unix()}).
				WithCondition("#openedAt = :zero AND #revokedAt = :zero", table.Item{"zero": int64(0)}),
			table.Put(sessionKey(i.Tenant, session.Hash), table.Item{
				"invitation": string(i.ID), "created": scim.FormatTime(now),
				"expires": session.Expires.Unix(), // DynamoDB deletes it later
			}),
		}
	})
	if table.FailedConditions(err) != nil {
		return "", ErrNotFound
	}
	return key, err
}

// Visit is what a valid session gives access to.
type Visit struct {
	Tenant     tenant.Tenant
	Invitation tenant.Invitation
	Expires    time.Time // of the session
}

// Visit returns what the key of a session gives access to. The error is ErrNotFound for every reason why
// the key does not work: it is malformed or unknown, the session has expired or was ended, its
// invitation was revoked, or its tenant is not active.
func (s *Store) Visit(ctx context.Context, key string) (v Visit, err error) {
	of, hash, err := tenant.ParseSession(key)
	if err != nil {
		return v, ErrNotFound
	}
	session, err := s.db.Get(ctx, sessionKey(of, hash))
	if v.Expires = session.Time("expires"); err == nil && !s.now().Before(v.Expires) {
		err = ErrNotFound
	}
	if err != nil {
		return v, err
	}
	items, err := s.db.GetAll(ctx, []table.Key{
		Key(of), invitationKey(of, tenant.InvitationID(session.Text("invitation"))),
	})
	if err != nil {
		return v, err
	}
	return v, v.read(of, items)
}

// read reads the records of the tenant and of the invitation.
func (v *Visit) read(of tenant.ID, items []table.Item) (err error) {
	for _, item := range items {
		if item.Text("PK") == tenantsPK {
			v.Tenant, err = FromItem(item)
		} else {
			v.Invitation, err = invitationFrom(of, item)
		}
		if err != nil {
			return err
		}
	}
	if v.Tenant.State != tenant.Active || v.Invitation.ID == "" || !v.Invitation.Revoked.IsZero() {
		return ErrNotFound
	}
	return nil
}

// EndSession removes a session. It is idempotent. The error is ErrUnavailable.
func (s *Store) EndSession(ctx context.Context, key string) error {
	of, hash, err := tenant.ParseSession(key)
	if err != nil {
		return nil // there is no such session
	}
	return s.db.Write(ctx, func(table.Stamp) table.Write { return table.Delete(sessionKey(of, hash)) })
}

// DeleteInvitations removes the invitations and sessions of a tenant. The error is ErrUnavailable.
func (s *Store) DeleteInvitations(ctx context.Context, of tenant.ID) error {
	for _, pk := range []string{invitationsPK(of), sessionsPK(of)} {
		if err := s.db.DeleteRange(ctx, table.Query{PK: pk, Only: "PK, SK"}, nil); err != nil {
			return err
		}
	}
	return nil
}
