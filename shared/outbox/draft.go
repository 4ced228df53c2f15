package outbox

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"time"

	"scimserver/shared/tenant"
)

// Draft is an event without a sequence, made from one record of the table's stream.
type Draft struct {
	Record Record
	// Event needs neither the claims of the token nor the feed and the sequence, because
	// Append sets them. Transaction is the request's id, or "" if it is not known.
	Event Event
	// Data is the JSON of the resource after the change; nil if the event has none.
	Data json.RawMessage

	erased bool // the event is about a person who was erased: it has no values
}

// Record identifies a record of the stream. It is the same for every delivery of the record.
type Record struct {
	ID string    // unique among the records of the same second
	At time.Time // when the item was written, in whole seconds
}

// MaxMembers is the maximum number of members in an event.
const MaxMembers = 100

// joinWithin is the longest time between two membership changes that share an event.
const joinWithin = 10 * time.Second

// MaxSize is the maximum size of an event's JSON, in bytes. A larger event is truncated: it
// names the changed attributes without their values.
const MaxSize = 200 << 10

// mark is the hash by which a feed recognizes a record that it has seen.
type mark [markSize]byte

const markSize = 8

func (f Feed) markOf(r Record) mark {
	sum := f.hash(r)
	return mark(sum[:markSize])
}

func (f Feed) hash(r Record) [sha256.Size]byte {
	var second [8]byte
	binary.BigEndian.PutUint64(second[:], uint64(r.At.Unix()))
	return sha256.Sum256([]byte(f.prefix() + string(second[:]) + r.ID))
}

// entry is an event that is about to be appended. It is made from one or more drafts.
type entry struct {
	Draft
	records []Record
}

// join makes an entry of each draft. Consecutive drafts that add members to the same group,
// or remove members from it, share an entry.
func join(drafts []Draft) (entries []entry) {
	for _, d := range drafts {
		if n := len(entries); n > 0 && entries[n-1].canJoin(d) {
			last := &entries[n-1]
			last.Event.Members = append(last.Event.Members, d.Event.Members...)
			last.records = append(last.records, d.Record)
			continue
		}
		d.Event.Members = d.Event.Members[:len(d.Event.Members):len(d.Event.Members)]
		entries = append(entries, entry{Draft: d, records: []Record{d.Record}})
	}
	return entries
}

// canJoin reports whether d can share the entry.
func (e entry) canJoin(d Draft) bool {
	return len(d.Event.Members) > 0 && d.Event.Type == e.Event.Type && d.Event.Resource.ID == e.Event.Resource.ID &&
		len(e.Event.Members)+len(d.Event.Members) <= MaxMembers &&
		d.Record.At.Sub(e.Record.At).Abs() <= joinWithin
}

// json sets the feed, the sequence and the claims of the event, and returns its JSON.
func (e entry) json(f Feed, sequence int64, at time.Time) ([]byte, error) {
	event, sum := e.Event, f.hash(e.records[0])
	event.ID, event.IssuedAt = hex.EncodeToString(sum[:16]), at.Unix()
	event.Tenant, event.Audience, event.Sequence = f.id, audience(f.id), sequence
	if event.Transaction == "" {
		event.Transaction = event.ID
	}
	text, err := event.json(e.Data)
	if err == nil && len(text) > MaxSize {
		event.truncate()
		text, err = event.json(nil)
	}
	if err == nil && e.erased {
		return eraseDraft(text)
	}
	return text, err
}

func (e Event) json(data json.RawMessage) ([]byte, error) {
	if err := e.describe(data); err != nil {
		return nil, err
	}
	return marshal(e)
}

// truncate removes the values of attributes.
func (e *Event) truncate() {
	names := make([]Change, len(e.Changes))
	for i, c := range e.Changes {
		names[i].Attribute = c.Attribute
	}
	e.Changes, e.Resource.Emails, e.Truncated = names, nil, true
}

// audience returns the name of a feed. The id "" stands for the accounts.
func audience(id tenant.ID) string {
	if id == "" {
		return "accounts"
	}
	return "tenants/" + string(id)
}
