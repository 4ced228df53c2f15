package outbox

import (
	"time"

	"scimserver/shared/table"
)

// The bounds of a transaction. DynamoDB allows 100 actions and 4 MB.
const (
	maxActions = 100
	maxBytes   = 3 << 20
)

// transaction appends entries to a feed: it puts the events, advances the head, and stores
// the marks of the records.
type transaction struct {
	*state
	at     time.Time
	events []table.Write
	added  map[int64][]byte // by second: the new marks of its records
	drafts int              // how many drafts the events are made from
	bytes  int
}

// newTransaction makes a transaction from as many of the first drafts as fit.
func newTransaction(s *state, drafts []Draft) (*transaction, error) {
	t := &transaction{state: s, at: s.now().UTC().Truncate(time.Millisecond), added: map[int64][]byte{}}
	if t.at.Before(s.head.at) { // events must expire in their order, even if clocks differ
		t.at = s.head.at
	}
	for _, e := range join(drafts) {
		if more, err := t.add(e); !more || err != nil {
			return t, err
		}
	}
	return t, nil
}

// add adds an entry if there is room for it, and reports whether there was.
func (t *transaction) add(e entry) (bool, error) {
	sequence := t.head.sequence + int64(len(t.events)) + 1
	text, err := e.json(t.Feed, sequence, t.at)
	if err != nil {
		return false, err
	}
	actions := 1 + len(t.added) + t.newSeconds(e) + len(t.events) + 1
	if t.bytes += len(text); t.drafts > 0 && (actions > maxActions || t.bytes > maxBytes) {
		return false, nil
	}
	for _, r := range e.records {
		m := t.markOf(r)
		t.added[r.At.Unix()] = append(t.added[r.At.Unix()], m[:]...)
	}
	event := table.Item{"event": string(text), "expires": t.at.Add(Retention).Unix()}
	t.events = append(t.events, table.Put(t.eventKey(sequence), event))
	t.drafts += len(e.records)
	return true, nil
}

// newSeconds counts the seconds of the entry's records that the transaction does not write yet. Each
// needs one more write.
func (t *transaction) newSeconds(e entry) int {
	fresh := map[int64]bool{}
	for _, r := range e.records {
		if second := r.At.Unix(); t.added[second] == nil {
			fresh[second] = true
		}
	}
	return len(fresh)
}

// writes returns the writes. If closed isn't 0, the last event closes the feed up to that
// second.
func (t *transaction) writes(closed int64) []table.Write {
	next := t.head
	next.sequence, next.at = t.head.sequence+int64(len(t.events)), t.at
	if closed > 0 {
		next.closed, next.final = closed, next.sequence
	}
	writes := append([]table.Write{t.headWrite(next)}, t.events...)
	for second, marks := range t.added {
		writes = append(writes, t.seenWrite(second, marks))
	}
	return writes
}

// headWrite makes the write that advances the head. It fails if the head has changed.
func (t *transaction) headWrite(next head) table.Write {
	condition, values := "#sequence = :old", table.Item{"old": t.head.sequence}
	if t.head.sequence == 0 {
		condition, values = "attribute_not_exists(#sequence)", table.Item{}
	}
	values["erasures"] = t.head.erasures
	if t.head.erasures == 0 { // heads of earlier versions have the number 0
		condition += " AND (attribute_not_exists(#erasures) OR #erasures = :erasures)"
	} else {
		condition += " AND #erasures = :erasures"
	}
	return table.Put(t.headKey(), next.item()).WithCondition(condition, values)
}

// seenWrite makes the write that adds marks to a second. It fails if another writer has
// added marks since they were read.
func (t *transaction) seenWrite(second int64, marks []byte) table.Write {
	before := t.seen[second]
	all := append(before[:len(before):len(before)], marks...)
	item := table.Item{"marks": all, "expires": time.Unix(second, 0).Add(seenLife).Unix()}
	put := table.Put(t.seenKey(second), item)
	if before == nil {
		return put.WithCondition("attribute_not_exists(PK)", nil)
	}
	return put.WithCondition("size(#marks) = :size", table.Item{"size": int64(len(before))})
}
