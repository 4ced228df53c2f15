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

// PersonRecord is a conflict, a log entry or an event that is about a person or contains a value of the person.
type PersonRecord struct {
	Type string          `json:"type"` // conflict, log or event
	Data json.RawMessage `json:"data"`
}

// PersonSearch is a search for the records about a person: in the conflicts, the log and the events of a tenant, or
// in the events of the accounts. It starts from some ids and values of the person, and reads all records in passes.
// While a pass finds unknown values, such as a former name, another pass follows. The last pass knows all values and
// visits the records. As JSON, a PersonSearch is the position at which the search continues.
type PersonSearch struct {
	// IDs are the person's users or accounts.
	IDs []scim.ID `json:"ids"`
	// WithRecords are those of IDs that at least one log entry or event is about.
	WithRecords []scim.ID `json:"seen,omitempty"`
	// Given are the values that the search was started with. A user or account that has or had one of them is the
	// person's.
	Given  erasure.Values `json:"given"`
	Values erasure.Values `json:"values"` // all known values, including Given

	Phase    string `json:"phase"`           // the kind of records that are being read; "" when the search is over
	At       string `json:"at,omitempty"`    // the position among them
	LastPass bool   `json:"known,omitempty"` // all values are known, and this pass visits the records
	FoundNew bool   `json:"grew,omitempty"`  // this pass has found an unknown id or value

	// Existing are users or accounts that have or had one of the given values, still exist, and are not among IDs.
	// An erasure changes neither them nor the records about them.
	Existing []scim.ID `json:"living,omitempty"`

	// HeldByOthers are those of the person's values that another user or account holds now. An erasure does not
	// replace them in records about others.
	HeldByOthers []string `json:"others,omitempty"`
}

// The phases of a pass.
const (
	phaseConflicts = "conflicts"
	phaseLog       = "log"
	phaseEvents    = "events"
)

// NewPersonSearch begins a search. An id that is given twice counts once.
func NewPersonSearch(values []string, ids []scim.ID) PersonSearch {
	p := PersonSearch{Phase: phaseConflicts}
	p.addIDs(ids)
	p.Given.AddIdentifiers(values...)
	p.Values.AddIdentifiers(values...)
	return p
}

// A search follows at most maxIDs ids of one person, and learns no further values once it knows maxValues.
const maxIDs, maxValues = 200, 200

// personSearcher carries out a search, page by page.
type personSearcher struct {
	*namespace
	*PersonSearch
	since time.Time // when the tenant was created
	// keepExisting: a user or account that still exists is added to Existing instead of IDs.
	keepExisting bool
	// visit gets each record of the last pass. about says whether it is about the person.
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
func (s *personSearcher) step(ctx context.Context) error {
	switch {
	case s.Phase == phaseConflicts && s.id != "":
		return s.conflictPage(ctx)
	case s.Phase == phaseLog && s.id != "":
		return s.logPage(ctx)
	case s.Phase == phaseEvents:
		return s.eventPage(ctx)
	}
	s.next("")
	return nil
}

// next moves to a position of the phase, or to the next phase if the position is "".
func (s *personSearcher) next(at string) {
	if s.At = at; at != "" {
		return
	}
	switch s.Phase {
	case phaseConflicts:
		s.Phase = phaseLog
	case phaseLog:
		s.Phase = phaseEvents
	default:
		s.endPass()
	}
}

// endPass begins the next pass, or ends the search after the last one.
func (s *personSearcher) endPass() {
	switch {
	case s.LastPass:
		s.Phase = ""
		return
	case !s.FoundNew:
		s.LastPass = true
	}
	s.Phase, s.FoundNew = phaseConflicts, false
}

// handle calls learn for a record about the person. learn adds the values in the record to those of the search. In
// the last pass handle visits each record instead.
func (s *personSearcher) handle(ctx context.Context, r storedRecord, about bool, learn func()) error {
	if s.LastPass {
		return s.visit(ctx, r, about)
	}
	if about {
		before := len(s.Values.Identifiers) + len(s.Values.Names)
		if before < maxValues {
			learn()
		}
		s.FoundNew = s.FoundNew || len(s.Values.Identifiers)+len(s.Values.Names) > before
	}
	return nil
}

// addHolder adds the id of a user or account that has or had a given value.
func (s *personSearcher) addHolder(ctx context.Context, id scim.ID) error {
	if s.LastPass || id == "" || s.isPerson(id) || slices.Contains(s.Existing, id) || len(s.IDs) >= maxIDs {
		return nil
	}
	if s.keepExisting {
		item, err := s.d.db.Get(ctx, s.keys.person(s.personKind(), id))
		if err != nil {
			return err
		}
		if exists(item) {
			s.Existing = append(s.Existing, id)
			return nil
		}
	}
	s.IDs, s.FoundNew = append(s.IDs, id), true
	return nil
}

// noteRecord is called for a record about the user or account with this id. It reports whether the id is one of the
// person's. If so, it adds the id to WithRecords.
func (p *PersonSearch) noteRecord(id scim.ID) bool {
	if !p.isPerson(id) {
		return false
	}
	if !slices.Contains(p.WithRecords, id) {
		p.WithRecords = append(p.WithRecords, id)
	}
	return true
}

// personKind is UserKind in a tenant, and AccountKind for the accounts.
func (t *namespace) personKind() Kind {
	if t.id == "" {
		return AccountKind
	}
	return UserKind
}

// isPerson reports whether an id is one of the person's.
func (p *PersonSearch) isPerson(id scim.ID) bool { return slices.Contains(p.IDs, id) }

// addIDs adds those ids that are not among the person's yet.
func (p *PersonSearch) addIDs(ids []scim.ID) {
	for _, id := range ids {
		if !p.isPerson(id) {
			p.IDs = append(p.IDs, id)
		}
	}
}

// heldByOthers returns those of the person's identifiers that another user or account holds now, such as an email
// address that was given to somebody else.
func (s *personSearcher) heldByOthers(ctx context.Context) (held []string, err error) {
	var keys []table.Key
	values := map[table.Key]string{}
	for _, value := range s.Values.Identifiers {
		for _, kind := range []string{"USERNAME", "EMAIL"} {
			key := s.keys.claim(kind, value)
			keys, values[key] = append(keys, key), value
		}
	}
	items, err := s.d.db.GetAll(ctx, keys)
	for _, item := range items {
		if !s.isPerson(holderFrom(item).ID) {
			held = append(held, values[item.Key()])
		}
	}
	return held, err
}

// run reads pages until the search is over, the time is over, or stop returns true.
func (s *personSearcher) run(ctx context.Context, until time.Time, stop func() bool) error {
	for s.Phase != "" && s.d.now().Before(until) && !stop() {
		if err := s.step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// mentions reports whether a record has a value of the person.
func (p *PersonSearch) mentions(r storedRecord) bool {
	m := p.Values.Without(p.HeldByOthers).Matcher()
	_, changed, err := erasure.Rewrite(string(r.Data), func(_ []string, s string) string {
		if p.isPerson(scim.ID(s)) {
			return erasure.Erased
		}
		return m.Replace(s)
	})
	return changed || err != nil
}

// PersonRecords continues a search for about the duration work, and returns the records that it finds: those about the
// person, and those that contain the person's id or values. The search is over when p.Phase is "". It returns
// ErrNotFound if the tenant does not exist, and ErrUnavailable.
func (t *Tenant) PersonRecords(ctx context.Context, p *PersonSearch, work time.Duration) ([]PersonRecord, error) {
	record, err := t.d.tenants.Tenant(ctx, t.id)
	if err != nil {
		return nil, err
	}
	return t.personRecords(ctx, p, record.Created, work)
}

// PersonRecords is Tenant.PersonRecords for the events of the accounts.
func (a *Accounts) PersonRecords(ctx context.Context, p *PersonSearch, work time.Duration) ([]PersonRecord, error) {
	return a.personRecords(ctx, p, time.Time{}, work)
}

// maxRecordBytes is the size of the records found, in bytes, after which a call reads no further page. A page has at
// most 1 MB.
const maxRecordBytes = 2 << 20

func (t *namespace) personRecords(
	ctx context.Context, p *PersonSearch, since time.Time, work time.Duration,
) (found []PersonRecord, err error) {
	size := 0
	s := &personSearcher{namespace: t, PersonSearch: p, since: since}
	s.visit = func(_ context.Context, r storedRecord, about bool) error {
		if about || p.mentions(r) {
			found, size = append(found, r.PersonRecord), size+len(r.Data)
		}
		return nil
	}
	if err := s.learnDocuments(ctx); err != nil {
		return nil, err
	}
	err = s.run(ctx, t.d.now().Add(work), func() bool { return size > maxRecordBytes })
	return found, err
}

// learnDocuments adds the values of the person's users or accounts that still exist. Every call that continues a search
// does it once, because they may have changed since the last call.
func (s *personSearcher) learnDocuments(ctx context.Context) error {
	for _, id := range s.IDs {
		item, err := s.d.db.Get(ctx, s.keys.person(s.personKind(), id))
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
		s.Values.LearnDocument(r.Doc)
	}
	return nil
}
