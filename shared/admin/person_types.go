package admin

import (
	"encoding/json"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

// PersonSearch asks for what a tenant's conflicts, log and events have about a person, or the events of the
// accounts.
type PersonSearch struct {
	Value string    `json:"value"` // a userName, email or externalId that the person has or had
	IDs   []scim.ID `json:"ids"`   // of the person's users or accounts
	After string    `json:"after"` // the value of next in the previous answer
}

// PersonRecords is a part of what is found. A part may be empty without being the last.
type PersonRecords struct {
	Records []PersonRecord `json:"records"`
	IDs     []scim.ID      `json:"ids"`            // the users or accounts that have or had the value
	Next    string         `json:"next,omitempty"` // the value of after for the next part

	first bool // the request began the search
}

// PersonRecord is a conflict, a log entry or an event.
type PersonRecord struct {
	Type string          `json:"type"` // conflict, log or event
	Data json.RawMessage `json:"data"`
}

// PersonErasure says whom to erase.
type PersonErasure struct {
	Value string    `json:"value"` // a userName, email or externalId that the person has or had
	IDs   []scim.ID `json:"ids"`   // of the users or accounts to be deleted
}

// ErasedPerson says how far an erasure has got.
type ErasedPerson struct {
	Done  bool                   `json:"done"` // if it is false, the same request continues
	Stage directory.ErasureStage `json:"stage"`
	// Deleted are the users or accounts that are deleted, or will be.
	Deleted []scim.ID `json:"deleted"`
	// Living are users or accounts that have or had the value, but are not among the ids of the request. They are
	// kept, with their records.
	Living []scim.ID `json:"living"`
	// The number of records whose values are replaced.
	Conflicts int `json:"conflicts"`
	Entries   int `json:"entries"`
	Events    int `json:"events"`

	first bool // the request began the erasure
}
