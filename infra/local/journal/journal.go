// Package journal keeps the streams of tables: it watches what the functions
// write and tells of every item, as DynamoDB Streams do.
//
// DynamoDB Local has streams of its own, but a table with one takes two to four
// times as long for its writes (measured: transactions of 100 puts).
//
// What a journal cannot know, it does not tell, or takes to be what is likely:
//   - OldImage of an item that was not told of since the journal began, or not for
//     long. It is the image that was told last.
//   - Whether a put or an update made an item or changed one: a put is told as
//     INSERT, an update as MODIFY. A delete is told as REMOVE even of an item that
//     was not there, and a write that changed nothing is told like any.
//   - NewImage of an update that does not return it. It is read a little later, and
//     may show what a later write made of the item; an item that is gone by then is
//     told as REMOVE.
//   - Writes past the functions, and what time to live removes.
//   - What a write left that broke off. It is told as if it had been carried out,
//     with the items as they are read then.
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

// Record tells of one item that was written. Keys and image are in DynamoDB's JSON.
type Record struct {
	Table     string
	EventName string // INSERT, MODIFY or REMOVE
	Sequence  string // ascends in the order of the engine's answers
	Created   time.Time
	Keys      map[string]any
	NewImage  map[string]any  // nil when the item is gone
	OldImage  json.RawMessage // nil when it is not known
}

// Reader reads an item strongly consistently; nil when there is none.
type Reader func(ctx context.Context, table string, key map[string]any) (map[string]any, error)

// Journal tells subscribers of the writes that it watches. It keeps none of them:
// what has not been told when Run ends is lost.
type Journal struct {
	keys    map[string][]string
	read    Reader
	log     io.Writer
	pending *Queue[call]
	images  images

	mu          sync.Mutex
	subscribers []subscriber
}

type subscriber struct {
	table string
	take  func(Record)
}

const (
	// mostPending bounds the calls that have not been told of, by their bytes.
	mostPending = 64 << 20
	// readEvery and readFor say how long an engine that restarts is waited for.
	readEvery, readFor = 250 * time.Millisecond, time.Minute
)

// New makes the journal of the tables whose key attributes are given. log is told of what is lost.
func New(keys map[string][]string, read Reader, log io.Writer) *Journal {
	return &Journal{
		keys:    keys,
		read:    read,
		log:     log,
		pending: NewQueue[call](mostPending),
		images:  images{most: mostImages},
	}
}

// Subscribe has take called with every record of a table, in order, from now on.
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

// Run tells of what is written until ctx ends.
func (j *Journal) Run(ctx context.Context) {
	sequence := 0
	for {
		c, ok := j.pending.Next(ctx)
		if !ok {
			return
		}
		writes, err := j.writes(c)
		if err != nil {
			_, _ = fmt.Fprintf(j.log, "stream | a %s cannot be told of: %v\n", c.operation, err)
		}
		for _, w := range writes {
			sequence++
			w.Sequence, w.Created = fmt.Sprintf("%021d", sequence), c.answered
			j.tell(ctx, w)
		}
	}
}

func (j *Journal) tell(ctx context.Context, w write) {
	if w.unseen {
		if err := j.see(ctx, &w.Record); err != nil {
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

// see reads the image of a record. An engine that restarts is waited for.
func (j *Journal) see(ctx context.Context, r *Record) error {
	ctx, end := context.WithTimeout(ctx, readFor)
	defer end()
	for {
		item, err := j.read(ctx, r.Table, r.Keys)
		if err == nil {
			r.image(item)
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(readEvery):
		}
	}
}

// image sets what was read of the item.
func (r *Record) image(item map[string]any) {
	r.NewImage = item
	switch {
	case item == nil:
		r.EventName = remove
	case r.EventName == remove:
		r.EventName = modify
	}
}
