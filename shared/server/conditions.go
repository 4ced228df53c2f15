package server

import (
	"strings"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

// match returns the condition of the request's If-Match header, nil without one.
func (r *request) match() directory.Match {
	headers := r.Header.Values("If-Match")
	if len(headers) == 0 {
		return nil
	}
	return func(version int64) bool { return names(headers, version) }
}

// names reports whether a list of entity tags names a version. Weak and strong
// tags compare by their opaque part: SCIM's own examples send weak tags in
// If-Match, where HTTP alone would let them never match (RFC 7644 section 3.14).
func names(headers []string, version int64) bool {
	opaque := strings.TrimPrefix(scim.ETag(version), "W/")
	list := strings.TrimSpace(strings.Join(headers, ","))
	if list == "*" {
		return true
	}
	for list != "" {
		tag, rest, ok := cutTag(list)
		if !ok {
			return false
		}
		if tag == opaque {
			return true
		}
		list = rest
	}
	return false
}

// cutTag cuts the first entity tag off a list (RFC 9110 section 8.8.3) and
// returns it without its weakness. A comma within quotes belongs to the tag.
func cutTag(list string) (tag, rest string, ok bool) {
	list = strings.TrimPrefix(strings.TrimLeft(list, ", \t"), "W/")
	if !strings.HasPrefix(list, `"`) {
		return "", "", false
	}
	end := strings.IndexByte(list[1:], '"') + 2
	if end < 2 {
		return "", "", false
	}
	rest = strings.TrimLeft(list[end:], " \t")
	if rest != "" && rest[0] != ',' {
		return "", "", false
	}
	return list[:end], rest, true
}
