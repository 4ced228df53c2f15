package outbox

import (
	"time"

	"scimserver/shared/table"
)

// The bounds of a transaction: DynamoDB takes 100 actions and 4 MB.
const (
	maxActions = 100
	maxBytes   = 3 << 20
)

// transaction appends entries to a feed: it puts their events, moves the head, and
// remembers their records.
type transaction struct {
	*state
	at     time.Time
	events []table.Write
	added  map[int64][]byte // by second: the marks of the records
	drafts int              // that the events are made of
	bytes  int
}

// newTransaction makes a transaction of the first of some drafts, as many as it takes.
func newTransaction(s *state, drafts []Draft) (*transaction, error) {
	t := &transaction{state: s, at: s.now().UTC().Truncate(time.Millisecond), added: map[int64][]byte{}}
	if t.at.Before(s.head.at) { // events expire in their order, whatever the clocks say
		t.at = s.head.at
	}
	for _, e := range join(drafts) {
		if more, err := t.add(e); !more || err != nil {
			return t, err
		}
	}
	return t, nil
}

// add adds an entry, and reports whether there was room for it.
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

// newSeconds counts the seconds of an entry's records that no entry before has.
func (t *transaction) newSeconds(e entry) int {
	fresh := map[int64]bool{}
	for _, r := range e.records {
		if second := r.At.Unix(); t.added[second] == nil {
			fresh[second] = true
		}
	}
	return len(fresh)
}

// writes makes the writes. closed is 0, or the second up to which the feed is closed by its
// last event.
func (t *transaction) writes(closed int64) []table.Write {
	now := t.head
	now.sequence, now.at = t.head.sequence+int64(len(t.events)), t.at
	if closed > 0 {
		now.closed, now.final = closed, now.sequence
	}
	writes := append([]table.Write{t.headWrite(now)}, t.events...)
	for second, marks := range t.added {
		writes = append(writes, t.seenWrite(second, marks))
	}
	return writes
}

func (t *transaction) headWrite(now head) table.Write {
	put := table.Put(t.headKey(), now.item())
	if t.head.sequence == 0 {
		return put.WithCondition("attribute_not_exists(PK)", nil)
	}
	return put.WithCondition("#sequence = :old", table.Item{"old": t.head.sequence})
}

// seenWrite makes the write that remembers the records of a second. Its condition is that
// nobody has added to them since they were read.
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
