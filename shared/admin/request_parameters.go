package admin

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"scimserver/shared/directory"
	"scimserver/shared/tenant"
)

// maxKey is the maximum length of an id or name in a path, in bytes. It exceeds every valid one,
// and stays below the limit of DynamoDB's keys.
const maxKey = 128

// pathParameters returns the names of a pattern's path parameters.
func pathParameters(pattern string) (names []string) {
	for segment := range strings.SplitSeq(pattern, "/") {
		if name, ok := strings.CutPrefix(segment, "{"); ok {
			names = append(names, strings.TrimSuffix(name, "}"))
		}
	}
	return names
}

// validated makes an operation that first refuses impossible ids in the path and parameters that
// the operation does not read.
func validated(op operation, keys, parameters []string) operation {
	return func(r *http.Request) (int, any, error) {
		for _, name := range keys {
			switch word := r.PathValue(name); {
			case name == "id" && !tenant.ID(word).Valid():
				return 0, nil, notFound("there is no tenant %.64q", word)
			case len(word) > maxKey || !utf8.ValidString(word):
				return 0, nil, directory.ErrNotFound
			}
		}
		if err := checkParameters(r.URL.RawQuery, parameters); err != nil {
			return 0, nil, err
		}
		return op(r)
	}
}

// checkParameters refuses parameters that are unknown or given twice. A misspelled parameter must
// not widen a search or remove the condition of a deletion.
func checkParameters(query string, names []string) error {
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
			return invalid("the parameter %s is given twice", name)
		}
	}
	return nil
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
		return "", 0, notNext()
	}
	return after, limit, nil
}
