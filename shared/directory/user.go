package directory

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// maxDocument bounds the JSON of a resource, in bytes.
const maxDocument = 32 * 1024

// counterShards is the number of items over which a count is spread, so that parallel
// creates seldom change the same item.
const counterShards = 16

// User is a user as stored, without password and groups.
type User struct {
	Resource
	password string // its hash, "" if the user has no password
	verified string // of an account: the verified emails in folded form, one per line
}

// PasswordHash returns the hash of the user's password, "" if the user has none.
func (u User) PasswordHash() string { return u.password }

// HasPassword reports whether the user has a password.
func (u User) HasPassword() bool { return u.password != "" }

// Content is the part of a user that a client sets.
type Content struct {
	Doc scim.Value
	// HashPassword returns the hash of the new password, or "" to remove the password. It
	// is slow, and is called only if the user's claims seem to be free. nil leaves the password
	// unchanged.
	HashPassword func() (string, error)

	verified string // of an account
}

// Create stores a new user with its claims in one transaction. An account that holds the
// user's email becomes that user, if that is approved or the tenant connects
// automatically. The errors are *TakenError, ErrUnavailable, ErrContention, and an
// *scim.Error for a value that can't be claimed.
func (t Users) Create(ctx context.Context, c Content) (User, error) {
	return t.createOrConnect(ctx, c)
}

func (t *namespace) createAs(ctx context.Context, k Kind, c Content) (User, error) {
	u := User{Resource: t.newResource(c.Doc), verified: c.verified}
	claims, err := t.userClaims(u.Doc)
	if err != nil {
		return User{}, err
	}
	err = t.finishingDeletes(ctx, func() error { return t.create(ctx, k, &u, c, claims) })
	return u, err
}

func (t *namespace) create(ctx context.Context, k Kind, u *User, c Content, claims []claim) error {
	if err := t.hashPassword(ctx, u, c, claims); err != nil {
		return err
	}
	item, err := u.item()
	if err != nil {
		return err
	}
	err = t.d.db.Change(ctx, func(table.Stamp) []table.Write {
		addLogStamp(ctx, item)
		return append(t.createWrites(k, u.Resource, item, claims), t.countWrite(k, 1))
	}, func(ctx context.Context) error { return t.checkFree(ctx, claims, u.ID) })
	if failed := table.FailedConditions(err); failed != nil {
		if taken := t.takenError(failed, claims, 1); taken != nil {
			return taken
		}
	}
	return err
}

// createWrites returns the writes of a new resource: first the resource, then its claims,
// then its look-ups.
func (t *namespace) createWrites(k Kind, r Resource, item table.Item, claims []claim) []table.Write {
	writes := []table.Write{table.Put(t.keys.resource(k, r.ID), item).WithCondition("attribute_not_exists(PK)", nil)}
	for _, claim := range claims {
		writes = append(writes, t.putClaim(claim, k, r.ID))
	}
	return append(writes, t.lookupWrites(k, r, table.Put)...)
}

// hashPassword sets the user's password if the content has a new one and the claims are
// not known to be taken.
func (t *namespace) hashPassword(ctx context.Context, u *User, c Content, claims []claim) (err error) {
	if c.HashPassword == nil {
		return nil
	}
	if err = t.checkFree(ctx, claims, u.ID); err == nil {
		u.password, err = c.HashPassword()
	}
	return err
}

// lookupWrites returns a write for each look-up of a resource, by an attribute that is not
// unique.
func (t *namespace) lookupWrites(k Kind, r Resource, write func(table.Key, table.Item) table.Write) []table.Write {
	id := r.Doc.Get("externalId").Text()
	if id == "" {
		return nil
	}
	return []table.Write{write(table.Key{PK: t.keys.lookup(k, "externalId", id), SK: string(r.ID)}, table.Item{})}
}

// countWrite returns the write that changes the number of resources by n, in a random
// shard.
func (t *namespace) countWrite(k Kind, n int64) table.Write {
	return table.Update(countKey(t.keys.count(k), rand.N(counterShards)), nil).Adding("n", n)
}

// item returns the user as stored. The error is an *scim.Error.
func (u User) item() (table.Item, error) {
	item, err := u.Resource.item()
	if err == nil && u.password != "" {
		item["password"] = u.password
	}
	if err == nil && u.verified != "" {
		item["verified"] = u.verified
	}
	return item, err
}

func userFrom(item table.Item) (User, error) {
	r, err := resourceFrom(item)
	return User{Resource: r, password: item.Text("password"), verified: item.Text("verified")}, err
}

// newResource returns a new resource with a random id.
func (t *namespace) newResource(doc scim.Value) Resource {
	now := t.d.instant()
	return Resource{ID: scim.ID(uuid.NewString()), Doc: doc, Version: 1, Created: now, LastModified: now}
}

// instant returns the current time with the stored precision.
func (d *Directory) instant() time.Time { return d.now().UTC().Truncate(time.Millisecond) }
