package directory

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// attempt is the resource that a request tried to create or change when it failed.
type attempt struct {
	kind       Kind
	resource   scim.ID // "" for a new one
	name       string  // userName or displayName
	externalID string
}

// withAttempt adds the attempted resource to a *TakenError. id is "" for a new resource.
func withAttempt(err error, k Kind, id scim.ID, doc scim.Value) error {
	if e, ok := errors.AsType[*TakenError](err); ok {
		name := doc.Get("userName").Text()
		if k == GroupKind {
			name = doc.Get("displayName").Text()
		}
		e.attempt = attempt{k, id, name, doc.Get("externalId").Text()}
	}
	return err
}

// Record opens a conflict for each holder of the values that a request could not have, or
// counts the attempt if the conflict exists. It returns one conflict for each of e.Values,
// in their order. A dismissed conflict stays dismissed as long as the holder is the same.
// The errors are ErrContention and ErrUnavailable.
func (t Conflicts) Record(ctx context.Context, e *TakenError) (ids []ConflictID, err error) {
	ids = make([]ConflictID, len(e.Values))
	for _, c := range t.conflictsOf(e) {
		if err := table.RetryIfChanged(
			ctx,
			func() error { return t.recordOne(ctx, c, e.invalidApproval) },
		); err != nil {
			return nil, err
		}
		for i, h := range e.Holders {
			if h == c.Holder {
				ids[i] = c.ID
			}
		}
	}
	return ids, nil
}

// conflictsOf returns a conflict for each holder. Its first value, which determines its
// id, is an email if there is one: most providers send the email as the username, too.
func (t Conflicts) conflictsOf(e *TakenError) (list []Conflict) {
	now := t.d.instant()
	at := map[Holder]int{}
	for i, v := range e.Values {
		h := e.Holders[i]
		n, met := at[h]
		if !met {
			n, at[h] = len(list), len(list)
			list = append(list, Conflict{
				Kind: e.attempt.kind, Holder: h, Resource: e.attempt.resource, Name: e.attempt.name,
				ExternalID: e.attempt.externalID,
				Attempts:   1, First: now, Last: now, State: ConflictOpen,
			})
		}
		list[n].Values = append(list[n].Values, TakenValue{Attribute: v.Attribute, Value: v.Value})
	}
	for i := range list {
		slices.SortStableFunc(list[i].Values, TakenValue.Compare)
		list[i].ID = t.idOf(list[i].Values[0])
	}
	return list
}

// Compare orders the values of a conflict: first emails by their folded value, whatever
// their order in the request, and then other values. The first value determines the id of
// the conflict.
func (v TakenValue) Compare(o TakenValue) int { return strings.Compare(v.rank(), o.rank()) }

func (v TakenValue) rank() string {
	if v.Attribute == emailAttribute {
		return "0" + scim.Fold(v.Value)
	}
	return "1"
}

// recordOne stores a conflict after one more attempt. The error is table.ErrItemChanged if
// another request changes its state meanwhile.
func (t Conflicts) recordOne(ctx context.Context, c Conflict, invalid invalidApproval) error {
	item, err := t.d.db.Get(ctx, t.keys.conflict(c.ID))
	if err != nil {
		return err
	}
	condition, values := "attribute_not_exists(PK)", table.Item{}
	var old Conflict
	if item != nil {
		if old, err = conflictFrom(item); err != nil {
			return err
		}
		c = old.merge(c, invalid)
		condition, values = old.unchanged()
		condition += " AND #writer <> :stamp"
	}
	return t.storeIndexed(ctx, old, c, func() error {
		return t.store(ctx, c, old.Attempts == 0 || old.State == ConflictClosed, condition, values)
	})
}

// store stores a conflict and counts the attempt. It does nothing if the item has this
// write's stamp already.
func (t Conflicts) store(ctx context.Context, c Conflict, first bool, condition string, values table.Item) error {
	set, err := c.attributes()
	if err != nil {
		return err
	}
	if first {
		set["n"] = int64(1)
	}
	return asItemChanged(t.d.db.Write(ctx, func(stamp table.Stamp) table.Write {
		if len(values) > 0 {
			values["stamp"] = string(stamp)
		}
		set["writer"] = string(stamp)
		write := table.Update(t.keys.conflict(c.ID), set).WithCondition(condition, values)
		if !first {
			write = write.Adding("n", 1)
		}
		return write
	}))
}

// storeIndexed stores a conflict and its index entry, by which a later successful request
// finds it. It uses no transaction, because the transactions of concurrent attempts at the
// same value would conflict with each other. An entry without a conflict is harmless: it is
// ignored. The entry is renewed each day, so that it does not expire before the conflict.
func (t Conflicts) storeIndexed(ctx context.Context, old, c Conflict, store func() error) error {
	record := c.indexValue()
	if record != "" && (record != old.indexed || !c.Last.Truncate(day).Equal(old.Last.Truncate(day))) {
		entry := table.Put(
			t.keys.conflictIndexEntry(record, c.ID),
			table.Item{"expires": c.Last.Add(conflictLife + day).Unix()},
		)
		if err := t.d.db.Write(ctx, func(table.Stamp) table.Write { return entry }); err != nil {
			return err
		}
	}
	if err := store(); err != nil || old.indexed == "" || old.indexed == record {
		return err
	}
	return t.d.db.Write(
		ctx,
		func(table.Stamp) table.Write { return table.Delete(t.keys.conflictIndexEntry(old.indexed, c.ID)) },
	)
}

// invalidApproval says why an approval, which is identified by its expiry, did not permit
// a connection.
type invalidApproval struct {
	until time.Time
	why   string
}

// merge returns an existing conflict after one more attempt, which is next. A valid approval
// stays with the record of the provider that it was given for, even if another record asks
// for the same value. A closed conflict starts again as a new one.
func (c Conflict) merge(next Conflict, invalid invalidApproval) Conflict {
	if c.State != ConflictClosed {
		next.First = c.First
	}
	switch sameHolder := c.Holder == next.Holder; {
	case c.State == ConflictDismissed && sameHolder:
		next.State, next.Outcome = c.State, c.Outcome
	case c.State == ConflictApproved && sameHolder && !c.Approval.Until.Equal(invalid.until):
		last := next.Last
		next = c
		next.Last = last
	case c.State == ConflictApproved && sameHolder:
		next.Outcome = invalid.why
	}
	return next
}

// unchanged returns the condition that the conflict's state, holder and approval are still
// as they were read.
func (c Conflict) unchanged() (condition string, values table.Item) {
	return "#state = :state AND #holder = :holder AND #holderKind = :kind AND #holderTenant = :tenant" +
			" AND (attribute_not_exists(#approvedUntil) OR #approvedUntil = :until)", table.Item{
			"state": string(
				c.State,
			), "holder": string(c.Holder.ID), "kind": string(c.Holder.Kind), "tenant": string(c.Holder.Tenant),
			"until": table.Seconds(c.Approval.Until),
		}
}

// asItemChanged turns a failed condition into table.ErrItemChanged.
func asItemChanged(err error) error {
	if table.FailedConditions(err) != nil {
		return table.ErrItemChanged
	}
	return err
}

// Get reads a conflict. The errors are ErrNotFound and ErrUnavailable.
func (t Conflicts) Get(ctx context.Context, id ConflictID) (Conflict, error) {
	if !ValidID(scim.ID(id)) {
		return Conflict{}, ErrNotFound
	}
	item, err := t.d.db.Get(ctx, t.keys.conflict(id))
	if err == nil && item == nil {
		err = ErrNotFound
	}
	if err != nil {
		return Conflict{}, err
	}
	return conflictFrom(item)
}

// maxConflictBytes bounds the values on a page of conflicts, because clients choose their length.
const maxConflictBytes = 1 << 20

// List reads a page of a tenant's conflicts after an id, in the order of their ids: at
// most limit of them, fewer if their values are long. next is the id to continue after, ""
// at the end.
func (t Conflicts) List(
	ctx context.Context,
	after ConflictID,
	limit int,
) (page []Conflict, next ConflictID, err error) {
	items, last, err := t.d.db.Query(ctx, table.Query{PK: t.keys.conflicts(), After: string(after), Limit: limit})
	size := 0
	for _, item := range items {
		if size > maxConflictBytes {
			return page, page[len(page)-1].ID, nil
		}
		c, err := conflictFrom(item)
		if err != nil {
			return nil, "", err
		}
		page, size = append(page, c), size+len(item.Text("values"))
	}
	return page, ConflictID(last), err
}
