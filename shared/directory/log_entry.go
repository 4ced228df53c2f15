package directory

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

// LogLife is how long an entry of the provisioning log is kept.
const LogLife = 90 * 24 * time.Hour

// LogEntry is an entry of a tenant's provisioning log: a request that changed
// something, or failed to.
type LogEntry struct {
	Time       time.Time    `json:"time"` // at which the request arrived
	Request    string       `json:"request"`
	Credential tenant.KeyID `json:"credential"`
	Operation  string       `json:"operation"`
	Kind       Kind         `json:"resourceType"`
	ID         scim.ID      `json:"id,omitempty"`         // of the resource, as far as it has one
	Name       string       `json:"name,omitempty"`       // userName of a user, displayName of a group
	ExternalID string       `json:"externalId,omitempty"` // likewise as stored, or as a failed request sent it
	Status     int          `json:"status"`
	Type       string       `json:"scimType,omitempty"`
	Detail     string       `json:"detail,omitempty"` // of the error
	// Changed are the names of attributes, and never values but that of active.
	Changed    []string `json:"changed,omitempty"`
	Deviations []string `json:"deviations,omitempty"` // that were tolerated
}

// Failed reports whether the request was refused or could not be carried out.
func (e LogEntry) Failed() bool { return e.Status >= 400 }

// The most bytes of texts in an entry.
const (
	maxLogged = 256
	maxDetail = 1024
)

// LoggedText returns a text as entries hold it: as it is, or the start of a long one.
func LoggedText(s string) string { return cut(s, maxLogged) }

func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "")
}

// bounded cuts the texts that clients choose.
func (e LogEntry) bounded() LogEntry {
	e.ID, e.Name, e.ExternalID = scim.ID(LoggedText(string(e.ID))), LoggedText(e.Name), LoggedText(e.ExternalID)
	e.Detail, e.Time = cut(e.Detail, maxDetail), e.Time.UTC().Truncate(time.Millisecond)
	return e
}

// LogFailure writes the entry of a request that failed. The error is ErrUnavailable.
func (t *Tenant) LogFailure(ctx context.Context, e LogEntry) error {
	put, err := t.logged(e)
	if err != nil {
		return err
	}
	return t.d.db.Write(ctx, func(table.Stamp) table.Write { return put })
}

// logged makes the write of an entry. It may be repeated.
func (t *Tenant) logged(e LogEntry) (table.Write, error) {
	data, err := json.Marshal(e.bounded())
	return table.Put(t.logKey(e), table.Item{"entry": string(data), "expires": e.Time.Add(LogLife).Unix()}), err
}

func entryFrom(item table.Item) (e LogEntry, err error) {
	if err = json.Unmarshal([]byte(item.Text("entry")), &e); err != nil {
		err = fmt.Errorf("directory: an entry of the log, %s: %w", item.Text("SK"), err)
	}
	return e, err
}

// logShards is the number of partitions over which the entries of a day are spread.
const logShards = 16

// logKey is the key of an entry. A request that failed behind its commit point has
// two: of what it changed, and of the failure.
func (t *Tenant) logKey(e LogEntry) table.Key {
	sum := sha256.Sum256([]byte(e.Request))
	sk := scim.FormatTime(e.Time) + "#" + e.Request
	if e.Failed() {
		sk += "#failed"
	}
	return table.Key{PK: t.logPK(e.Time, hex.EncodeToString(sum[:1])[:1]), SK: sk}
}

// logPKs are the partitions of the log of a day.
func (t *Tenant) logPKs(day time.Time) (all []string) {
	for shard := range logShards {
		all = append(all, t.logPK(day, fmt.Sprintf("%x", shard)))
	}
	return all
}
