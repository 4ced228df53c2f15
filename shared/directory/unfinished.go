package directory

import (
	"context"
	"strings"
	"time"

	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/tenant"
)

// lease is how long the function that began a change or deletion may still be working on it:
// longer than a request can take.
const lease = 30 * time.Second

// EnqueueUnfinished handles an item from the table's stream that has a mark of deletion or
// a pending change. It records unfinished work for Sweep, or finishes the work at once if
// the function that began it can't be running any more. If the item is gone by now, it removes
// what the deletion has left. The error is ErrUnavailable.
func (d *Directory) EnqueueUnfinished(ctx context.Context, pk, sk string) error {
	w, ok := workItemOf(pk, sk)
	if !ok {
		return nil
	}
	since, gone, err := d.startedAt(ctx, w)
	if gone {
		return d.namespace(w.tenant).removeLeftovers(ctx, w.kind, w.id)
	}
	if err != nil || since.IsZero() {
		return err
	}
	if d.now().Sub(since) >= lease {
		return d.finish(ctx, w)
	}
	n := note{w, scim.FormatTime(since)}
	return d.db.Write(ctx, func(table.Stamp) table.Write { return table.Put(w.noteKey(), n.item()) })
}

// Sweep finishes all recorded work whose lease is over, and returns the number of finished
// work items. It attempts all of them, and returns the first error.
func (d *Directory) Sweep(ctx context.Context) (finished int, err error) {
	items, _, err := d.db.Query(ctx, table.Query{PK: unfinishedPK})
	for _, item := range items {
		n, ok := noteFrom(item)
		if !ok {
			continue
		}
		over, problem := d.finishNoted(ctx, n)
		if problem != nil && err == nil {
			err = problem
		}
		if over {
			finished++
		}
	}
	return finished, err
}

// finishNoted finishes the work of one note and deletes the note, unless the lease is not over
// or another sweep has reserved it.
func (d *Directory) finishNoted(ctx context.Context, n note) (finished bool, err error) {
	since, gone, err := d.startedAt(ctx, n.workItem)
	if gone {
		err = d.namespace(n.tenant).removeLeftovers(ctx, n.kind, n.id)
	}
	switch {
	case err != nil:
		return false, err
	case !since.IsZero() && d.now().Sub(since) < lease:
		return false, nil
	case !since.IsZero():
		if mine, err := d.reserve(ctx, n.workItem); err != nil || !mine {
			return false, err
		}
		if err := d.finish(ctx, n.workItem); err != nil {
			d.unreserve(ctx, n.workItem)
			return false, err
		}
	}
	return !since.IsZero(), d.deleteNote(ctx, n)
}

// deleteNote deletes a note, unless EnqueueUnfinished has written a newer one meanwhile.
func (d *Directory) deleteNote(ctx context.Context, n note) error {
	err := d.db.Write(ctx, func(table.Stamp) table.Write {
		return table.Delete(n.noteKey()).WithCondition("#since = :since", table.Item{"since": n.since})
	})
	return ignoreConditionFailed(err, table.FailedConditions(err))
}

// workItem is a change or deletion that may be unfinished.
type workItem struct {
	tenant tenant.ID
	kind   Kind
	id     scim.ID
}

// workItemOf returns the resource with a key, false if the key is of another item.
func workItemOf(pk, sk string) (workItem, bool) {
	if pk == AccountKind.keyName() {
		return workItem{"", AccountKind, scim.ID(sk)}, true
	}
	parts := strings.Split(pk, "#")
	if len(parts) != 3 || parts[0] != "T" {
		return workItem{}, false
	}
	w := workItem{tenant.ID(parts[1]), kindNamed(parts[2]), scim.ID(sk)}
	return w, w.kind != ""
}

func (w workItem) noteKey() table.Key {
	return table.Key{PK: unfinishedPK, SK: string(w.tenant) + "#" + string(w.kind) + "#" + string(w.id)}
}

// note is the record of a work item for Sweep.
type note struct {
	workItem
	since string // when the work began
}

// noteFrom returns a stored note, false if its key is malformed.
func noteFrom(item table.Item) (note, bool) {
	parts := strings.Split(item.Text("SK"), "#")
	if len(parts) != 3 {
		return note{}, false
	}
	return note{workItem{tenant.ID(parts[0]), Kind(parts[1]), scim.ID(parts[2])}, item.Text("since")}, true
}

func (n note) item() table.Item { return table.Item{"since": n.since} }

// startedAt returns when the work on a resource began, the zero time if there is no work. gone
// reports whether the resource no longer exists.
func (d *Directory) startedAt(ctx context.Context, w workItem) (since time.Time, gone bool, err error) {
	item, err := d.db.Get(ctx, d.namespace(w.tenant).keys.resource(w.kind, w.id))
	if err != nil {
		return time.Time{}, false, err
	}
	at := item.Text("deleting")
	if at == "" {
		at = item.Text("since")
	}
	if at == "" {
		return time.Time{}, item == nil, nil
	}
	since, err = time.Parse(time.RFC3339, at)
	return since, false, err
}

// finish finishes the work on a resource.
func (d *Directory) finish(ctx context.Context, w workItem) error {
	t := d.namespace(w.tenant)
	item, err := d.db.Get(ctx, t.keys.resource(w.kind, w.id))
	switch {
	case err != nil || item == nil:
		return err
	case !exists(item):
		return t.finishDeletion(ctx, w.kind, item)
	case item.Text("pending") != "":
		return t.groups().finishChange(ctx, w.id, item.Text("pending"))
	}
	return nil
}
