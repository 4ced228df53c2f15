package outbox

import (
	"bytes"
	"encoding/json"
	"time"

	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// Event is an event as applications receive it, whether they poll or subscribe. The first
// fields are the claims of a security event token (RFC 8417, RFC 9967). The fields from Type
// on contain the same for applications that do not use these RFCs.
type Event struct {
	Issuer      string  `json:"iss"`
	IssuedAt    int64   `json:"iat"` // when the event was appended, in Unix seconds
	ID          string  `json:"jti"` // the same in every delivery
	Audience    string  `json:"aud"` // names the feed: tenants/<id>, or accounts
	Transaction string  `json:"txn"` // the id of the request, or of the event if there was none
	Subject     Subject `json:"sub_id"`
	// Events maps event URIs to their payloads (RFC 9967 section 2.4).
	Events map[string]Payload `json:"events"`

	Type     Type      `json:"type"`
	Tenant   tenant.ID `json:"tenant,omitempty"` // "" for accounts
	Sequence int64     `json:"sequence"`
	Version  int64     `json:"version,omitempty"` // of the resource
	Time     Time      `json:"time"`              // of the change
	Resource Resource  `json:"resource"`
	Changes  []Change  `json:"changes,omitempty"` // of an update
	Members  []Member  `json:"members,omitempty"` // who was added or removed
	// Truncated means that values are missing, because the event was too large or because
	// they are not known. Changes still names the attributes that are known.
	Truncated bool `json:"truncated,omitempty"`
}

// Subject identifies the resource of an event (RFC 9493). Users and groups have the format
// scim (RFC 9967 section 2.1); accounts, teams and tenants have the format opaque.
type Subject struct {
	Format     string  `json:"format"`
	URI        string  `json:"uri,omitempty"` // relative to the base URL of SCIM
	ID         scim.ID `json:"id"`
	ExternalID string  `json:"externalId,omitempty"`
}

// Payload is the payload of an event URI (RFC 9967 section 2.4). It has either Data or
// Attributes.
type Payload struct {
	Version    string          `json:"version,omitempty"` // the entity tag
	Data       json.RawMessage `json:"data,omitempty"`
	Attributes []string        `json:"attributes,omitempty"`
}

// Resource is an extract of the resource after the change, or before its deletion.
type Resource struct {
	ID          scim.ID         `json:"id"`
	ExternalID  string          `json:"externalId,omitempty"`
	UserName    string          `json:"userName,omitempty"`
	DisplayName string          `json:"displayName,omitempty"`
	Emails      json.RawMessage `json:"emails,omitempty"`
	Active      *bool           `json:"active,omitempty"` // of users and accounts
}

// Change is an attribute whose value changed. Old is nil if there was no value before, and
// New if there is none now. Both are nil if the attribute is never returned.
type Change struct {
	Attribute string          `json:"attribute"` // a path (RFC 7644 section 3.5.2)
	Old       json.RawMessage `json:"old,omitempty"`
	New       json.RawMessage `json:"new,omitempty"`
}

// Member is a member of a group or team. Type is User or Group in a group. It is "" in a
// team, whose members are accounts and users.
type Member struct {
	ID   scim.ID `json:"id"`
	Type string  `json:"type,omitempty"`
}

// Time is a time that has milliseconds in JSON.
type Time struct{ time.Time }

// MarshalJSON writes the time in UTC.
func (t Time) MarshalJSON() ([]byte, error) { return json.Marshal(scim.FormatTime(t.UTC())) }

// marshal returns the JSON text of v. It does not escape HTML.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}
