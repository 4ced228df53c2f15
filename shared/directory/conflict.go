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

// ConflictID names a conflict within its tenant. It is made of the attribute and
// the value that were lost, so that the same loss is the same conflict.
type ConflictID string

// ConflictState says what stands between a conflict and its end.
type ConflictState string

// The states of conflicts.
const (
	ConflictOpen      ConflictState = "open"      // somebody has to decide
	ConflictApproved  ConflictState = "approved"  // the provider's next request connects
	ConflictFreed     ConflictState = "freed"     // the provider's next request will succeed
	ConflictDismissed ConflictState = "dismissed" // an operator wants to hear no more of it
	ConflictClosed    ConflictState = "closed"
)

// Conflict is what a provider asked for and did not get because another held it.
type Conflict struct {
	ID     ConflictID
	Kind   Kind         // of what was to be provisioned, UserKind or GroupKind
	Values []TakenValue // lost to the holder; Holder and ID are not kept. The first names the conflict
	Holder Holder
	// Name and ExternalID are the userName or displayName and the externalId that the
	// provider sent.
	Name, ExternalID string
	Resource         scim.ID // the user or group that was to be changed, "" for a new one
	Attempts         int
	First, Last      time.Time // of the attempts
	State            ConflictState
	Outcome          string   // in words: why it is in that state
	Approval         Approval // where the state is ConflictApproved
	// Deactivated says that the holder is a user of the same tenant whose active is
	// false. It is not stored: only Holds knows it.
	Deactivated bool

	indexed string // the key by which a later success finds it
}

// Approval lets the next request of the provider that loses the conflict's values
// take over who holds them, as long as that is as it was when it was approved.
type Approval struct {
	Version int64 // of the holder
	By      string
	Until   time.Time
}

const day = 24 * time.Hour

// ApprovalLife is how long an approval waits for the provider.
const ApprovalLife = 7 * day

// conflictLife is how long a conflict is kept after its last attempt.
const conflictLife = 90 * day

// WithoutEmail reports whether values were lost of which none is an email: then the
// holder need not be the same person.
func (c Conflict) WithoutEmail() bool {
	for _, v := range c.Values {
		if v.Attribute == emailAttribute {
			return false
		}
	}
	return c.Kind == UserKind
}

// HolderKind says what holds the values: account, user, group
// or team of the same tenant, or elsewhere.
func (c Conflict) HolderKind(t tenant.ID) string {
	if c.Holder.Kind != AccountKind && c.Holder.Tenant != t {
		return "elsewhere"
	}
	return strings.ToLower(string(c.Holder.Kind))
}

const emailAttribute = "emails.value"

// idOf makes the id of the conflict about a value: it differs between tenants,
// so that a request with the wrong tenant finds no conflict.
func (t Conflicts) idOf(v TakenValue) ConflictID {
	sum := sha256.Sum256([]byte(string(t.id) + "#" + v.Attribute + "#" + scim.Fold(v.Value)))
	return ConflictID(strings.ToLower(base32.StdEncoding.EncodeToString(sum[:])[:12]))
}

func (t keys) conflicts() string { return t.prefix() + "CONFLICT" }

func (t keys) conflict(id ConflictID) table.Key {
	return table.Key{PK: t.conflicts(), SK: string(id)}
}

// conflictIndex is the partition of the conflicts of one provider's record: by its
// externalId, or by the id of the resource where it has none.
func (t keys) conflictIndex(record string) string {
	return t.prefix() + "CONFLICTOF#" + bounded(record)
}

func (t keys) conflictIndexEntry(record string, id ConflictID) table.Key {
	return table.Key{PK: t.conflictIndex(record), SK: string(id)}
}

// indexValue names what a conflict is about, as long as its values may change.
func (c Conflict) indexValue() string {
	if c.Resource != "" {
		return "id=" + string(c.Resource)
	}
	if c.ExternalID != "" {
		return "externalId=" + c.ExternalID
	}
	return ""
}

// attributes are what an attempt tells of a conflict.
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
