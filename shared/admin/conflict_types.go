package admin

import (
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// Conflict is a conflict in the API.
type Conflict struct {
	ID directory.ConflictID `json:"id"`
	Of string               `json:"of"` // what the provider sent: user or group
	// Attribute and Value are the first of Values.
	Attribute  string                  `json:"attribute"`
	Value      string                  `json:"value"`
	Values     []ConflictValue         `json:"values"`
	HeldBy     string                  `json:"heldBy"` // account, user, group, team or elsewhere
	Holder     ConflictHolder          `json:"holder"`
	Name       string                  `json:"name"`
	ExternalID string                  `json:"externalId,omitempty"`
	Resource   scim.ID                 `json:"resource,omitempty"` // what the request changes; empty for a create
	Attempts   int                     `json:"attempts"`
	First      time.Time               `json:"first"`
	Last       time.Time               `json:"last"`
	State      directory.ConflictState `json:"state"`
	Outcome    string                  `json:"outcome,omitempty"`
	Approval   *ConflictApproval       `json:"approval,omitempty"`
	Can        []ConflictOption        `json:"can"`
	Now        *HolderNow              `json:"now,omitempty"` // missing in lists and in closed conflicts
}

// ConflictValue is a taken value.
type ConflictValue struct {
	Attribute string `json:"attribute"`
	Value     string `json:"value"`
}

// ConflictHolder says who holds the values. An account has no tenant.
type ConflictHolder struct {
	Kind   string    `json:"kind"`
	ID     scim.ID   `json:"id"`
	Tenant tenant.ID `json:"tenant,omitempty"`
}

// ConflictApproval says who approved a connection, and until when the provider can use the
// approval.
type ConflictApproval struct {
	By    string    `json:"by"`
	Until time.Time `json:"until"`
}

// ConflictOption is a way to resolve a conflict. Verb is the last segment of its path.
type ConflictOption struct {
	Verb    directory.Resolution `json:"verb"`
	Applies bool                 `json:"applies"`
	Effect  string               `json:"effect,omitempty"` // what it does
	Needs   string               `json:"needs,omitempty"`  // what the body must hold
	Reason  string               `json:"reason,omitempty"` // why it does not apply
}

// HolderNow describes the holder at the time of the answer.
type HolderNow struct {
	Holds   bool     `json:"holds"`             // it still holds the values
	Reason  string   `json:"reason,omitempty"`  // why not
	Name    string   `json:"name,omitempty"`    // the holder's userName or displayName, if it still exists
	Account *Account `json:"account,omitempty"` // if the holder is an account
	// Deactivated means that the holder is a user whose active is false.
	Deactivated bool `json:"deactivated,omitempty"`
}

// ConflictList is a page of conflicts, ordered by id. It may have fewer than the limit, or none,
// although there is a next page.
type ConflictList struct {
	Conflicts []Conflict           `json:"conflicts"`
	Next      directory.ConflictID `json:"next,omitempty"`
}

// Connection is the body that connects the holder.
type Connection struct {
	Holder scim.ID `json:"holder,omitempty"` // the expected holder; empty means any
}

// Release is the body of a release: the values that the holder gets instead.
type Release struct {
	UserName    *string `json:"userName,omitempty"`
	Email       *string `json:"email,omitempty"`
	DisplayName *string `json:"displayName,omitempty"`
	Confirm     scim.ID `json:"confirm,omitempty"` // the holder's id, required if it is a user
}

// HolderDeletion is the body that deletes the holder.
type HolderDeletion struct {
	Confirm scim.ID `json:"confirm"` // the holder's id
}
