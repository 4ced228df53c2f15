package outbox

import (
	"bytes"
	"encoding/json"
	"time"

	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// Event is an event in the form in which applications get it, by pull and by push: the
// claims of a security event token (RFC 8417, RFC 9967), and besides them what an
// application needs without knowing those RFCs.
type Event struct {
	Issuer      string  `json:"iss"`
	IssuedAt    int64   `json:"iat"` // when the event was appended, in Unix seconds
	ID          string  `json:"jti"` // the same in each delivery
	Audience    string  `json:"aud"` // names the feed: tenants/<id>, or accounts
	Transaction string  `json:"txn"` // the id of the request, or else the event's own
	Subject     Subject `json:"sub_id"`
	// Events has a member for each event URI (RFC 9967 section 2.4).
	Events map[string]Payload `json:"events"`

	Type     Type      `json:"type"`
	Tenant   tenant.ID `json:"tenant,omitempty"` // "" for accounts
	Sequence int64     `json:"sequence"`
	Version  int64     `json:"version,omitempty"` // of the resource
	Time     Time      `json:"time"`              // of the change
	Resource Resource  `json:"resource"`
	Changes  []Change  `json:"changes,omitempty"` // of an update
	Members  []Member  `json:"members,omitempty"` // who was added or removed
	// Truncated says that the values were left out, because the event was too large or
	// because they are not known. The names are there, as far as they are known.
	Truncated bool `json:"truncated,omitempty"`
}

// Subject identifies the resource of an event (RFC 9493). Users and groups have the format
// scim (RFC 9967 section 2.1); what SCIM does not see has the format opaque.
type Subject struct {
	Format     string  `json:"format"`
	URI        string  `json:"uri,omitempty"` // relative to the base URL of SCIM
	ID         scim.ID `json:"id"`
	ExternalID string  `json:"externalId,omitempty"`
}

// Payload is what RFC 9967 section 2.4 says about an event: either data or attributes.
type Payload struct {
	Version    string          `json:"version,omitempty"` // the entity tag
	Data       json.RawMessage `json:"data,omitempty"`
	Attributes []string        `json:"attributes,omitempty"`
}

// Resource is the resource after the change, in short. A deleted one is shown as it was.
type Resource struct {
	ID          scim.ID         `json:"id"`
	ExternalID  string          `json:"externalId,omitempty"`
	UserName    string          `json:"userName,omitempty"`
	DisplayName string          `json:"displayName,omitempty"`
	Emails      json.RawMessage `json:"emails,omitempty"`
	Active      *bool           `json:"active,omitempty"` // of users and accounts
}

// Change is an attribute that has another value than before. A value that is not there is
// left out; so are both values of an attribute that is never returned.
type Change struct {
	Attribute string          `json:"attribute"` // a path (RFC 7644 section 3.5.2)
	Old       json.RawMessage `json:"old,omitempty"`
	New       json.RawMessage `json:"new,omitempty"`
}

// Member is a member of a group or team. Type is User or Group in a group, and "" in a
// team, whose members are persons: accounts and users.
type Member struct {
	ID   scim.ID `json:"id"`
	Type string  `json:"type,omitempty"`
}

// Time is a time with milliseconds in JSON.
type Time struct{ time.Time }

// MarshalJSON writes the time in UTC.
func (t Time) MarshalJSON() ([]byte, error) { return json.Marshal(scim.FormatTime(t.UTC())) }

// marshal returns the JSON text, without escapes for HTML.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}
