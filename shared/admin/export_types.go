package admin

import (
	"encoding/json"
	"time"

	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// ExportStart is the beginning of an export: what its first line says.
type ExportStart struct {
	Tenant  tenant.ID `json:"tenant"`
	Started time.Time `json:"started"`
	// AsOf is the sequence of the tenant's newest event before anything was read. A mirror that
	// has loaded the export applies the events after this one.
	AsOf int64 `json:"asOf"`
	// Schemas are those that the tenant has added.
	Schemas []TenantSchema `json:"schemas,omitempty"`
}

// ExportLine is a resource of a tenant, or a membership.
type ExportLine struct {
	Type ExportType `json:"type"`
	// Resource is a user or group as in SCIM (RFC 7643), without password, groups and members. Of a
	// team, it is the id and the displayName.
	Resource json.RawMessage `json:"resource,omitempty"`
	// Of is the id of the group or team, Member that of its direct member. MemberType is User or
	// Group. It is missing in a team, whose members are accounts and users.
	Of         scim.ID `json:"of,omitempty"`
	Member     scim.ID `json:"member,omitempty"`
	MemberType string  `json:"memberType,omitempty"`
}

// ExportType says what a line is about.
type ExportType string

// The types of lines.
const (
	ExportUser           ExportType = "user"
	ExportGroup          ExportType = "group"
	ExportMembership     ExportType = "membership"
	ExportTeam           ExportType = "team"
	ExportTeamMembership ExportType = "teamMembership"
)

// ExportPage is a part of an export: users first, then each group before its memberships, and then
// each team before its memberships.
type ExportPage struct {
	Lines []ExportLine `json:"lines"`
	Next  string       `json:"next,omitempty"` // the value of after for the next part
}
