package directory

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"scimserver/shared/erasure"
	"scimserver/shared/outbox"
	"scimserver/shared/provlog"
	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// PersonRecord is a conflict, a log entry or an event that has something about a person.
type PersonRecord struct {
	Type string          `json:"type"` // conflict, log or event
	Data json.RawMessage `json:"data"`
}

// PersonHistory is a walk over the conflicts, the log and the events of a tenant, or over the events of the
// accounts. It begins with some ids and values of a person. It walks until it has found all former names, and once
// more to use them. As JSON it is the position of the walk.
type PersonHistory struct {
	// IDs are the resources whose records are all about the person.
	IDs  []scim.ID `json:"ids"`
	Seen []scim.ID `json:"seen,omitempty"` // those of IDs that records are about
	// Given are the values that were asked for. A resource that has or had one of them is the person's.
	Given  erasure.Values `json:"given"`
	Values erasure.Values `json:"values"` // all that is known, Given included
	Phase  string         `json:"phase"`  // "" at the end
	At     string         `json:"at,omitempty"`
	Known  bool           `json:"known,omitempty"` // the names are complete, and this is the last walk
	Grew   bool           `json:"grew,omitempty"`  // this walk has found something new

	// Living are resources that had a value that was asked for, and exist. An erasure leaves them and their records.
	Living []scim.ID `json:"living,omitempty"`

	// Others are identifiers that other resources hold now: they are not replaced in records about others.
	Others []string `json:"others,omitempty"`
}

// The phases of a walk.
const (
	historyConflicts = "conflicts"
	historyLog       = "log"
	historyEvents    = "events"
)

// NewPersonHistory begins a walk.
func NewPersonHistory(values []string, ids []scim.ID) PersonHistory {
	h := PersonHistory{IDs: slices.Clone(ids), Phase: historyConflicts}
	h.Given.AddIdentifiers(values...)
	h.Values.AddIdentifiers(values...)
	return h
}

// maxLearned bounds the values and the ids of one person.
const maxLearned = 200

// historyWalk carries out a walk, page by page.
type historyWalk struct {
	*namespace
	*PersonHistory
	since time.Time // when the tenant was created
	spare bool      // leave the resources that exist and are not among the first ids
	// visit gets each record of the last walk. about says that it is about the person.
	visit func(ctx context.Context, r storedRecord, about bool) error
}

// storedRecord is a record with its place in the table.
type storedRecord struct {
	PersonRecord
	conflict Conflict
	entry    provlog.Stored
	event    outbox.Stored
}

// step reads a page.
func (w *historyWalk) step(ctx context.Context) error {
	switch {
	case w.Phase == historyConflicts && w.id != "":
		return w.conflictPage(ctx)
	case w.Phase == historyLog && w.id != "":
		return w.logPage(ctx)
	case w.Phase == historyEvents:
		return w.eventPage(ctx)
	}
	w.next("")
	return nil
}

// next moves to a position of the phase, or to the next phase if the position is "".
func (w *historyWalk) next(at string) {
	if w.At = at; at != "" {
		return
	}
	switch w.Phase {
	case historyConflicts:
		w.Phase = historyLog
	case historyLog:
		w.Phase = historyEvents
	default:
		w.endWalk()
	}
}

// endWalk begins the next walk, or ends the last one.
func (w *historyWalk) endWalk() {
	switch {
	case w.Known:
		w.Phase = ""
		return
	case !w.Grew:
		w.Known = true
	}
	w.Phase, w.Grew = historyConflicts, false
}

// handle learns from a record that is about the person. In the last walk it visits the record.
func (w *historyWalk) handle(ctx context.Context, r storedRecord, about bool, learn func()) error {
	if w.Known {
		return w.visit(ctx, r, about)
	}
	if about {
		before := len(w.Values.Identifiers) + len(w.Values.Names)
		if before < maxLearned {
			learn()
		}
		w.Grew = w.Grew || len(w.Values.Identifiers)+len(w.Values.Names) > before
	}
	return nil
}

// consider adds the id of a resource that has had a value that was asked for.
func (w *historyWalk) consider(ctx context.Context, id scim.ID) error {
	if w.Known || id == "" || w.isPerson(id) || slices.Contains(w.Living, id) || len(w.IDs) >= maxLearned {
		return nil
	}
	if w.spare {
		item, err := w.d.db.Get(ctx, w.keys.person(w.personKind(), id))
		if err != nil {
			return err
		}
		if exists(item) {
			w.Living = append(w.Living, id)
			return nil
		}
	}
	w.IDs, w.Grew = append(w.IDs, id), true
	return nil
}

// see reports whether an id is one of the person's, and notes that a record is about it.
func (h *PersonHistory) see(id scim.ID) bool {
	if !h.isPerson(id) {
		return false
	}
	if !slices.Contains(h.Seen, id) {
		h.Seen = append(h.Seen, id)
	}
	return true
}

// personKind is the kind of the persons in a namespace.
func (t *namespace) personKind() Kind {
	if t.id == "" {
		return AccountKind
	}
	return UserKind
}

// isPerson reports whether an id is one of the person's.
func (h *PersonHistory) isPerson(id scim.ID) bool { return slices.Contains(h.IDs, id) }

// heldByOthers returns the identifiers that resources other than the person's hold now: an address that has
// gone to somebody else.
func (w *historyWalk) heldByOthers(ctx context.Context) (held []string, err error) {
	var keys []table.Key
	values := map[table.Key]string{}
	for _, s := range w.Values.Identifiers {
		for _, kind := range []string{"USERNAME", "EMAIL"} {
			key := w.keys.claim(kind, s)
			keys, values[key] = append(keys, key), s
		}
	}
	items, err := w.d.db.GetAll(ctx, keys)
	for _, item := range items {
		if !w.isPerson(holderFrom(item).ID) {
			held = append(held, values[item.Key()])
		}
	}
	return held, err
}

// run reads pages until the walk or the time is over.
func (w *historyWalk) run(ctx context.Context, until time.Time, stop func() bool) error {
	for w.Phase != "" && w.d.now().Before(until) && !stop() {
		if err := w.step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// mentions reports whether a record has a value of the person.
func (h *PersonHistory) mentions(r storedRecord) bool {
	m := h.Values.Without(h.Others).Matcher()
	_, changed, err := erasure.Rewrite(string(r.Data), func(_ []string, s string) string {
		if h.isPerson(scim.ID(s)) {
			return erasure.Erased
		}
		return m.Replace(s)
	})
	return changed || err != nil
}

// PersonRecords continues a walk for about the duration work, and returns what it finds: records that are about
// the person, or have the person's id or values. The walk is over when h.Phase is "". The errors are ErrNotFound
// for the tenant and ErrUnavailable.
func (t *Tenant) PersonRecords(ctx context.Context, h *PersonHistory, work time.Duration) ([]PersonRecord, error) {
	record, err := t.d.tenants.Tenant(ctx, t.id)
	if err != nil {
		return nil, err
	}
	return t.personRecords(ctx, h, record.Created, work)
}

// PersonRecords is Tenant.PersonRecords for the events of the accounts.
func (a *Accounts) PersonRecords(ctx context.Context, h *PersonHistory, work time.Duration) ([]PersonRecord, error) {
	return a.personRecords(ctx, h, time.Time{}, work)
}

// maxRecordBytes is the size of an answer at which a part of a walk ends. A page is at most 1 MB.
const maxRecordBytes = 2 << 20

func (t *namespace) personRecords(
	ctx context.Context, h *PersonHistory, since time.Time, work time.Duration,
) (found []PersonRecord, err error) {
	size := 0
	w := &historyWalk{namespace: t, PersonHistory: h, since: since}
	w.visit = func(_ context.Context, r storedRecord, about bool) error {
		if about || h.mentions(r) {
			found, size = append(found, r.PersonRecord), size+len(r.Data)
		}
		return nil
	}
	if err := w.learnDocuments(ctx); err != nil {
		return nil, err
	}
	err = w.run(ctx, t.d.now().Add(work), func() bool { return size > maxRecordBytes })
	return found, err
}

// learnDocuments adds the values of the resources that exist.
func (w *historyWalk) learnDocuments(ctx context.Context) error {
	for _, id := range w.IDs {
		item, err := w.d.db.Get(ctx, w.keys.person(w.personKind(), id))
		if err != nil {
			return err
		}
		if item == nil {
			continue
		}
		r, err := resourceFrom(item)
		if err != nil {
			return err
		}
		w.Values.LearnDocument(r.Doc)
	}
	return nil
}
