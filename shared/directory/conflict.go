package directory

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/tenant"
)

// ConflictID identifies a conflict within its tenant. It is derived from the attribute and
// the value, so a repeated attempt has the same conflict.
type ConflictID string

// ConflictState says whether somebody has to act on a conflict.
type ConflictState string

// The states of conflicts.
const (
	ConflictOpen      ConflictState = "open"      // an operator has to decide
	ConflictApproved  ConflictState = "approved"  // the provider's next request connects
	ConflictFreed     ConflictState = "freed"     // the provider's next request will succeed
	ConflictDismissed ConflictState = "dismissed" // an operator ignores it
	ConflictClosed    ConflictState = "closed"
)

// Conflict is the record of a request that failed because another resource holds a value.
type Conflict struct {
	ID     ConflictID
	Kind   Kind         // of the requested resource, UserKind or GroupKind
	Values []TakenValue // that the holder has; Holder and ID in them are empty. The first one determines ID
	Holder Holder
	// Name and ExternalID are the userName or displayName and the externalId that the
	// provider sent.
	Name, ExternalID string
	Resource         scim.ID // the user or group to be changed, "" for a new one
	Attempts         int
	First, Last      time.Time // of the attempts
	State            ConflictState
	Outcome          string   // why it is in that state, as a sentence
	Approval         Approval // if the state is ConflictApproved
	// Deactivated says that the holder is a user of the same tenant whose "active" is
	// false. It is not stored: Conflicts.Refresh sets it.
	Deactivated bool

	indexed string // the indexValue that the stored conflict is indexed by
}

// Approval lets the provider's next request connect the holder of the conflict's values,
// if the holder has not changed since the approval.
type Approval struct {
	Version int64 // of the holder
	By      string
	Until   time.Time
}

const day = 24 * time.Hour

// ApprovalLife is how long an approval is valid.
const ApprovalLife = 7 * day

// conflictLife is how long a conflict is kept after its last attempt.
const conflictLife = 90 * day

// WithoutEmail reports whether the conflict is about a user and no value is an email. Then
// the holder may be another person.
func (c Conflict) WithoutEmail() bool {
	for _, v := range c.Values {
		if v.Attribute == emailAttribute {
			return false
		}
	}
	return c.Kind == UserKind
}

// HolderKind returns the kind of the holder: "account", or "user", "group" or "team" of
// the same tenant, or "elsewhere" for a holder in another tenant.
func (c Conflict) HolderKind(t tenant.ID) string {
	if c.Holder.Kind != AccountKind && c.Holder.Tenant != t {
		return "elsewhere"
	}
	return strings.ToLower(string(c.Holder.Kind))
}

const emailAttribute = "emails.value"

// idOf returns the id of the conflict about a value. It differs between tenants, so a
// request for the wrong tenant finds no conflict.
func (t Conflicts) idOf(v TakenValue) ConflictID {
	sum := sha256.Sum256([]byte(string(t.id) + "#" + v.Attribute + "#" + scim.Fold(v.Value)))
	return ConflictID(strings.ToLower(base32.StdEncoding.EncodeToString(sum[:])[:12]))
}

func (t keys) conflicts() string { return t.prefix() + "CONFLICT" }

func (t keys) conflict(id ConflictID) table.Key {
	return table.Key{PK: t.conflicts(), SK: string(id)}
}

// conflictIndex is the partition that lists the conflicts about one record of the provider.
// record is the indexValue of the conflicts.
func (t keys) conflictIndex(record string) string {
	return t.prefix() + "CONFLICTOF#" + bounded(record)
}

func (t keys) conflictIndexEntry(record string, id ConflictID) table.Key {
	return table.Key{PK: t.conflictIndex(record), SK: string(id)}
}

// indexValue identifies the provider's record that the conflict is about, "" if that is
// unknown: by the id of the resource to be changed, or by the externalId. It stays the same if
// the provider changes the username or the emails in the record.
func (c Conflict) indexValue() string {
	if c.Resource != "" {
		return "id=" + string(c.Resource)
	}
	if c.ExternalID != "" {
		return "externalId=" + c.ExternalID
	}
	return ""
}

// attributes returns the attributes that each attempt sets.
func (c Conflict) attributes() (table.Item, error) {
	pairs := make([][2]string, len(c.Values))
	for i, v := range c.Values {
		pairs[i] = [2]string{v.Attribute, v.Value}
	}
	values, err := json.Marshal(pairs)
	return table.Item{
		"of": string(c.Kind), "values": string(values),
		"holderKind": string(c.Holder.Kind), "holderTenant": string(c.Holder.Tenant), "holder": string(c.Holder.ID),
		"name": c.Name, "externalId": c.ExternalID, "resource": string(c.Resource), "indexed": c.indexValue(),
		"first": scim.FormatTime(c.First), "last": scim.FormatTime(c.Last), "expires": c.Last.Add(conflictLife).Unix(),
		"state": string(c.State), "outcome": c.Outcome,
	}, err
}

func conflictFrom(item table.Item) (c Conflict, err error) {
	c = Conflict{
		ID: ConflictID(item.Text("SK")), Kind: Kind(item.Text("of")),
		Holder: Holder{
			tenant.ID(item.Text("holderTenant")),
			Kind(item.Text("holderKind")),
			scim.ID(item.Text("holder")),
		},
		Name: item.Text("name"), ExternalID: item.Text("externalId"),
		Resource: scim.ID(item.Text("resource")), indexed: item.Text("indexed"),
		Attempts: int(item.Int("n")), State: ConflictState(item.Text("state")), Outcome: item.Text("outcome"),
		Approval: Approval{item.Int("approvedVersion"), item.Text("approvedBy"), item.Time("approvedUntil")},
	}
	var pairs [][2]string
	if err = json.Unmarshal([]byte(item.Text("values")), &pairs); err != nil {
		return c, fmt.Errorf("directory: conflict %s: %w", c.ID, err)
	}
	for _, p := range pairs {
		c.Values = append(c.Values, TakenValue{Attribute: p[0], Value: p[1]})
	}
	if c.First, err = time.Parse(time.RFC3339, item.Text("first")); err == nil {
		c.Last, err = time.Parse(time.RFC3339, item.Text("last"))
	}
	return c, err
}
