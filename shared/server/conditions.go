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
	for _, tag := range strings.Split(strings.Join(headers, ","), ",") {
		tag = strings.TrimSpace(tag)
		if tag == "*" || strings.TrimPrefix(tag, "W/") == opaque {
			return true
		}
	}
	return false
}
