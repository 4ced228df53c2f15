package directory

import (
	"context"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// directGroups reads the direct groups of users. The edges of ids with the same first
// character are in one partition, ordered by id, so a page of users needs only a few range
// queries.
func (t Groups) directGroups(ctx context.Context, users []scim.ID) (map[scim.ID][]scim.ID, error) {
	partitions := map[string][]scim.ID{}
	for _, id := range users {
		if ValidID(id) {
			partitions[t.keys.memberOf(id)] = append(partitions[t.keys.memberOf(id)], id)
		}
	}
	r := reverseReader{t: t.namespace, found: map[scim.ID][]scim.ID{}}
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(16)
	for pk, ids := range partitions {
		slices.Sort(ids)
		work.Go(func() error { return r.read(ctx, span(pk, ids), ids) })
	}
	return r.found, work.Wait()
}

// span returns the range of keys that holds the edges of sorted members, and possibly
// edges of others between them.
func span(pk string, ids []scim.ID) table.Query {
	q := table.Query{PK: pk, Limit: maxOthers}.Prefixed(string(ids[len(ids)-1]) + "#")
	q.From = string(ids[0]) + "#"
	return q
}

// maxOthers is the most edges of others that are read before members are queried one by
// one. The members of a page have few others between them.
const maxOthers = 250

// reverseReader collects the groups of members from reverse edges.
type reverseReader struct {
	t     *namespace
	mu    sync.Mutex
	seen  int
	found map[scim.ID][]scim.ID
}

// read collects the groups of sorted members from a range. After maxOthers edges of others
// it continues member by member.
func (r *reverseReader) read(ctx context.Context, q table.Query, ids []scim.ID) error {
	for foreign := 0; ; {
		edges, next, err := r.t.d.db.Query(ctx, q)
		if err != nil {
			return err
		}
		mine, err := r.add(edges, ids)
		if err != nil || next == "" {
			return err
		}
		if foreign += len(edges) - mine; foreign >= maxOthers {
			return r.readEach(ctx, q.PK, ids, next)
		}
		q.After, q.Limit = next, edgeBatch
	}
}

// readEach reads the edges of the members after a key, member by member.
func (r *reverseReader) readEach(ctx context.Context, pk string, ids []scim.ID, after string) error {
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(8)
	for _, id := range ids {
		q := table.Query{PK: pk}.Prefixed(string(id) + "#")
		if q.To <= after {
			continue
		}
		if after > q.From {
			q.After = after
		}
		work.Go(func() error {
			edges, _, err := r.t.d.db.Query(ctx, q)
			if err == nil {
				_, err = r.add(edges, []scim.ID{id})
			}
			return err
		})
	}
	return work.Wait()
}

// add collects the groups of sorted members from edges, and returns the number of their
// edges.
func (r *reverseReader) add(edges []table.Item, ids []scim.ID) (mine int, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, item := range edges {
		e := edgeFrom(item)
		if _, wanted := slices.BinarySearch(ids, e.ID); wanted {
			r.found[e.ID] = append(r.found[e.ID], e.group)
			mine++
		}
	}
	if r.seen += mine; r.seen > MaxMemberships {
		return mine, ErrTooMany
	}
	return mine, nil
}
