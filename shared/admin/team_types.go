package admin

import (
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

// The values of managedBy.
const (
	bySCIM     = "scim"
	byOperator = "operator"
)

// Team is a team in the API.
type Team struct {
	ID        scim.ID   `json:"id"`
	Name      string    `json:"name"`
	ManagedBy string    `json:"managedBy"` // operator
	Created   time.Time `json:"created"`
	Modified  time.Time `json:"modified"` // a change of members counts, too
}

// TeamList is a page of a tenant's teams.
type TeamList struct {
	Teams []Team  `json:"teams"`
	Next  scim.ID `json:"next,omitempty"`
}

// TeamName is the body that creates or renames a team.
type TeamName struct {
	Name string `json:"name"`
}

// TeamMember is a person in a team.
type TeamMember struct {
	ID       scim.ID `json:"id"`
	Kind     string  `json:"kind"`               // account, user, or elsewhere: a user of another tenant
	UserName string  `json:"userName,omitempty"` // empty for elsewhere
}

// TeamMemberList is a page of a team's members.
type TeamMemberList struct {
	Members []TeamMember `json:"members"`
	Next    scim.ID      `json:"next,omitempty"`
}

// MaxTeamChange is the maximum number of persons in one change.
const MaxTeamChange = directory.MaxTeamEdit

// TeamMembersChange is the body that changes a team's members. Each is an id, a userName or an
// email.
type TeamMembersChange struct {
	Add    []string `json:"add,omitempty"`
	Remove []string `json:"remove,omitempty"`
}

// TeamMembersChanged is the answer to a change of members.
type TeamMembersChanged struct {
	Add     []scim.ID    `json:"add"`
	Remove  []scim.ID    `json:"remove"`  // only those who were members
	Persons []TeamPerson `json:"persons"` // everybody whom the request names, once
}

// TeamPerson is a person whom a change names. Its kind is nobody if the id belongs to nobody; then
// it can only be removed.
type TeamPerson struct {
	TeamMember
	WasMember bool `json:"wasMember"` // before the change
}
