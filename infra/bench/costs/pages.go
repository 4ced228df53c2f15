package costs

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"github.com/google/uuid"

	"scimserver/shared/table"
	"scimserver/shared/testkit/canned"

	"scimbench/service"
)

// PageSize is the number of users on a page.
const PageSize = 100

// pages counts what a page of 100 users costs at the start, and behind 100, 1,000, ... users.
func (b *bench) pages(ctx context.Context, users int) ([]Point, error) {
	if err := b.addUsers(ctx, users); err != nil {
		return nil, err
	}
	depths := append([]int{0}, sizes(users-PageSize)...)
	var points []Point
	cursor := ""
	for before := 0; before <= users-PageSize; before += PageSize {
		next, p, err := b.page(ctx, before, cursor)
		if err != nil {
			return nil, err
		}
		if slices.Contains(depths, before) || before == users-PageSize {
			points = append(points, p)
		}
		cursor = next
	}
	return points, nil
}

// page reads the page at a cursor, and returns the cursor of the next one.
func (b *bench) page(ctx context.Context, before int, cursor string) (next string, p Point, err error) {
	r := canned.Request{Method: http.MethodGet, Path: "/scim/v2/Users", Query: map[string]string{
		"count": fmt.Sprint(PageSize), "cursor": cursor,
	}}
	body, p, err := b.cost(ctx, before, service.Event(r), http.StatusOK)
	if err != nil {
		return "", p, err
	}
	var list struct {
		NextCursor string
		Resources  []json.RawMessage
	}
	if err := json.Unmarshal([]byte(body), &list); err != nil {
		return "", p, err
	}
	if len(list.Resources) != PageSize {
		return "", p, fmt.Errorf("the page behind %d users has %d, want %d", before, len(list.Resources), PageSize)
	}
	return list.NextCursor, p, nil
}

// addUsers writes users of 1.2 KB directly into the table. They have no claims, because no request looks for
// their names.
func (b *bench) addUsers(ctx context.Context, n int) error {
	doc, err := service.StoredUser(canned.User)
	if err != nil {
		return err
	}
	const prefix = "T#" + service.Tenant + "#"
	writes := make([]table.Write, n, n+1)
	for i := range writes {
		writes[i] = table.Put(table.Key{PK: prefix + "USER", SK: uuid.NewString()}, table.Item{
			"doc": doc.JSON(), "version": int64(1),
			"created": "2026-11-23T13:20:14.154Z", "modified": "2026-11-23T13:20:14.154Z",
		})
	}
	return b.db.WriteAll(ctx, append(writes,
		table.Put(table.Key{PK: prefix + "COUNT#USER", SK: "00"}, table.Item{"n": int64(n)})))
}
