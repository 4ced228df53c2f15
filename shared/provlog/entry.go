// Package provlog stores the provisioning log of each tenant in the table: an entry for every
// provisioning request that changed something, failed, or had all its changes left out, and for
// every change that an operator made. Entries expire.
package provlog

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/tenant"
)

// Retention is how long entries are kept.
const Retention = 90 * 24 * time.Hour

// Entry is about one operator's change, or about one provisioning request that changed something,
// failed, or had all its changes left out: see Ignored and Skipped.
type Entry struct {
	Time       time.Time    `json:"time"` // of the request's arrival
	Request    string       `json:"request"`
	Credential tenant.KeyID `json:"credential,omitempty"`
	Operator   string       `json:"operator,omitempty"` // the IAM identity of an operator; then there is no credential
	Operation  string       `json:"operation"`
	Kind       string       `json:"resourceType"`
	ID         scim.ID      `json:"id,omitempty"`         // of the resource; "" if it was not created
	Name       string       `json:"name,omitempty"`       // userName of a user, displayName of a group
	ExternalID string       `json:"externalId,omitempty"` // as stored, or as a failed request sent it
	Status     int          `json:"status"`
	Type       string       `json:"scimType,omitempty"`
	Detail     string       `json:"detail,omitempty"` // of the error
	// Changed has the names of the changed attributes. Only for active does it also have the new value.
	Changed    []string `json:"changed,omitempty"`
	Deviations []string `json:"deviations,omitempty"` // names of the repaired deviations
	Ignored    []string `json:"ignored,omitempty"`    // attributes that the resource type does not have
	// Skipped has the first members that were left out because they do not exist.
	Skipped      []scim.ID `json:"skipped,omitempty"`
	SkippedCount int       `json:"skippedCount,omitempty"` // the number of all skipped members
	// Added and Removed have the ids of the first members that joined or left a group or team.
	Added        []Member `json:"added,omitempty"`
	AddedCount   int      `json:"addedCount,omitempty"` // the number of all
	Removed      []Member `json:"removed,omitempty"`
	RemovedCount int      `json:"removedCount,omitempty"` // the number of all
	FormerName   string   `json:"formerName,omitempty"`   // the previous userName or displayName, if it changed
}

// Member is a member of a group or team. The log stores ids only; a name is found when the log is
// read.
type Member struct {
	ID   scim.ID `json:"id"`
	Type string  `json:"type,omitempty"` // User or Group; "" for a person in a team
	Name string  `json:"name,omitempty"` // the current name, "" if it is not known
}

// Leave is the operation of an entry about a group or team that lost a member because the entry's
// request deleted the member. The request has an entry of its own.
const Leave = "leave"

// Log is the provisioning log of one tenant.
type Log struct {
	db      *table.DB
	tenant  tenant.ID
	maxRead int // the maximum number of entries that one page reads
}

// New returns the log of a tenant.
func New(db *table.DB, id tenant.ID) Log { return Log{db: db, tenant: id, maxRead: defaultMaxRead} }

// IsRequest reports whether the entry is about a request of the provider: not about an operator's action, and
// not one more entry of a request that deleted a member (see Leave).
func (e Entry) IsRequest() bool { return e.Operator == "" && e.Operation != Leave }

// Failed reports whether the request failed.
func (e Entry) Failed() bool { return e.Status >= 400 }

// The maximum lengths of texts in an entry, in bytes.
const (
	maxLogged = 256
	maxDetail = 1024
)

// Truncate shortens a text to the form in entries: at most 256 bytes, without splitting a
// character.
func Truncate(s string) string { return truncate(s, maxLogged) }

func truncate(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "")
}

// truncated shortens the texts that clients choose.
func (e Entry) truncated() Entry {
	e.ID, e.Name, e.ExternalID = scim.ID(Truncate(string(e.ID))), Truncate(e.Name), Truncate(e.ExternalID)
	e.Detail, e.Time = truncate(e.Detail, maxDetail), e.Time.UTC().Truncate(time.Millisecond)
	e.Ignored, e.Skipped, e.FormerName = firstOf(e.Ignored), firstOf(e.Skipped), Truncate(e.FormerName)
	return e
}

// maxNamed is how many ignored attributes and skipped members an entry names.
const maxNamed = 10

func firstOf[T any](list []T) []T { return list[:min(len(list), maxNamed)] }

// Put writes an entry. It is idempotent. The error is table.ErrUnavailable.
func (l Log) Put(ctx context.Context, e Entry) error {
	put, err := l.Write(e)
	if err != nil {
		return err
	}
	return l.db.Write(ctx, func(table.Stamp) table.Write { return put })
}

// Write makes the write of an entry, for a caller that carries it out with others. The write
// is idempotent.
func (l Log) Write(e Entry) (table.Write, error) {
	data, err := json.Marshal(e.truncated())
	return table.Put(l.key(e), table.Item{"entry": string(data), "expires": e.Time.Add(Retention).Unix()}), err
}

func entryFrom(item table.Item) (e Entry, err error) {
	if err = json.Unmarshal([]byte(item.Text("entry")), &e); err != nil {
		err = fmt.Errorf("provlog: entry %s is damaged: %w", item.Text("SK"), err)
	}
	return e, err
}

// shards is the number of partitions for the entries of one day. A shard is one hexadecimal
// digit in the partition key.
const shards = 16

// key is the key of an entry. A request that failed after its commit has two entries:
// one for what it changed, and one for the failure. A request that deleted a member has one more
// for each group.
func (l Log) key(e Entry) table.Key {
	sum := sha256.Sum256([]byte(e.Request))
	sk := scim.FormatTime(e.Time) + "#" + e.Request
	switch {
	case e.Failed():
		sk += "#failed"
	case e.Operation == Leave:
		sk += "#" + string(e.ID)
	}
	return table.Key{PK: l.partition(e.Time, hex.EncodeToString(sum[:1])[:1]), SK: sk}
}

// partitions returns the keys of a day's partitions.
func (l Log) partitions(day time.Time) (all []string) {
	for shard := range shards {
		all = append(all, l.partition(day, fmt.Sprintf("%x", shard)))
	}
	return all
}

// partition returns a partition key: T#<tenant>#LOG#<yyyymmdd>#<shard>.
func (l Log) partition(day time.Time, shard string) string {
	return "T#" + string(l.tenant) + "#LOG#" + day.UTC().Format("20060102") + "#" + shard
}
