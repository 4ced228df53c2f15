// Package directory holds the users and groups of all tenants, and the accounts and
// teams that an application makes, in one DynamoDB table: their documents, the claims
// that make a username or email unique, the edges between groups and members, the
// look-ups and counters. Every change is atomic, also if a function dies in the middle
// of it. The layout of the table is in key.go.
package directory

import (
	"errors"
	"net/http"
	"sync"
	"time"

	"scimserver/shared/table"
	"scimserver/shared/tenant"
	"scimserver/shared/tenantstore"
)

// The errors of the directory besides *TakenError. Any other error is a fault of the
// deployment or of this code.
var (
	// ErrNotFound says that the tenant has no such resource.
	ErrNotFound = table.ErrNotFound
	// ErrVersion says that the resource is not at a version the caller allows.
	ErrVersion = errors.New("directory: the resource is at another version")
	// ErrContention says that others changed the resource at every attempt.
	ErrContention = table.ErrContention
	// ErrTooMany says that a query reads more than one request may.
	ErrTooMany = errors.New("directory: the query reads too many resources")
	// ErrUnavailable says that DynamoDB did not answer in time.
	ErrUnavailable = table.ErrUnavailable
	// ErrCycle says that a group would become a member of itself, directly or
	// through others.
	ErrCycle = errors.New("directory: the groups would contain each other")
	// ErrDepth says that more than MaxDepth groups would contain each other in a
	// row.
	ErrDepth = errors.New("directory: the groups would be nested too deep")
	// ErrSettings says that the table was made under other settings.
	ErrSettings = errors.New("directory: the table was made under other settings")
)

// Scope says where a username or email is unique.
type Scope string

// The scopes of uniqueness.
const (
	SystemScope Scope = "SYSTEM" // over all tenants and accounts
	TenantScope Scope = "TENANT" // within each tenant
)

// Options say where the directory is and how it behaves.
type Options struct {
	Table    string
	Scope    Scope
	Endpoint string           // see table.Options
	Client   *http.Client     // see table.Options
	Budget   time.Duration    // see table.Options
	Now      func() time.Time // nil means time.Now
	Step     int              // the most members that one transaction adds to a group; 0 means as many as it takes
	Events   EventOptions
}

// Directory is the whole table. It is safe for concurrent use.
type Directory struct {
	db      *table.DB
	tenants *tenantstore.Store
	scope   Scope
	now     func() time.Time
	step    int
	events  eventFormat

	mu     sync.Mutex
	ready  bool
	secret []byte // see Seal
}

// Open makes a handle on the directory. It makes no call.
func Open(o Options) (*Directory, error) {
	db, err := table.Open(table.Options{Name: o.Table, Endpoint: o.Endpoint, Client: o.Client, Budget: o.Budget})
	if err != nil {
		return nil, err
	}
	d := &Directory{db: db, tenants: tenantstore.New(db, o.Now), scope: o.Scope, now: o.Now, step: o.Step}
	if d.now == nil {
		d.now = time.Now
	}
	if d.events, err = newEventFormat(o.Events); err != nil {
		return nil, err
	}
	if d.step <= 0 || d.step > maxStep {
		d.step = maxStep
	}
	if d.scope == "" {
		d.scope = SystemScope
	}
	return d, nil
}

// Tenants returns the records of the tenants and credentials in the same table.
func (d *Directory) Tenants() *tenantstore.Store { return d.tenants }

// For returns the directory of a tenant. It panics if the id is empty: a caller without a
// tenant is a fault of the program. Accounts, which belong to no tenant, have a handle of
// their own.
func (d *Directory) For(id tenant.ID) *Tenant {
	if id == "" {
		panic("directory: For needs the id of a tenant; accounts are reached through Accounts")
	}
	return &Tenant{d.namespace(id)}
}

func (d *Directory) namespace(id tenant.ID) *namespace {
	return &namespace{d: d, id: id, keys: keys{id: id, scope: d.scope}}
}
