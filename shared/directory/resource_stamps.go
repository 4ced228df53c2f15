package directory

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// A plain write is a write of one item outside a transaction. It is sent without an
// idempotency token, at half the cost of a transaction. If its answer is lost and the
// retry is refused, only the item can show whether the first attempt succeeded. So a
// resource keeps the stamps of its latest plain writes in the attribute "writer", as long
// as a request may ask for them. The mark of deletion has its stamp in the attribute
// "marker". If a resource is removed while a request may still ask, a tombstone keeps its
// stamps.
//
// An attempt that arrives late, after its retry, changes nothing. Its condition demands a
// version that a resource has only once, or that the resource is not marked yet.

// maxStamps bounds the stamps on one item. If that many plain writes have followed a write
// within the lease, its stamp is gone, and its outcome stays unknown.
const maxStamps = 32

// tombstoneLife is the time to live of a tombstone: much longer than the lease.
const tombstoneLife = time.Hour

// nextStamps returns the stamps of a resource and that of its next write. Stamps that no
// running request can ask for are dropped.
func (d *Directory) nextStamps(old Resource, stamp table.Stamp) string {
	var stamps []string
	if d.mayBeRunning(old.LastModified) {
		stamps = strings.Fields(old.writer)
	}
	stamps = append(stamps, fmt.Sprintf("%d:%s", old.Version+1, stamp))
	return strings.Join(stamps[max(0, len(stamps)-maxStamps):], " ")
}

// mayBeRunning reports whether the request that wrote at that time may still be running.
func (d *Directory) mayBeRunning(at time.Time) bool { return d.now().Sub(at) < lease }

// changeResource sends the writes of a change. The first of them is on the item of the
// resource old. The errors are those of table.DB.Change.
func (t *namespace) changeResource(
	ctx context.Context, k Kind, old Resource, build func(table.Stamp) []table.Write, lost func(context.Context) error,
) error {
	return t.resolveLostAnswer(ctx, k, old.ID, old.Version+1, t.d.db.Change(ctx, build, lost))
}

// resolveLostAnswer decides what happened to a plain write whose answer was lost and whose
// retry was refused. It returns nil if the write succeeded, the refusal if it did not, and
// ErrUnavailable if that can no longer be known. version is the version that the write
// sets, or 0 for a mark, whose stamp no other write removes.
func (t *namespace) resolveLostAnswer(ctx context.Context, k Kind, id scim.ID, version int64, refused error) error {
	failed := table.FailedConditions(refused)
	if failed == nil || failed.Lost == "" {
		return refused
	}
	item := failed.Failures[0].Item
	if item == nil {
		var err error
		if item, err = t.d.db.Get(ctx, t.keys.tombstone(k, id)); err != nil {
			return err
		}
	}
	switch {
	case failed.Lost.On(item):
		return nil
	case version > 0 && version < oldestStamp(item):
		return fmt.Errorf(
			"%w: it is unknown whether a write succeeded: its answer was lost, and %d other writes followed",
			ErrUnavailable, maxStamps,
		)
	}
	return refused
}

// oldestStamp returns the version of the oldest stamp on an item if earlier stamps may
// have been removed, otherwise 0.
func oldestStamp(item table.Item) int64 {
	stamps := strings.Fields(item.Text("writer"))
	if len(stamps) < maxStamps {
		return 0
	}
	version, _, _ := strings.Cut(stamps[0], ":")
	n, _ := strconv.ParseInt(version, 10, 64)
	return n
}

// tombstone returns the write that keeps the stamps of a removed resource, if a request
// may still ask for them. marker is the stamp of the mark of deletion, "" if the request
// that set it is known to have its answer.
func (t *namespace) tombstone(k Kind, r Resource, marker string) []table.Write {
	item := table.Item{}
	if r.writer != "" && t.d.mayBeRunning(r.LastModified) {
		item["writer"] = r.writer
	}
	if marker != "" {
		item["marker"] = marker
	}
	if len(item) == 0 {
		return nil
	}
	item["expires"] = t.d.now().Add(tombstoneLife).Unix()
	return []table.Write{table.Put(t.keys.tombstone(k, r.ID), item)}
}

// recentMarker returns the stamp of the mark on an item if the request that set it may
// still be running, otherwise "".
func (d *Directory) recentMarker(marked table.Item) string {
	if at, err := time.Parse(time.RFC3339, marked.Text("deleting")); err == nil && d.mayBeRunning(at) {
		return marked.Text("marker")
	}
	return ""
}

func (t keys) tombstone(k Kind, id scim.ID) table.Key {
	return table.Key{PK: t.tombstones(k), SK: string(id)}
}
