package provlog

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// Named is a user, group or team.
type Named struct {
	ID   scim.ID `json:"id"`
	Type string  `json:"type"`
	Name string  `json:"name,omitempty"` // the current name, "" if it no longer exists
}

// formerPK returns the partition of former names: T#<tenant>#LOGNAMES. A sort key is the hash of a
// folded name, the type and the id. The names themselves are not stored.
func (l Log) formerPK() string { return "T#" + string(l.tenant) + "#LOGNAMES" }

func hashOf(folded string) string {
	sum := sha256.Sum256([]byte(folded))
	return hex.EncodeToString(sum[:16])
}

// WriteFormer makes the write that stores which resource had a name until a time. The name is a
// userName, displayName, email or externalId in folded form. The item is kept for as long as
// entries are. The write is idempotent.
func (l Log) WriteFormer(folded string, of Named, until time.Time) table.Write {
	key := table.Key{PK: l.formerPK(), SK: hashOf(folded) + "#" + of.Type + "#" + string(of.ID)}
	return table.Put(key, table.Item{"expires": until.Add(Retention).Unix()})
}

// maxFormer is the maximum number of resources with the same former name that Former returns.
const maxFormer = 20

// Former returns the resources that had a name and lost it within the time that entries are kept,
// without their current names. since is when the tenant was created: names that were lost before are
// those of an earlier tenant with the same id. The error is table.ErrUnavailable.
func (l Log) Former(ctx context.Context, name string, since time.Time) (all []Named, err error) {
	q := table.Query{PK: l.formerPK(), Limit: maxFormer}.Prefixed(hashOf(scim.Fold(name)) + "#")
	items, _, err := l.db.Query(ctx, q)
	for _, item := range items {
		if item.Int("expires") < beginning(since).Add(Retention).Unix() {
			continue
		}
		_, rest, _ := strings.Cut(item.Text("SK"), "#")
		kind, id, _ := strings.Cut(rest, "#")
		all = append(all, Named{ID: scim.ID(id), Type: kind})
	}
	return all, err
}
