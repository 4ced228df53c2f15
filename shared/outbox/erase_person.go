package outbox

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"scimserver/shared/erasure"
	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// Stored is an event as it is stored.
type Stored struct {
	Sequence int64
	Text     string // JSON
}

// MarkErased marks ids of persons. From then on, Append replaces the values in their events, even if the change was
// earlier. The marks expire when the stream can no longer deliver a record of such a change. The error is
// table.ErrUnavailable.
func (f Feed) MarkErased(ctx context.Context, ids []scim.ID) error {
	if len(ids) == 0 {
		return nil
	}
	now := f.now()
	var marks []table.Write
	for _, key := range f.erasedKeys(ids) {
		marks = append(marks, table.Put(key, table.Item{"expires": now.Add(seenLife).Unix()}))
	}
	if err := f.db.WriteAll(ctx, marks); err != nil {
		return err
	}
	// A transaction that read the head before this write fails. Its next attempt reads the marks. The time does not
	// suffice for that: two erasures may have the same.
	return f.db.Write(ctx, func(table.Stamp) table.Write {
		return table.Update(f.headKey(), table.Item{"erased": now.UnixMilli()}).Adding("erasures", 1)
	})
}

// Erased returns which ids are marked as erased.
func (f Feed) Erased(ctx context.Context, ids []scim.ID) (map[scim.ID]bool, error) {
	item, err := f.db.Get(ctx, f.headKey())
	if err != nil {
		return nil, err
	}
	return f.erasedSince(ctx, headFrom(item), ids)
}

// erasedSince is like Erased, for a caller that has read the head of the feed. The head says whether there are marks.
func (f Feed) erasedSince(ctx context.Context, h head, ids []scim.ID) (map[scim.ID]bool, error) {
	marked := map[scim.ID]bool{}
	if h.erased == 0 || f.now().Sub(time.UnixMilli(h.erased)) > seenLife {
		return marked, nil
	}
	items, err := f.db.GetAll(ctx, f.erasedKeys(ids))
	for _, item := range items {
		marked[scim.ID(item.Text("SK"))] = true
	}
	return marked, err
}

// erasedKeys returns the keys of the marks of ids, each once.
func (f Feed) erasedKeys(ids []scim.ID) (keys []table.Key) {
	for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		keys = append(keys, f.erasedKey(id))
	}
	return keys
}

// markErased marks the drafts whose values are to be replaced.
func (s *state) markErased(ctx context.Context, drafts []Draft) error {
	ids := make([]scim.ID, len(drafts))
	for i, d := range drafts {
		ids[i] = d.Event.Resource.ID
	}
	marked, err := s.erasedSince(ctx, s.head, ids)
	for i, d := range drafts {
		drafts[i].erased = marked[d.Event.Resource.ID]
	}
	return err
}

// Scan reads a page of all stored events after a sequence, at most 1 MB. next is the sequence to continue after, or 0
// on the last page.
func (f Feed) Scan(ctx context.Context, after int64) (events []Stored, next int64, err error) {
	newest, err := f.Head(ctx)
	if err != nil || after >= newest {
		return nil, 0, err
	}
	if after == 0 {
		oldest, err := f.oldest(ctx, newest)
		if err != nil {
			return nil, 0, err
		}
		after = max(0, oldest/bucketSize*bucketSize-1-bucketSize) // expired events may still be stored
	}
	items, err := f.read(ctx, after+1, 0)
	next = ((after+1)/bucketSize+1)*bucketSize - 1
	for _, item := range items {
		sequence, _ := strconv.ParseInt(item.Text("SK"), 10, 64)
		events = append(events, Stored{sequence, item.Text("event")})
		next = sequence
	}
	return events, next, err
}

// Replace replaces the JSON of a stored event. It does nothing if the event has expired.
func (f Feed) Replace(ctx context.Context, e Stored) error {
	err := f.db.Write(ctx, func(table.Stamp) table.Write {
		return table.Update(f.eventKey(e.Sequence), table.Item{"event": e.Text}).
			WithCondition("attribute_exists(PK)", nil)
	})
	if table.FailedConditions(err) != nil {
		return nil
	}
	return err
}

// EraseValues replaces values in the JSON of an event: all values if the event is about the person, and
// otherwise those that m matches. It keeps ids, times, types, and the names of attributes.
func EraseValues(text string, about bool, m erasure.Matcher) (out string, changed bool, err error) {
	return erasure.Rewrite(text, func(path []string, s string) string {
		switch {
		case !isValue(path):
			return s
		case about:
			return erasure.Erased
		}
		return m.Replace(s)
	})
}

// isValue reports whether a path in an event leads to the value of an attribute.
func isValue(path []string) bool {
	switch path[0] {
	case "sub_id":
		return path[1] == "externalId"
	case "resource":
		return path[1] != "id"
	case "changes":
		return path[1] != "attribute"
	case "events": // URI, data, attribute
		return len(path) > 3 && path[2] == "data" && !slices.Contains([]string{"schemas", "id", "meta"}, path[3])
	}
	return false
}

// eraseDraft replaces all values of an event that is about an erased person.
func eraseDraft(text []byte) ([]byte, error) {
	out, _, err := EraseValues(string(text), true, erasure.Matcher{})
	return []byte(out), err
}

// ParseEvent reads the JSON of a stored event.
func ParseEvent(text string) (e Event, err error) {
	err = json.Unmarshal([]byte(text), &e)
	return e, err
}
