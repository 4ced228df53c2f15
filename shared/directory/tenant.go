package directory

import (
	"scimserver/shared/provlog"
	"scimserver/shared/tenant"
	"scimserver/shared/trace"
)

// namespace is the part of the table that belongs to one tenant, or, with an empty id, the
// accounts, which belong to no tenant. Each handle on it has the operations of one
// subject; shared operations are methods of namespace. Every key is made from the id, so
// code that forgets the tenant does not compile.
type namespace struct {
	d    *Directory
	id   tenant.ID
	keys keys
}

// Tenant is the directory of one tenant. Users, Groups, Teams and Conflicts return
// handles on its parts.
type Tenant struct{ *namespace }

// Users are the users of a tenant.
type Users struct{ *namespace }

// Groups are the groups of a tenant, with their members.
type Groups struct{ *namespace }

// Teams are the teams of a tenant, with their members.
type Teams struct{ *namespace }

// Conflicts are the recorded uniqueness conflicts of a tenant.
type Conflicts struct{ *namespace }

// Users returns the tenant's users.
func (t *Tenant) Users() Users { return t.users() }

// Groups returns the tenant's groups.
func (t *Tenant) Groups() Groups { return t.groups() }

// Teams returns the tenant's teams.
func (t *Tenant) Teams() Teams { return t.teams() }

// Conflicts returns the tenant's uniqueness conflicts.
func (t *Tenant) Conflicts() Conflicts { return t.conflicts() }

// Log returns the tenant's provisioning log.
func (t *Tenant) Log() provlog.Log { return provlog.New(t.d.db, t.id) }

// Traces returns the tenant's traced requests.
func (t *Tenant) Traces() trace.Store { return t.traces() }

func (t *namespace) traces() trace.Store { return trace.New(t.d.db, t.id, t.d.now) }

func (t *namespace) users() Users         { return Users{t} }
func (t *namespace) groups() Groups       { return Groups{t} }
func (t *namespace) teams() Teams         { return Teams{t} }
func (t *namespace) conflicts() Conflicts { return Conflicts{t} }
