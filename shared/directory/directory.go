// Package directory stores the users and groups of all tenants, and the accounts and teams
// of the application, in one DynamoDB table. The table holds their documents, the claims that
// make usernames and emails unique, the edges between groups and members, look-ups and
// counters. Every change is atomic, even if a function dies in the middle of it. The layout
// of the table is in key.go.
package directory

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"scimserver/shared/table"
	"scimserver/shared/tenant"
	"scimserver/shared/tenantstore"
)

// The errors of the directory, besides *TakenError. Any other error is a fault of the
// deployment or of the program.
var (
	// ErrNotFound means that the tenant has no such resource.
	ErrNotFound = table.ErrNotFound
	// ErrVersion means that the resource is at a version that the caller does not accept.
	ErrVersion = errors.New("directory: the resource is at another version")
	// ErrContention means that concurrent changes made every attempt fail.
	ErrContention = table.ErrContention
	// ErrTooMany means that a query would read more resources than one request may.
	ErrTooMany = errors.New("directory: the query reads too many resources")
	// ErrUnavailable means that DynamoDB did not respond in time.
	ErrUnavailable = table.ErrUnavailable
	// ErrCycle means that a group would become a member of itself, directly or through
	// other groups.
	ErrCycle = errors.New("directory: the groups would contain each other")
	// ErrDepth means that groups would be nested more than MaxDepth levels deep.
	ErrDepth = errors.New("directory: the groups would be nested too deep")
	// ErrSettings means that the table was made with other settings.
	ErrSettings = errors.New("directory: the table was made with other settings")
)

// Scope is the range in which a username or email is unique.
type Scope string

// The scopes of uniqueness.
const (
	SystemScope Scope = "SYSTEM" // among all tenants and accounts
	TenantScope Scope = "TENANT" // within each tenant, and among the accounts
)

// Options tell where the directory is and how it behaves.
type Options struct {
	Table    string
	Scope    Scope
	Endpoint string           // see table.Options
	Client   *http.Client     // see table.Options
	Budget   time.Duration    // see table.Options
	Now      func() time.Time // nil means time.Now
	Step     int              // maximum number of members that one transaction adds; 0 means the table's maximum
	// Settle is how long to wait until all items of another function's transaction can be read
	// once one can; 0 means 300 ms. Only functions that work on the same large change wait.
	Settle time.Duration
	Events EventOptions
	// ScanUnits is the maximum number of read capacity units that each tenant's queries without
	// a key may use in a minute; 0 means no limit. See ScanBudgetError.
	ScanUnits int
}

// Directory is the whole table. It is safe for concurrent use.
type Directory struct {
	db      *table.DB
	tenants *tenantstore.Store
	scope   Scope
	now     func() time.Time
	step    int
	// settleTime is Options.Settle.
	settleTime time.Duration
	events     eventFormat
	scans      scanBudget

	mu     sync.Mutex
	ready  bool
	secret []byte // see Seal

	refusals tenantstore.RefusalCounter
	agents   tenantstore.AgentNotes
}

// Open returns the directory of a table. It makes no call.
func Open(o Options) (*Directory, error) {
	db, err := table.Open(table.Options{Name: o.Table, Endpoint: o.Endpoint, Client: o.Client, Budget: o.Budget})
	if err != nil {
		return nil, err
	}
	d := &Directory{db: db, tenants: tenantstore.New(db, o.Now), scope: o.Scope, now: o.Now, step: o.Step}
	d.settleTime = cmp.Or(o.Settle, 300*time.Millisecond)
	if d.now == nil {
		d.now = time.Now
	}
	d.scans.perMinute, d.scans.debts = o.ScanUnits, map[tenant.ID]scanDebt{}
	if d.events, err = newEventFormat(o.Events, d.tenants); err != nil {
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

// Tenants returns the store of tenants and credentials, which is in the same table.
func (d *Directory) Tenants() *tenantstore.Store { return d.tenants }

// Brief returns a context for a call that a response does not depend on; see table.DB.
func (d *Directory) Brief(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	return d.db.Brief(ctx, limit)
}

// CountRefusal counts a request of a tenant that is refused now, see
// tenantstore.RefusalCounter. The error is ErrUnavailable.
func (d *Directory) CountRefusal(ctx context.Context, r tenant.Refusal) error {
	r.Last = d.now()
	return d.refusals.Count(ctx, d.tenants, r)
}

// NoteAgent stores what the client of a tenant's credential calls itself, see tenantstore.AgentNotes. The error is
// ErrUnavailable.
func (d *Directory) NoteAgent(ctx context.Context, of tenant.ID, key tenant.KeyID, agent string) error {
	return d.agents.Note(ctx, d.tenants, of, key, agent)
}

// For returns the directory of a tenant. It panics if the id is empty, because that is an
// error in the program: accounts, which belong to no tenant, are reached through Accounts.
func (d *Directory) For(id tenant.ID) *Tenant {
	if id == "" {
		panic("directory: For needs a tenant's id; use Accounts for accounts")
	}
	return &Tenant{d.namespace(id)}
}

func (d *Directory) namespace(id tenant.ID) *namespace {
	return &namespace{d: d, id: id, keys: keys{id: id, scope: d.scope}}
}
