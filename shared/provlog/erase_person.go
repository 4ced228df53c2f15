package provlog

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"scimserver/shared/erasure"
	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// Stored is an entry as it is stored.
type Stored struct {
	Key  table.Key
	Text string // JSON
}

// late is how long after an entry's expiry DynamoDB may still store it.
const late = 7 * day

// Scan reads a page of all entries since a time: at most 1 MB of one partition, from the newest day to the
// oldest. after is the next value of the previous page, or "" for the first page. next is "" on the last page.
func (l Log) Scan(ctx context.Context, now, since time.Time, after string) (entries []Stored, next string, err error) {
	at, shard, sk := l.scanPosition(now, after)
	if now.Sub(at) > Retention+late || at.Before(since.Add(-2*day)) {
		return nil, "", nil
	}
	q := table.Query{PK: l.partition(at, strconv.FormatInt(int64(shard), 16)), After: sk}
	end := ""
	err = l.db.Walk(ctx, q, func(items []table.Item, after string) (bool, error) {
		for _, item := range items {
			entries = append(entries, Stored{item.Key(), item.Text("entry")})
		}
		end = after
		return false, nil
	})
	if end == "" {
		if shard++; shard == shards {
			at, shard = at.Add(-day), 0
		}
	}
	return entries, strings.Join([]string{at.UTC().Format(time.DateOnly), strconv.Itoa(shard), end}, "/"), err
}

// scanPosition reads a position of Scan: the day, the shard, and the sort key of the last entry that was read.
func (l Log) scanPosition(now time.Time, after string) (at time.Time, shard int, sk string) {
	parts := strings.SplitN(after, "/", 3)
	at, err := time.Parse(time.DateOnly, parts[0])
	if err != nil || len(parts) < 3 {
		return now.UTC().Truncate(day).Add(day), 0, "" // clocks may differ
	}
	shard, _ = strconv.Atoi(parts[1])
	return at, shard, parts[2]
}

// Replace replaces the JSON of a stored entry. It does nothing if the entry has expired.
func (l Log) Replace(ctx context.Context, e Stored) error {
	err := l.db.Write(ctx, func(table.Stamp) table.Write {
		return table.Update(e.Key, table.Item{"entry": e.Text}).WithCondition("attribute_exists(PK)", nil)
	})
	if table.FailedConditions(err) != nil {
		return nil
	}
	return err
}

// EraseValues replaces values in the JSON of an entry. If the entry is about the person, it replaces the names, the
// externalId and the detail. In all other texts it replaces the values that m matches. It keeps who made the request.
func EraseValues(text string, about bool, m erasure.Matcher) (out string, changed bool, err error) {
	return erasure.Rewrite(text, func(path []string, s string) string {
		switch path[0] {
		case "time", "request", "credential", "operator", "operation", "resourceType", "scimType":
			return s
		case "name", "formerName", "externalId", "detail":
			if about {
				return erasure.Erased
			}
		case "id":
			if len(path) == 1 && !strings.Contains(s, "@") {
				return s
			}
		}
		return m.Replace(s)
	})
}

// ForgetFormer deletes the former names of users. It is idempotent. The error is table.ErrUnavailable.
func (l Log) ForgetFormer(ctx context.Context, names []string, ids []scim.ID) error {
	var writes []table.Write
	for _, name := range names {
		for _, id := range ids {
			former := l.WriteFormer(scim.Fold(name), Named{ID: id, Type: "User"}, time.Time{})
			writes = append(writes, table.Delete(former.Key))
		}
	}
	return l.db.WriteAll(ctx, writes)
}

// ParseEntry reads the JSON of a stored entry.
func ParseEntry(text string) (e Entry, err error) {
	err = json.Unmarshal([]byte(text), &e)
	return e, err
}

// Erased returns the entry without the values of the person whom it is about.
func (e Entry) Erased() Entry {
	for _, text := range []*string{&e.Name, &e.FormerName, &e.ExternalID, &e.Detail} {
		if *text != "" {
			*text = erasure.Erased
		}
	}
	return e
}
