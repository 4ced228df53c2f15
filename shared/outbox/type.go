package outbox

import "strings"

// Type names what happened, such as user.created. It is the detail type on the event bus.
type Type string

// The verbs of types. A type consists of a subject, a dot and a verb.
const (
	Created     = "created"
	Updated     = "updated"
	Activated   = "activated"   // an update that set active to true
	Deactivated = "deactivated" // an update that set active to false
	Released    = "released"    // an update by an operator that freed a claimed value
	// Connected means that an account became a user, or a team became a group, with the
	// same id. The feeds of both get an event: the old resource's and the new one's.
	Connected     = "connected"
	Deleted       = "deleted"
	MemberAdded   = "member_added"
	MemberRemoved = "member_removed"
)

// The subjects of types.
const (
	User    = "user"
	Group   = "group"
	Team    = "team"
	Account = "account"
	Tenant  = "tenant" // only in tenant.deleted
)

// TypeOf returns the type of a subject and a verb.
func TypeOf(subject, verb string) Type { return Type(subject + "." + verb) }

func (t Type) subject() string {
	subject, _, _ := strings.Cut(string(t), ".")
	return subject
}

func (t Type) verb() string {
	_, verb, _ := strings.Cut(string(t), ".")
	return verb
}

// isSCIM reports whether the subject is a resource that SCIM shows.
func (t Type) isSCIM() bool { return t.subject() == User || t.subject() == Group }
