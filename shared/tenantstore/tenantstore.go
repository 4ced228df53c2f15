// Package tenantstore keeps tenants in the table: their records, credentials, schemas and
// claims on domains, the invitations and sessions of their setup pages, and the counts of their
// refused requests. It does not depend on users and groups.
package tenantstore

import (
	"context"
	"errors"
	"net/http"
	"time"

	"scimserver/shared/table"
)

// The errors of a Store, besides *DomainTakenError.
var (
	// ErrNotFound reports that there is no such tenant or credential.
	ErrNotFound = table.ErrNotFound
	// ErrExists reports that a tenant with that id already exists.
	ErrExists = errors.New("tenantstore: a tenant with that id already exists")
	// ErrContention reports that every attempt failed because others changed the record.
	ErrContention = table.ErrContention
	// ErrUnavailable reports that DynamoDB did not answer in time.
	ErrUnavailable = table.ErrUnavailable
)

// Store holds the tenants and credentials of a table. It is safe for concurrent use.
type Store struct {
	db  *table.DB
	now func() time.Time
}

// Options say which table a Store uses and how it reaches it.
type Options struct {
	Table    string
	Endpoint string           // see table.Options
	Client   *http.Client     // see table.Options
	Budget   time.Duration    // see table.Options
	Now      func() time.Time // nil means time.Now
}

// Open returns the store of a table that nothing else in the process uses. It makes no
// call.
func Open(o Options) (*Store, error) {
	db, err := table.Open(table.Options{Name: o.Table, Endpoint: o.Endpoint, Client: o.Client, Budget: o.Budget})
	if err != nil {
		return nil, err
	}
	return New(db, o.Now), nil
}

// New returns the store of a table. now is the clock; nil means time.Now.
func New(db *table.DB, now func() time.Time) *Store {
	if now == nil {
		now = time.Now
	}
	return &Store{db: db, now: now}
}

// Brief returns a context for a call that a response does not depend on; see table.DB.
func (s *Store) Brief(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	return s.db.Brief(ctx, limit)
}

// instant returns the current time, in the precision that is stored and shown.
func (s *Store) instant() time.Time { return s.now().UTC().Truncate(time.Millisecond) }
