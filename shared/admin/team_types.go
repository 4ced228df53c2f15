package admin

import (
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

// Who decides on a group or team.
const (
	bySCIM     = "scim"
	byOperator = "operator"
)

// Team is a team as the API shows it.
type Team struct {
	ID        scim.ID   `json:"id"`
	Name      string    `json:"name"`
	ManagedBy string    `json:"managedBy"` // operator
	Created   time.Time `json:"created"`
	Modified  time.Time `json:"modified"` // by a change of members, too
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

// TeamMember is a person in a team, as that person is now.
type TeamMember struct {
	ID       scim.ID `json:"id"`
	Kind     string  `json:"kind"`               // account, user, or elsewhere: a user of another tenant
	UserName string  `json:"userName,omitempty"` // not of who is elsewhere
}

// TeamMemberList is a page of a team's members.
type TeamMemberList struct {
	Members []TeamMember `json:"members"`
	Next    scim.ID      `json:"next,omitempty"`
}

// MaxTeamChange is the most persons of one change.
const MaxTeamChange = directory.MaxTeamEdit

// TeamMembersChange is the body that changes a team's members, each by id, userName
// or email.
type TeamMembersChange struct {
	Add    []string `json:"add,omitempty"`
	Remove []string `json:"remove,omitempty"`
}

// TeamMembersChanged says who was named.
type TeamMembersChanged struct {
	Add     []scim.ID    `json:"add"`
	Remove  []scim.ID    `json:"remove"`  // of those who were in the team
	Persons []TeamPerson `json:"persons"` // all who were named, each once
}

// TeamPerson is somebody whom a change of a team's members names. Its kind is nobody
// for the id of none, which can only be removed.
type TeamPerson struct {
	TeamMember
	WasMember bool `json:"wasMember"` // before the change
}
