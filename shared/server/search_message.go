package server

import (
	"context"
	"net/url"

	"scimserver/shared/scim"
)

// maxSearch is the most bytes of the body of a search.
const maxSearch = 1 << 20

// byPost carries out a search whose parameters stand in the body.
func byPost(search operation) operation {
	return func(ctx context.Context, r *request) (*response, error) {
		body, err := r.body(maxSearch)
		if err != nil {
			return nil, err
		}
		if r.tolerant() {
			body = r.event.repairs.Search(body)
		}
		if r.parameters, err = searchParameters(body); err != nil {
			return nil, err
		}
		return search(ctx, r)
	}
}

// searchParameters reads a SearchRequest message (RFC 7644 section 3.4.3): it holds
// what stands in the URL of a GET otherwise, and means the same. Members that it
// does not have, and those of null, count for nothing.
func searchParameters(body scim.Value) (url.Values, error) {
	if body.Kind() != scim.Object {
		return nil, scim.InvalidSyntax("the body must be a JSON object that holds a SearchRequest message")
	}
	if !holds(body.Find("schemas"), scim.SearchRequestMessage) {
		return nil, scim.InvalidSyntax("schemas must name " + scim.SearchRequestMessage)
	}
	values := url.Values{}
	for _, m := range searchMembers {
		v := body.Find(m.name)
		if v.Kind() == scim.Null {
			continue
		}
		texts, ok := m.read(v)
		if !ok {
			return nil, scim.InvalidSyntax(m.name + " must be " + m.kind)
		}
		values[m.name] = texts
	}
	return values, nil
}

// searchMembers are the members of the message, that of RFC 9865 section 3 among
// them, with what reads each.
var searchMembers = []struct {
	name, kind string
	read       func(scim.Value) ([]string, bool)
}{
	{"attributes", "an array of strings", texts},
	{"excludedAttributes", "an array of strings", texts},
	{"filter", "a string", text},
	{"sortBy", "a string", text},
	{"sortOrder", "a string", text},
	{"startIndex", "a number", literal},
	{"count", "a number", literal},
	{"cursor", "a string", text},
}

func text(v scim.Value) ([]string, bool) { return []string{v.Text()}, v.Kind() == scim.String }

func literal(v scim.Value) ([]string, bool) { return []string{v.Text()}, v.Kind() == scim.Number }

func texts(v scim.Value) ([]string, bool) {
	all := make([]string, len(v.Items()))
	for i, item := range v.Items() {
		if item.Kind() != scim.String {
			return nil, false
		}
		all[i] = item.Text()
	}
	return all, v.Kind() == scim.Array
}

// holds reports whether an array holds the URN of a message.
func holds(schemas scim.Value, urn string) bool {
	for _, item := range schemas.Items() {
		if scim.EqualName(item.Text(), urn) {
			return true
		}
	}
	return false
}
