package admin

import (
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// Conflict is a conflict as the API shows it.
type Conflict struct {
	ID directory.ConflictID `json:"id"`
	Of string               `json:"of"` // what was to be provisioned: user or group
	// Attribute and Value are the first of Values, by which the conflict is known.
	Attribute  string                  `json:"attribute"`
	Value      string                  `json:"value"`
	Values     []ConflictValue         `json:"values"`
	HeldBy     string                  `json:"heldBy"` // account, user, group, team or elsewhere
	Holder     ConflictHolder          `json:"holder"`
	Name       string                  `json:"name"`
	ExternalID string                  `json:"externalId,omitempty"`
	Resource   scim.ID                 `json:"resource,omitempty"` // that was to be changed; none was to be made
	Attempts   int                     `json:"attempts"`
	First      time.Time               `json:"first"`
	Last       time.Time               `json:"last"`
	State      directory.ConflictState `json:"state"`
	Outcome    string                  `json:"outcome,omitempty"`
	Approval   *ConflictApproval       `json:"approval,omitempty"`
	Can        []ConflictOption        `json:"can"`
	Now        *HolderNow              `json:"now,omitempty"` // shown of one conflict that is not closed, not in lists
}

// ConflictValue is a value that was lost.
type ConflictValue struct {
	Attribute string `json:"attribute"`
	Value     string `json:"value"`
}

// ConflictHolder is who holds the values. An account has no tenant.
type ConflictHolder struct {
	Kind   string    `json:"kind"`
	ID     scim.ID   `json:"id"`
	Tenant tenant.ID `json:"tenant,omitempty"`
}

// ConflictApproval is who approved that the holder is connected, and until when that
// waits for the provider.
type ConflictApproval struct {
	By    string    `json:"by"`
	Until time.Time `json:"until"`
}

// ConflictOption is a way to resolve a conflict: its verb is the end of the path.
type ConflictOption struct {
	Verb    directory.Resolution `json:"verb"`
	Applies bool                 `json:"applies"`
	Effect  string               `json:"effect,omitempty"` // what it does
	Needs   string               `json:"needs,omitempty"`  // what the body must hold
	Reason  string               `json:"reason,omitempty"` // why it does not apply
}

// HolderNow is how it stands with the holder at the time of the answer.
type HolderNow struct {
	Holds   bool     `json:"holds"`             // the values still
	Reason  string   `json:"reason,omitempty"`  // why not
	Name    string   `json:"name,omitempty"`    // of the holder, unless it has gone: userName or displayName
	Account *Account `json:"account,omitempty"` // where the holder is one
	// Deactivated says of a user that its active is false.
	Deactivated bool `json:"deactivated,omitempty"`
}

// ConflictList is a page of conflicts in the order of their ids. It may hold fewer
// than asked for, even none, where Next is given.
type ConflictList struct {
	Conflicts []Conflict           `json:"conflicts"`
	Next      directory.ConflictID `json:"next,omitempty"`
}

// Connection is the body that connects who holds the values.
type Connection struct {
	Holder scim.ID `json:"holder,omitempty"` // who that must be; whoever it is without
}

// Release is the body of a release: what the holder gets in place of what it gives up.
type Release struct {
	UserName    *string `json:"userName,omitempty"`
	Email       *string `json:"email,omitempty"`
	DisplayName *string `json:"displayName,omitempty"`
	Confirm     scim.ID `json:"confirm,omitempty"` // the holder's id, required if it is a user
}

// HolderDeletion is the body that deletes the account, team or deactivated user which holds the values.
type HolderDeletion struct {
	Confirm scim.ID `json:"confirm"` // the holder's id
}
