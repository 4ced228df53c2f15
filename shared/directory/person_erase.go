package directory

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"scimserver/shared/erasure"
	"scimserver/shared/outbox"
	"scimserver/shared/provlog"
	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// Erasure is the progress of erasing a person from a tenant, or from the accounts.
type Erasure struct {
	PersonSearch
	Stage ErasureStage `json:"stage"`
	// Resources are the users or accounts that the erasure deletes.
	Resources []scim.ID `json:"resources"`
	// The numbers of records whose values were replaced.
	Conflicts int `json:"conflicts"`
	Entries   int `json:"entries"`
	Events    int `json:"events"`

	// Began says that this call began the erasure.
	Began bool `json:"-"`
}

// ErasureStage is a stage of an erasure.
type ErasureStage string

// The stages, in their order. The erasure stores all values that it looks for before it deletes anything, and
// removes them at its end. So it can be continued after any interruption.
const (
	ErasureLearns   ErasureStage = "learn"   // finds former names
	ErasureDeletes  ErasureStage = "delete"  // deletes the user or account
	ErasureReplaces ErasureStage = "replace" // replaces values in conflicts, log and events
	ErasureDone     ErasureStage = "done"
)

// erasureLife is how long an interrupted erasure can be continued.
const erasureLife = 30 * day

// Erase continues to erase the person who has or had a value: a userName, an email or an externalId. It works for
// about the duration work, and the caller calls it again until the stage is ErasureDone. ids are the users who are
// deleted. A user who has or had the value and is not among ids is kept, and listed in Existing. It returns
// ErrNotFound if the tenant does not exist, ErrContention and ErrUnavailable.
func (t *Tenant) Erase(ctx context.Context, value string, ids []scim.ID, work time.Duration) (Erasure, error) {
	record, err := t.d.tenants.Tenant(ctx, t.id)
	if err != nil {
		return Erasure{}, err
	}
	return t.erase(ctx, value, ids, record.Created, work)
}

// Erase is Tenant.Erase for an account and the events of the accounts.
func (a *Accounts) Erase(ctx context.Context, value string, ids []scim.ID, work time.Duration) (Erasure, error) {
	return a.erase(ctx, value, ids, time.Time{}, work)
}

func (t *namespace) erase(
	ctx context.Context, value string, ids []scim.ID, since time.Time, work time.Duration,
) (Erasure, error) {
	e, err := t.loadErasure(ctx, value, ids)
	if err != nil {
		return e, err
	}
	search := personSearcher{namespace: t, PersonSearch: &e.PersonSearch, since: since, keepExisting: true}
	x := &eraser{search, &e, value}
	x.visit = x.replace
	for until := t.d.now().Add(work); e.Stage != ErasureDone; {
		if err := x.stage(ctx, until); err != nil {
			return e, err
		}
		if err := x.save(ctx); err != nil {
			return e, err
		}
		if !t.d.now().Before(until) {
			break
		}
	}
	return e, nil
}

func (t keys) erasures() string {
	if t.id == "" {
		return "ACCOUNT#ERASURE"
	}
	return t.prefix() + "ERASURE"
}

func (t keys) erasure(value string) table.Key {
	sum := sha256.Sum256([]byte(scim.Fold(value)))
	return table.Key{PK: t.erasures(), SK: hex.EncodeToString(sum[:])}
}

// loadErasure reads an erasure that was interrupted, or begins one. If ids contains new ids, the erasure begins
// again, but keeps the values that it knows.
func (t *namespace) loadErasure(ctx context.Context, value string, ids []scim.ID) (Erasure, error) {
	e := Erasure{
		PersonSearch: NewPersonSearch([]string{value}, ids),
		Stage:        ErasureLearns, Resources: []scim.ID{}, Began: true,
	}
	item, err := t.d.db.Get(ctx, t.keys.erasure(value))
	if err != nil || item == nil {
		return e, err
	}
	var old Erasure
	if err := json.Unmarshal([]byte(item.Text("state")), &old); err != nil {
		return e, fmt.Errorf("directory: the state of an erasure: %w", err)
	}
	if more := slices.ContainsFunc(ids, func(id scim.ID) bool { return !old.isPerson(id) }); !more {
		return old, nil
	}
	old.addIDs(ids)
	old.Stage, old.Phase, old.At, old.LastPass, old.Existing = ErasureLearns, phaseConflicts, "", false, nil
	return old, nil
}

// eraser carries out an erasure.
type eraser struct {
	personSearcher
	progress *Erasure
	value    string
}

// save stores the progress. At the end it deletes the progress, because it contains values of the person.
func (x *eraser) save(ctx context.Context) error {
	key := x.keys.erasure(x.value)
	if x.progress.Stage == ErasureDone {
		return x.d.db.Write(ctx, func(table.Stamp) table.Write { return table.Delete(key) })
	}
	state, err := json.Marshal(x.progress)
	if err != nil {
		return err
	}
	put := table.Put(key, table.Item{"state": string(state), "expires": x.d.now().Add(erasureLife).Unix()})
	return x.d.db.Write(ctx, func(table.Stamp) table.Write { return put })
}

// stage works on the current stage until the stage or the time is over.
func (x *eraser) stage(ctx context.Context, until time.Time) error {
	switch x.progress.Stage {
	case ErasureLearns:
		if err := x.learnDocuments(ctx); err != nil {
			return err
		}
		if err := x.run(ctx, until, func() bool { return x.LastPass }); err != nil || !x.LastPass {
			return err
		}
		return x.prepare(ctx)
	case ErasureDeletes:
		return x.delete(ctx)
	default:
		if err := x.run(ctx, until, func() bool { return false }); err != nil || x.Phase != "" {
			return err
		}
		x.progress.Stage = ErasureDone
		return nil
	}
}

// prepare ends the first stage: all values are known.
func (x *eraser) prepare(ctx context.Context) (err error) {
	for _, id := range x.IDs {
		item, err := x.d.db.Get(ctx, x.keys.person(x.personKind(), id))
		if err != nil {
			return err
		}
		if item != nil && !slices.Contains(x.progress.Resources, id) {
			x.progress.Resources = append(x.progress.Resources, id)
		}
	}
	x.progress.Stage = ErasureDeletes
	x.HeldByOthers, err = x.heldByOthers(ctx)
	return err
}

// delete deletes the users or accounts. It first marks the person's ids as erased: function changes may process the
// deletion and earlier changes later, and then writes log entries and events without values. It marks even an
// id of which neither an item nor a record exists yet: the user may have been deleted, and all records may still come.
func (x *eraser) delete(ctx context.Context) error {
	if err := x.d.feed(x.id).MarkErased(ctx, x.IDs); err != nil {
		return err
	}
	for _, id := range x.progress.Resources {
		err := x.namespace.delete(ctx, x.personKind(), id, nil)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	for _, name := range x.Values.Identifiers {
		if err := x.ForgetGuesses(ctx, name); err != nil {
			return err
		}
	}
	x.progress.Stage = ErasureReplaces
	if x.id == "" {
		return nil
	}
	return provlog.New(x.d.db, x.id).ForgetFormer(ctx, x.Values.Identifiers, x.present())
}

// present lists the person's ids that are or were in this tenant.
func (x *eraser) present() []scim.ID {
	ids := slices.Concat(x.WithRecords, x.progress.Resources)
	slices.Sort(ids)
	return slices.Compact(ids)
}

// replace replaces the values in a record.
func (x *eraser) replace(ctx context.Context, r storedRecord, about bool) (err error) {
	m, changed := x.Values.Without(x.HeldByOthers).Matcher(), false
	switch r.Type {
	case "conflict":
		if about || x.mentions(r) {
			changed, err = x.conflicts().erase(ctx, r.conflict.ID, *x.PersonSearch, m)
		}
		x.progress.Conflicts += count(changed)
	case "log":
		if r.entry.Text, changed, err = provlog.EraseValues(r.entry.Text, about, m); changed && err == nil {
			err = provlog.New(x.d.db, x.id).Replace(ctx, r.entry)
		}
		x.progress.Entries += count(changed)
	case "event":
		if r.event.Text, changed, err = outbox.EraseValues(r.event.Text, about, m); changed && err == nil {
			err = x.d.feed(x.id).Replace(ctx, r.event)
		}
		x.progress.Events += count(changed)
	}
	return err
}

func count(changed bool) int {
	if changed {
		return 1
	}
	return 0
}

// erasedOutcome is the outcome of a conflict that was still open.
const erasedOutcome = "The person was erased."

// erase replaces the values of a person in a conflict, and closes it. changed is false if there was nothing to do.
func (t Conflicts) erase(
	ctx context.Context, id ConflictID, p PersonSearch, m erasure.Matcher,
) (changed bool, err error) {
	err = table.RetryIfChanged(ctx, func() error {
		changed = false
		c, err := t.Get(ctx, id)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		next := c.erased(p, m)
		before, err := c.attributes()
		if err != nil {
			return err
		}
		after, err := next.attributes()
		if err != nil {
			return err
		}
		if changed = fmt.Sprint(before) != fmt.Sprint(after); !changed {
			return nil
		}
		return t.storeErased(ctx, c, after)
	})
	return changed, err
}

// storeErased stores a conflict without values. It first deletes the index entry by which a search for the
// externalId finds the conflict.
func (t Conflicts) storeErased(ctx context.Context, old Conflict, attributes table.Item) error {
	if old.indexed != "" {
		entry := table.Delete(t.keys.conflictIndexEntry(old.indexed, old.ID))
		if err := t.d.db.Write(ctx, func(table.Stamp) table.Write { return entry }); err != nil {
			return err
		}
	}
	condition, values := old.unchanged()
	return asItemChanged(t.d.db.Write(ctx, func(table.Stamp) table.Write {
		return table.Update(t.keys.conflict(old.ID), attributes).WithCondition(condition, values)
	}))
}

// erased returns the conflict without the values of a person. The name of another person who wants the same value
// stays.
func (c Conflict) erased(p PersonSearch, m erasure.Matcher) Conflict {
	mine := slices.Contains(p.IDs, c.Resource)
	values := slices.Clone(c.Values)
	for i, v := range values {
		if p.Values.Identify(v.Value) || mine || slices.Contains(p.IDs, c.Holder.ID) {
			values[i].Value = erasure.Erased
		}
	}
	mine = mine || c.Resource == ""
	for _, text := range []*string{&c.Name, &c.ExternalID} {
		if *text != "" && (mine || p.Values.Identify(*text)) {
			*text = erasure.Erased
		}
	}
	c.Values = values
	if c.Outcome = m.Replace(c.Outcome); c.State != ConflictClosed {
		c.State, c.Outcome, c.Approval = ConflictClosed, erasedOutcome, Approval{}
	}
	return c
}
