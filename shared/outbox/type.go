package outbox

import "strings"

// Type says what has happened to what. On the event bus it is the detail type.
type Type string

// The verbs of types. A type is a subject, a dot and a verb, such as user.created.
const (
	Created     = "created"
	Updated     = "updated"
	Activated   = "activated"   // updated: active has become true
	Deactivated = "deactivated" // updated: active has become false
	Released    = "released"    // updated: an operator has freed a value that others claim
	// Connected means of a user or group that it was an account or a team before, with the
	// same id; and of the account or team that it has become one.
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
	// Tenant has the type tenant.deleted alone.
	Tenant = "tenant"
)

// TypeOf makes a type.
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
