package directory

import (
	"context"
	"sync"

	"golang.org/x/sync/errgroup"

	"scimserver/shared/outbox"
	"scimserver/shared/tenant"
)

// indexedChange is a change with the index of its record in the batch.
type indexedChange struct {
	eventChange
	index int
}

// WriteEvents appends the events of records to their feeds, in the order of the records. A
// record becomes an event once, however often it is delivered. Records of tenants that do
// not exist or are being deleted do not become events: the deletion has an event of its own.
//
// It returns the number of records that became events, and the errors by the index of the
// record. If a feed fails, all its records fail; other feeds are not affected.
func (d *Directory) WriteEvents(ctx context.Context, records []StreamRecord) (events int, failed map[int]error) {
	w := &eventWriter{Directory: d, failed: map[int]error{}}
	var all []indexedChange
	for i, r := range records {
		c, ok, err := d.readEvent(r)
		if err != nil {
			w.failed[i] = err
		}
		if ok {
			all = append(all, indexedChange{c, i})
		}
	}
	kept, err := w.keep(ctx, all)
	if err != nil {
		w.fail(all, err)
		return 0, w.failed
	}
	w.append(ctx, kept)
	return w.events, w.failed
}

// eventWriter appends the events of a batch.
type eventWriter struct {
	*Directory
	mu     sync.Mutex
	events int
	failed map[int]error
}

func (w *eventWriter) fail(changes []indexedChange, err error) {
	for _, c := range changes {
		w.failed[c.index] = err
	}
}

// keep drops the changes of tenants, groups and teams that do not exist, and completes the others.
func (w *eventWriter) keep(ctx context.Context, all []indexedChange) (kept []indexedChange, err error) {
	if len(all) == 0 {
		return nil, nil
	}
	var ids []tenant.ID
	asked := map[tenant.ID]bool{"": true}
	for _, c := range all {
		if !asked[c.tenant] {
			ids, asked[c.tenant] = append(ids, c.tenant), true
		}
	}
	present, err := w.tenants.SchemaVersions(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		version, exists := present[c.tenant]
		if c.tenant != "" && !exists {
			continue
		}
		if err := w.complete(ctx, &c, version); err != nil {
			w.failed[c.index] = err
			continue
		}
		kept = append(kept, c)
	}
	return w.describeGroups(ctx, kept)
}

// complete completes the draft about a resource of a tenant. v is the version of the tenant's schemas.
func (w *eventWriter) complete(ctx context.Context, c *indexedChange, v tenant.SchemaVersion) error {
	if c.fill == nil {
		return nil
	}
	format, err := w.Directory.events.ofTenant(ctx, c.tenant, v)
	if err == nil {
		c.fill(format, &c.draft)
	}
	return err
}

// append appends the changes to their feeds, several feeds at a time.
func (w *eventWriter) append(ctx context.Context, all []indexedChange) {
	feeds := map[tenant.ID][]indexedChange{}
	for _, c := range all {
		feeds[c.tenant] = append(feeds[c.tenant], c)
	}
	var work errgroup.Group
	work.SetLimit(maxParallel)
	for id, changes := range feeds {
		work.Go(func() error {
			drafts := make([]outbox.Draft, len(changes))
			for i, c := range changes {
				drafts[i] = c.draft
			}
			err := w.feed(id).Append(ctx, drafts)
			w.mu.Lock()
			defer w.mu.Unlock()
			if err != nil {
				w.fail(changes, err)
			} else {
				w.events += len(changes)
			}
			return nil
		})
	}
	_ = work.Wait() // the errors are in w.failed
}
