package apiclient

import (
	"context"
	"iter"
	"net/http"
	"net/url"
)

// Pages requests a list page by page and yields the items of each. split returns the items of a page, and the
// cursor of the next page, which is "" on the last one.
// The caller may change the query between two pages.
func Pages[P, T any, C ~string](ctx context.Context, c *Client, path string, query url.Values,
	split func(P) ([]T, C)) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		for more := true; more; more = query.Get("after") != "" {
			var page P
			if err := c.Do(ctx, http.MethodGet, path+"?"+query.Encode(), nil, &page); err != nil {
				yield(nil, err)
				return
			}
			items, next := split(page)
			query.Set("after", string(next))
			if !yield(items, nil) {
				return
			}
		}
	}
}

// ListAll returns all items of a list, never nil.
func ListAll[P, T any, C ~string](ctx context.Context, c *Client, path string, query url.Values,
	split func(P) ([]T, C)) ([]T, error) {
	all := []T{}
	for items, err := range Pages(ctx, c, path, query, split) {
		if err != nil {
			return all, err
		}
		all = append(all, items...)
	}
	return all, nil
}
