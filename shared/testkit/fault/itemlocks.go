package fault

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// ItemLocks cancels concurrent writes to an item, as DynamoDB does. A write is in progress
// for hold() and then for as long as the engine takes. Meanwhile a transaction on any of
// its items is cancelled with TransactionConflict, and a plain write to an item of a
// transaction fails with TransactionConflictException. Two plain writes never conflict.
// The first write succeeds. Reads and BatchWriteItem are not affected. Items are
// identified by the key attributes PK and SK.
func ItemLocks(next http.RoundTripper, hold func() time.Duration) http.RoundTripper {
	return &itemLocks{next: next, hold: hold, held: map[string][]*write{}}
}

type itemLocks struct {
	next http.RoundTripper
	hold func() time.Duration

	mu   sync.Mutex
	held map[string][]*write // by item; more than one only where all are plain writes
}

// write is a request that changes or checks items.
type write struct {
	items       []string // in the request's order
	transaction bool
	token       string // of a transaction
}

func (l *itemLocks) RoundTrip(r *http.Request) (*http.Response, error) {
	c, err := readCall(r)
	if err != nil {
		return nil, err
	}
	w, err := parseWrite(c)
	if err != nil {
		return nil, err
	}
	if w == nil {
		return c.send(l.next)
	}
	if refused := l.acquire(w); refused != nil {
		return refused.answer(c, w)
	}
	defer l.release(w)
	if err := sleep(r.Context(), l.hold()); err != nil {
		return nil, err
	}
	return c.send(l.next)
}

// refusal says which concurrent writes conflict with a write.
type refusal struct {
	codes []string // for each item of the write
	self  bool     // the same transaction, sent again, is still in flight
}

func (f *refusal) answer(c *call, w *write) (*http.Response, error) {
	switch {
	case f.self:
		return c.refuse(http.StatusBadRequest, "TransactionInProgressException", map[string]any{
			"Message": "The transaction with the given request token is already in progress.",
		})
	case w.transaction:
		return c.cancel(f.codes)
	}
	return c.refuse(http.StatusBadRequest, "TransactionConflictException", map[string]any{
		"message": reasonMessage(conflict),
	})
}

// acquire locks all items of the write, or no item.
func (l *itemLocks) acquire(w *write) *refusal {
	l.mu.Lock()
	defer l.mu.Unlock()
	f, refused := &refusal{codes: make([]string, len(w.items))}, false
	for i, item := range w.items {
		f.codes[i] = none
		for _, other := range l.held[item] {
			if w.transaction || other.transaction {
				f.codes[i], refused = conflict, true
			}
			f.self = f.self || (w.transaction && w.token != "" && w.token == other.token)
		}
	}
	if refused {
		return f
	}
	for _, item := range w.items {
		l.held[item] = append(l.held[item], w)
	}
	return nil
}

func (l *itemLocks) release(w *write) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, item := range w.items {
		var rest []*write
		for _, other := range l.held[item] {
			if other != w {
				rest = append(rest, other)
			}
		}
		if l.held[item] = rest; len(rest) == 0 {
			delete(l.held, item)
		}
	}
}

// attributes are the typed values of an item or a key: {"PK": {"S": "..."}}.
type attributes map[string]json.RawMessage

// target is the part of a write that names its item.
type target struct {
	TableName string
	Key       attributes // UpdateItem, DeleteItem, ConditionCheck
	Item      attributes // PutItem
}

func (t *target) name() string {
	key := t.Key
	if key == nil {
		key = t.Item
	}
	return fmt.Sprintf("%s %s %s", t.TableName, key["PK"], key["SK"])
}

// parseWrite returns nil for a call that does not write.
func parseWrite(c *call) (*write, error) {
	switch c.operation {
	case "PutItem", "UpdateItem", "DeleteItem":
		var t target
		err := json.Unmarshal(c.body, &t)
		return &write{items: []string{t.name()}}, err
	case "TransactWriteItems":
		return parseTransaction(c.body)
	}
	return nil, nil
}

func parseTransaction(body []byte) (*write, error) {
	var in struct {
		ClientRequestToken string
		TransactItems      []map[string]target // one entry: {"Put": {...}}
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, err
	}
	w := &write{transaction: true, token: in.ClientRequestToken}
	for _, action := range in.TransactItems {
		for _, t := range action {
			w.items = append(w.items, t.name())
		}
	}
	return w, nil
}
