// Package journal replaces DynamoDB Streams: it watches the calls of the functions and
// emits a record for each item that they write.
//
// DynamoDB Local has streams of its own, but writes to a table with a stream take two to
// four times as long (measured: transactions of 100 puts).
//
// A call does not contain everything that a stream record contains. The journal fills in the
// rest, so its records differ from those of DynamoDB Streams:
//   - OldImage is the NewImage of the item's previous record. It is missing if there was no
//     such record, or if the journal has dropped its image.
//   - EventName is INSERT for a put, MODIFY for an update and REMOVE for a delete, even if
//     the put replaced an item, the update created one, or the delete found none. A write
//     that changed nothing also has a record.
//   - NewImage of an update in a transaction is read from the table before the caller gets the
//     answer. It may include a later write of another caller. If the item has been deleted
//     meanwhile, the record is a REMOVE. The images of a batch, and of an update that does not
//     ask for ALL_NEW, are read when the record is sent.
//   - A write whose connection broke counts as carried out. Its image is read when the record
//     is sent.
//   - Writes that do not come from the functions, and items that expire, have no record.
package journal

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"
)

// Record describes the write of one item. Keys and image are in DynamoDB's JSON.
type Record struct {
	Table     string
	EventName string // INSERT, MODIFY or REMOVE
	Sequence  string // increases in the order of the engine's answers
	Created   time.Time
	Keys      map[string]any
	NewImage  map[string]any  // nil if the item was deleted
	OldImage  json.RawMessage // nil if unknown
}

// Reader reads an item with strong consistency, nil if it does not exist.
type Reader func(ctx context.Context, table string, key map[string]any) (map[string]any, error)

// Journal sends a record of each write that it watches to its subscribers. It stores
// nothing: records that have not been sent when Run ends are lost.
type Journal struct {
	keys    map[string][]string
	item    Reader
	log     io.Writer
	pending *Queue[pendingWrites]
	images  images

	mu          sync.Mutex
	subscribers []subscriber
}

type subscriber struct {
	table string
	take  func(Record)
}

const (
	// maxPending limits the calls whose records were not sent yet, in bytes of their bodies.
	maxPending = 64 << 20
	// readEvery and readFor are the interval and the limit of retries while an engine
	// restarts.
	readEvery, readFor = 250 * time.Millisecond, time.Minute
)

// New returns a journal of the tables whose key attributes are given. It logs lost
// records.
func New(keys map[string][]string, item Reader, log io.Writer) *Journal {
	return &Journal{
		keys:    keys,
		item:    item,
		log:     log,
		pending: NewQueue[pendingWrites](maxPending),
		images:  images{maxBytes: maxImages},
	}
}

// Subscribe calls take for every record of a table, in order, from now on.
func (j *Journal) Subscribe(table string, take func(Record)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.subscribers = append(j.subscribers, subscriber{table, take})
}

func (j *Journal) subscribed() []subscriber {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.subscribers)
}

// Run sends records to the subscribers until ctx ends.
func (j *Journal) Run(ctx context.Context) {
	sequence := 0
	for {
		next, ok := j.pending.Next(ctx)
		if !ok {
			return
		}
		<-next.complete
		for _, w := range next.writes {
			sequence++
			w.Sequence = fmt.Sprintf("%021d", sequence)
			j.send(ctx, w)
		}
	}
}

func (j *Journal) send(ctx context.Context, w write) {
	if w.imageUnknown {
		if err := j.readImage(ctx, &w.Record); err != nil {
			_, _ = fmt.Fprintf(j.log, "stream | record %s is lost: %v\n", w.Sequence, err)
			return
		}
	}
	old, err := j.images.swap(w.Record)
	if err != nil {
		_, _ = fmt.Fprintf(j.log, "stream | record %s has no old image: %v\n", w.Sequence, err)
	}
	w.OldImage = old
	for _, s := range j.subscribed() {
		if s.table == w.Table {
			s.take(w.Record)
		}
	}
}

// readImage reads the new image of a record, and retries while the engine restarts.
func (j *Journal) readImage(ctx context.Context, r *Record) error {
	ctx, end := context.WithTimeout(ctx, readFor)
	defer end()
	for {
		item, err := j.item(ctx, r.Table, r.Keys)
		if err == nil {
			r.setImage(item)
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(readEvery):
		}
	}
}

// setImage sets the new image of a record.
func (r *Record) setImage(item map[string]any) {
	r.NewImage = item
	switch {
	case item == nil:
		r.EventName = remove
	case r.EventName == remove:
		r.EventName = modify
	}
}
