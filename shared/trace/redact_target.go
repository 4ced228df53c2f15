package trace

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// endpoints are the segments of paths that are kept.
var endpoints = []string{
	"", "scim", "v1", "v2", "Users", "Groups", "Me", "Bulk", ".search",
	"Schemas", "ResourceTypes", "ServiceProviderConfig",
}

// path returns what is stored of a URL's path. A segment that is neither a part of an endpoint nor the
// id of a resource is replaced.
func (r *redactor) path(path string) string {
	if r.values && r.mark(path) == "" {
		shown, _ := cut(path, maxFilter)
		return shown
	}
	segments := strings.Split(path, "/")
	for i, one := range segments {
		if !slices.Contains(endpoints, one) && !uuidText.Match(one) {
			segments[i] = r.replaced(one)
		}
	}
	shown, _ := cut(strings.Join(segments, "/"), maxFilter)
	return shown
}

// location returns what is stored of a URL in a body or header: its path.
func (r *redactor) location(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return r.replaced(text)
	}
	return r.path(u.Path)
}

// query returns the query of a URL without percent-encoding.
func (r *redactor) query(raw string) string {
	var out []string
	for part := range strings.SplitSeq(raw, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		name, err := url.QueryUnescape(name)
		if err == nil {
			value, err = url.QueryUnescape(value)
		}
		if err != nil { // the service ignores it
			out = append(out, "<malformed>")
			continue
		}
		out = append(out, r.parameter(strings.ToValidUTF8(name, "\uFFFD"), strings.ToValidUTF8(value, "\uFFFD")))
	}
	shown, _ := cut(strings.Join(out, "&"), maxFilter)
	return shown
}

func (r *redactor) parameter(name, value string) string {
	if r.values && !r.hidesParameter(strings.ToLower(name), value) {
		return name + "=" + value
	}
	shown := cmp.Or(r.mark(name), r.parameterValue(strings.ToLower(name), value))
	if !isAttribute(name) {
		name = r.replaced(name)
	}
	return name + "=" + shown
}

// hidesParameter reports whether a parameter is replaced even though values are stored.
func (r *redactor) hidesParameter(name, value string) bool {
	if !slices.Contains(parameters, name) || r.mark(value) != "" {
		return true
	}
	switch name {
	case "filter", "sortby", "attributes", "excludedattributes":
		return slices.ContainsFunc(strings.Split(value, ","), func(one string) bool { return !r.define(one) })
	}
	return false
}

func (r *redactor) parameterValue(name, value string) string {
	switch name {
	case "filter":
		return r.filter(value)
	case "attributes", "excludedattributes", "sortby":
		names := strings.Split(value, ",")
		for i, one := range names {
			if !isAttribute(strings.TrimSpace(one)) {
				names[i] = r.replaced(one)
			}
		}
		return strings.Join(names, ",")
	case "startindex", "count":
		if number.Match(value) {
			return value
		}
	case "sortorder":
		if isOneOf(value, "ascending", "descending") {
			return value
		}
	}
	return r.replaced(value)
}

// The headers that are stored. Authorization is never one of them.
var (
	sentHeaders   = []string{"Accept", "Content-Encoding", "Content-Type", "If-Match", "If-None-Match", "User-Agent"}
	answerHeaders = []string{"Allow", "Content-Type", "ETag", "Location", "Retry-After"}
)

// maxHeader is the size in bytes at which a stored header is cut.
const maxHeader = 200

func (r *redactor) headers(all http.Header, names []string) map[string]string {
	out := map[string]string{}
	for _, name := range names {
		if text := strings.Join(all.Values(name), ", "); text != "" {
			out[name], _ = cut(strings.ToValidUTF8(r.header(name, text), "\uFFFD"), maxHeader)
		}
	}
	return out
}

// header returns what is stored of a header. A client may write anything into one, so only the usual
// forms are kept.
func (r *redactor) header(name, text string) string {
	switch {
	case r.values && r.mark(text) == "":
		return text
	case name == "Location":
		return r.location(text)
	case name == "ETag", name == "If-Match", name == "If-None-Match":
		if entityTag.Match(text) || text == "*" {
			return text
		}
	case name == "User-Agent":
		if product, _, _ := strings.Cut(text, " "); productName.Match(product) {
			return product
		}
	case name == "Allow", name == "Retry-After": // the service's own
		return text
	case mediaTypes.Match(text), isOneOf(text, "gzip", "br", "deflate", "identity"):
		return text
	}
	return r.replaced(text)
}
