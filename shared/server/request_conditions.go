package server

import (
	"slices"
	"strings"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

// match returns the condition that a request's If-Match and If-None-Match put on a change (RFC 9110 section 13.1),
// nil without both. A malformed condition is never met, so nothing is changed.
func (r *request) match() directory.Match {
	wanted, unwanted := r.Header.Values("If-Match"), r.Header.Values("If-None-Match")
	if len(wanted) == 0 && len(unwanted) == 0 {
		return nil
	}
	return func(version int64) bool {
		return (len(wanted) == 0 || names(wanted, version)) && (len(unwanted) == 0 || excludes(unwanted, version))
	}
}

// excludes reports whether a list of entity tags is well-formed and does not name a version.
func excludes(headers []string, version int64) bool {
	_, ok := tags(headers)
	return ok && !names(headers, version)
}

// names reports whether a list of entity tags names a version. Weak and strong
// tags compare by their opaque part: SCIM's own examples send weak tags in
// If-Match, where HTTP alone would let them never match (RFC 7644 section 3.14).
func names(headers []string, version int64) bool {
	opaque := strings.TrimPrefix(scim.ETag(version), "W/")
	list, _ := tags(headers)
	return slices.Contains(list, "*") || slices.Contains(list, opaque)
}

// tags returns the entity tags of a list without their weakness, those before
// anything that is none, and whether that is all.
func tags(headers []string) (all []string, ok bool) {
	list := strings.TrimSpace(strings.Join(headers, ","))
	if list == "*" {
		return []string{list}, true
	}
	for list != "" {
		tag, rest, ok := cutTag(list)
		if !ok {
			return all, false
		}
		all, list = append(all, tag), rest
	}
	return all, len(all) > 0
}

// outdated says why a change is refused for its condition.
func outdated(r *request) *scim.Error {
	for _, name := range []string{"If-Match", "If-None-Match"} {
		headers := r.Header.Values(name)
		if _, ok := tags(headers); len(headers) > 0 && !ok {
			return scim.PreconditionFailed(name + ` is not an entity tag, such as W/"1" with its double quotes; send the version as it was answered`)
		}
	}
	switch {
	case r.Header.Get("If-None-Match") == "":
		return scim.PreconditionFailed("the resource has another version than If-Match names; fetch it and try again")
	case r.Header.Get("If-Match") == "":
		return scim.PreconditionFailed("the resource exists at a version that If-None-Match excludes, so nothing was changed; to change it, leave the header out")
	}
	return scim.PreconditionFailed("the resource's version does not fulfil both If-Match and If-None-Match; fetch it and try again")
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
