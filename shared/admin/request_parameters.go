package admin

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"scimserver/shared/directory"
	"scimserver/shared/tenant"
)

// maxKey is the longest word, in bytes, that may name anything in the table: longer
// than all that do, and shorter than the table's keys may be.
const maxKey = 128

var wildcard = regexp.MustCompile(`\{([a-z]+)\}`)

// keysOf are the names of what a pattern takes from the path.
func keysOf(pattern string) (names []string) {
	for _, parts := range wildcard.FindAllStringSubmatch(pattern, -1) {
		names = append(names, parts[1])
	}
	return names
}

// checked refuses a request before its operation sees it: of what there can't be, and
// with parameters that the operation does not read.
func checked(op operation, keys, parameters []string) operation {
	return func(r *http.Request) (int, any, error) {
		for _, name := range keys {
			switch word := r.PathValue(name); {
			case name == "id" && !tenant.ID(word).Valid():
				return 0, nil, notFound("there is no tenant %.64q", word)
			case len(word) > maxKey || !utf8.ValidString(word):
				return 0, nil, directory.ErrNotFound
			}
		}
		if err := onlyNamed(r.URL.RawQuery, parameters); err != nil {
			return 0, nil, err
		}
		return op(r)
	}
}

// onlyNamed refuses parameters that are unknown or there twice: a slip must not
// widen a search, or take the condition from a deletion.
func onlyNamed(query string, names []string) error {
	values, err := url.ParseQuery(query)
	if err != nil {
		return invalid("the parameters can't be read: %s", err)
	}
	there := "there are none"
	if len(names) > 0 {
		there = "there are " + strings.Join(names, ", ")
	}
	for name, list := range values {
		if !slices.Contains(names, name) {
			return invalid("there is no parameter %.64q; %s", name, there)
		}
		if len(list) > 1 {
			return invalid("the parameter %s is there twice", name)
		}
	}
	return nil
}

// paged makes an operation of one that answers a page of a list.
func paged(op func(r *http.Request, after string, limit int) (any, error)) operation {
	return func(r *http.Request) (int, any, error) {
		after, limit, err := pageOf(r)
		if err != nil {
			return 0, nil, err
		}
		out, err := op(r, after, limit)
		return http.StatusOK, out, err
	}
}

// pageOf reads the parameters of a list.
func pageOf(r *http.Request) (after string, limit int, err error) {
	q := r.URL.Query()
	limit = maxPage
	if s := q.Get("limit"); s != "" {
		if limit, err = strconv.Atoi(s); err != nil || limit < 1 || limit > maxPage {
			return "", 0, invalid("limit must be between 1 and %d", maxPage)
		}
	}
	if after = q.Get("after"); len(after) > maxKey {
		return "", 0, invalid("after is not what an answer gave as next")
	}
	return after, limit, nil
}
