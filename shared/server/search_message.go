package server

import (
	"context"
	"net/url"

	"scimserver/shared/scim"
)

// maxSearch is the maximum size of the body of a search, in bytes.
const maxSearch = 1 << 20

// withBodyParameters makes the operation of a search whose parameters are in the body.
func withBodyParameters(search operation) operation {
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

// searchParameters reads a SearchRequest message (RFC 7644 section 3.4.3). Its members mean the
// same as the parameters of a GET. Unknown members and members that are null are ignored.
func searchParameters(body scim.Value) (url.Values, error) {
	if body.Kind() != scim.Object {
		return nil, scim.InvalidSyntax("the body must be a JSON object that holds a SearchRequest message")
	}
	if !scim.HasSchema(body.Find("schemas"), scim.SearchRequestMessage) {
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

// searchMembers are the members of the message, including cursor (RFC 9865 section 3), and how each
// is read.
var searchMembers = []struct {
	name, kind string
	read       func(scim.Value) ([]string, bool)
}{
	{"attributes", "an array of strings", texts},
	{"excludedAttributes", "an array of strings", texts},
	{"filter", "a string", text},
	{"sortBy", "a string", text},
	{"sortOrder", "a string", text},
	{"startIndex", "a number", numberText},
	{"count", "a number", numberText},
	{"cursor", "a string", text},
}

func text(v scim.Value) ([]string, bool) { return []string{v.Text()}, v.Kind() == scim.String }

func numberText(v scim.Value) ([]string, bool) { return []string{v.Text()}, v.Kind() == scim.Number }

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
