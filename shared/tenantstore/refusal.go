package tenantstore

import (
	"context"
	"strings"
	"time"

	"scimserver/shared/table"
	"scimserver/shared/tenant"
)

// refusalRetention is how long refusals are kept.
const refusalRetention = 30 * 24 * time.Hour

// hourLayout is the hour in a refusal's key. It sorts by time.
const hourLayout = "2006010215"

// refusalsPK returns the partition of a tenant's refusals. The tenant "" stands for unknown credentials.
func refusalsPK(of tenant.ID) string {
	if of == "" {
		return "REFUSED"
	}
	return "T#" + string(of) + "#REFUSED"
}

// AddRefusal adds to the count of a refusal. After a lost answer it may add twice. The error is
// ErrUnavailable.
func (s *Store) AddRefusal(ctx context.Context, r tenant.Refusal) error {
	sk := r.Hour.UTC().Format(hourLayout) + "#" + string(r.Cause) + "#" + string(r.Credential)
	return s.db.Write(ctx, func(table.Stamp) table.Write {
		return table.Update(table.Key{PK: refusalsPK(r.Tenant), SK: sk}, table.Item{
			"last": r.Last.Unix(), "expires": r.Hour.Add(refusalRetention).Unix(),
		}).Adding("count", r.Count)
	})
}

// Refusals returns the refusals of a tenant from the hour of since on, oldest first. The tenant ""
// stands for unknown credentials. The error is ErrUnavailable.
func (s *Store) Refusals(ctx context.Context, of tenant.ID, since time.Time) ([]tenant.Refusal, error) {
	items, _, err := s.db.Query(ctx, table.Query{
		PK: refusalsPK(of), From: since.UTC().Format(hourLayout), To: table.Highest,
	})
	all := make([]tenant.Refusal, 0, len(items))
	for _, item := range items {
		all = append(all, refusalFrom(of, item))
	}
	return all, err
}

func refusalFrom(of tenant.ID, item table.Item) tenant.Refusal {
	hour, rest, _ := strings.Cut(item.Text("SK"), "#")
	cause, key, _ := strings.Cut(rest, "#")
	at, _ := time.Parse(hourLayout, hour)
	return tenant.Refusal{
		Tenant: of, Credential: tenant.KeyID(key), Cause: tenant.RefusalCause(cause), Hour: at,
		Count: int64(item.Int("count")), Last: item.Time("last"),
	}
}

// DeleteRefusals removes the refusals of a tenant. The error is ErrUnavailable.
func (s *Store) DeleteRefusals(ctx context.Context, of tenant.ID) error {
	return s.db.DeleteRange(ctx, table.Query{PK: refusalsPK(of)}, func(found table.Item) []table.Key {
		return []table.Key{{PK: found.Text("PK"), SK: found.Text("SK")}}
	})
}
