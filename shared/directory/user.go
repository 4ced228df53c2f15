package directory

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"scimserver/shared/directory/table"
	"scimserver/shared/scim"
)

// maxDocument bounds the JSON of a user, in bytes.
const maxDocument = 32 * 1024

// counterShards is the number of items over which a count is spread, so that
// creates in parallel seldom meet in one.
const counterShards = 16

// User is a user as stored.
type User struct {
	ID           scim.ID
	Doc          scim.Value // canonical, see schema.Normalize; without password
	Version      int64      // 1 at creation, one more with every change
	Created      time.Time
	LastModified time.Time

	password string // hash, "" where there is none
	size     int    // of the stored document, in bytes; 0 where it was not read
}

// HasPassword reports whether a hash of a password is stored.
func (u User) HasPassword() bool { return u.password != "" }

// Size returns the bytes of the document as it was read, by which a page is cut.
func (u User) Size() int { return u.size }

// Content is what a client decides of a user.
type Content struct {
	Doc scim.Value
	// HashPassword hashes the new password; "" removes the old one. It is slow, and
	// called only when the user's claims look free. nil leaves the password as it is.
	HashPassword func() (string, error)
}

// CreateUser stores a new user, with everything that it claims, in one
// transaction. The errors are *TakenError, ErrUnavailable, and an *scim.Error
// for a value that can't be claimed.
func (t *Tenant) CreateUser(ctx context.Context, c Content) (User, error) {
	now := t.d.instant()
	u := User{ID: scim.ID(uuid.NewString()), Doc: c.Doc, Version: 1, Created: now, LastModified: now}
	claims, err := t.claims(u.Doc)
	if err != nil {
		return User{}, err
	}
	if err := t.hash(ctx, &u, c, claims); err != nil {
		return User{}, err
	}
	item, err := u.item()
	if err != nil {
		return User{}, err
	}
	err = t.d.db.TransactUnless(ctx, func(stamp table.Stamp) []table.Write {
		item["writer"] = string(stamp)
		writes := []table.Write{table.Put(t.userKey(u.ID), item).Provided("attribute_not_exists(PK)", nil)}
		for _, claim := range claims {
			writes = append(writes, t.take(claim, u.ID))
		}
		writes = append(writes, t.lookups(u, table.Put)...)
		return append(writes, t.counted(1))
	}, func(ctx context.Context) error { return t.checkFree(ctx, claims, u.ID) })
	if failed := refusal(err); failed != nil {
		if taken := lost(failed, claims, 1); taken != nil {
			return User{}, taken
		}
	}
	return u, err
}

// hash sets the user's password if the content has a new one and the claims are
// not known to be lost.
func (t *Tenant) hash(ctx context.Context, u *User, c Content, claims []claim) (err error) {
	if c.HashPassword == nil {
		return nil
	}
	if err = t.checkFree(ctx, claims, u.ID); err == nil {
		u.password, err = c.HashPassword()
	}
	return err
}

// lookups makes a write for each attribute by which the user is found without
// being claimed.
func (t *Tenant) lookups(u User, write func(table.Key, table.Item) table.Write) []table.Write {
	id := u.Doc.Get("externalId").Text()
	if id == "" {
		return nil
	}
	return []table.Write{write(table.Key{PK: t.lookupPK("externalId", id), SK: string(u.ID)}, table.Item{})}
}

// counted makes the write that changes the number of users by n, in a shard
// chosen anew at each attempt.
func (t *Tenant) counted(n int64) table.Write {
	return table.Update(countKey(t.countPK(), rand.N(counterShards)), nil).Adding("n", n)
}

func (t *Tenant) userKey(id scim.ID) table.Key {
	return table.Key{PK: t.userPK(), SK: string(id)}
}

// item returns what is stored of the user. The error is an *scim.Error.
func (u User) item() (table.Item, error) {
	doc := u.Doc.JSON()
	if len(doc) > maxDocument {
		return nil, scim.InvalidValue(fmt.Sprintf("the user takes %d bytes as JSON; the limit is %d", len(doc), maxDocument))
	}
	item := table.Item{
		"doc":      doc,
		"version":  u.Version,
		"created":  scim.FormatTime(u.Created),
		"modified": scim.FormatTime(u.LastModified),
	}
	if u.password != "" {
		item["password"] = u.password
	}
	return item, nil
}

func userFrom(item table.Item) (User, error) {
	u := User{ID: scim.ID(item.Text("SK")), Version: item.Int("version"), password: item.Text("password"), size: len(item.Text("doc"))}
	var err error
	if u.Doc, err = scim.ParseJSON([]byte(item.Text("doc"))); err != nil {
		return u, fmt.Errorf("directory: the document of user %s: %v", u.ID, err)
	}
	if u.Created, err = time.Parse(time.RFC3339, item.Text("created")); err != nil {
		return u, fmt.Errorf("directory: user %s: %w", u.ID, err)
	}
	u.LastModified, err = time.Parse(time.RFC3339, item.Text("modified"))
	return u, err
}

// instant is now in the precision that is stored and shown.
func (d *Directory) instant() time.Time { return d.now().UTC().Truncate(time.Millisecond) }
