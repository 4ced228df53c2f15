package directory

import (
	"context"
	"strings"
	"time"

	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/tenant"
)

// lease is the time in which the function that began a change or deletion may
// still be at work on it: longer than a request can take.
const lease = 30 * time.Second

// EnqueueUnfinished looks at an item that the table's stream shows with a mark of deletion or
// a pending change. Work that is still to be done is noted for Sweep, or finished
// at once if the function that began it can't be at it any more. The error is
// ErrUnavailable.
func (d *Directory) EnqueueUnfinished(ctx context.Context, pk, sk string) error {
	w, ok := workItemOf(pk, sk)
	if !ok {
		return nil
	}
	since, err := d.startedAt(ctx, w)
	if err != nil || since.IsZero() {
		return err
	}
	if d.now().Sub(since) >= lease {
		return d.finish(ctx, w)
	}
	return d.db.Write(ctx, func(table.Stamp) table.Write {
		return table.Put(w.noteKey(), table.Item{"since": scim.FormatTime(since)})
	})
}

// Sweep finishes all noted work whose lease is over, and returns how much that was.
// The error is that of the first piece of work that could not be finished; the
// others are tried nevertheless.
func (d *Directory) Sweep(ctx context.Context) (finished int, err error) {
	notes, _, err := d.db.Query(ctx, table.Query{PK: unfinishedPK})
	for _, note := range notes {
		over, problem := d.finishNoted(ctx, note)
		if problem != nil && err == nil {
			err = problem
		}
		if over {
			finished++
		}
	}
	return finished, err
}

// finishNoted finishes the work of one note, unless its lease goes on or another sweep is
// at it, and takes the note away.
func (d *Directory) finishNoted(ctx context.Context, note table.Item) (finished bool, err error) {
	w, ok := parseNoteKey(note.Text("SK"))
	if !ok {
		return false, nil
	}
	since, err := d.startedAt(ctx, w)
	switch {
	case err != nil:
		return false, err
	case !since.IsZero() && d.now().Sub(since) < lease:
		return false, nil
	case !since.IsZero():
		if mine, err := d.reserve(ctx, w); err != nil || !mine {
			return false, err
		}
		if err := d.finish(ctx, w); err != nil {
			d.unreserve(ctx, w)
			return false, err
		}
	}
	return !since.IsZero(), d.deleteNote(ctx, w, note)
}

// deleteNote takes a note away, unless EnqueueUnfinished has written a newer one meanwhile.
func (d *Directory) deleteNote(ctx context.Context, w workItem, note table.Item) error {
	err := d.db.Write(ctx, func(table.Stamp) table.Write {
		return table.Delete(w.noteKey()).WithCondition("#since = :since", table.Item{"since": note.Text("since")})
	})
	return ignoreConditionFailed(err, table.FailedConditions(err))
}

// workItem is a change or deletion that may be unfinished.
type workItem struct {
	tenant tenant.ID
	kind   Kind
	id     scim.ID
}

// workItemOf tells which resource an item is.
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

func parseNoteKey(sk string) (workItem, bool) {
	parts := strings.Split(sk, "#")
	if len(parts) != 3 {
		return workItem{}, false
	}
	return workItem{tenant.ID(parts[0]), Kind(parts[1]), scim.ID(parts[2])}, true
}

// startedAt returns when the work on a resource was begun, the zero time if there is
// none.
func (d *Directory) startedAt(ctx context.Context, w workItem) (time.Time, error) {
	item, err := d.db.Get(ctx, d.namespace(w.tenant).keys.resource(w.kind, w.id))
	if err != nil {
		return time.Time{}, err
	}
	at := item.Text("deleting")
	if at == "" {
		at = item.Text("since")
	}
	if at == "" {
		return time.Time{}, nil
	}
	return time.Parse(time.RFC3339, at)
}

// finish does what is left of the work on a resource.
func (d *Directory) finish(ctx context.Context, w workItem) error {
	t := d.namespace(w.tenant)
	item, err := d.db.Get(ctx, t.keys.resource(w.kind, w.id))
	switch {
	case err != nil || item == nil:
		return err
	case !exists(item):
		return t.finishDeletion(ctx, w.kind, item)
	case item.Text("pending") != "":
		return ignoreNotFound(t.groups().finishChange(ctx, w.id, item.Text("pending")))
	}
	return nil
}
