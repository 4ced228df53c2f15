package server

import (
	"slices"
	"strings"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

// precondition returns the condition of If-Match and If-None-Match on a change (RFC 9110 section
// 13.1), or nil if neither header is sent. A malformed condition is never met, so nothing is changed.
func (r *request) precondition() directory.Match {
	wanted, unwanted := r.Header.Values("If-Match"), r.Header.Values("If-None-Match")
	if len(wanted) == 0 && len(unwanted) == 0 {
		return nil
	}
	return func(version int64) bool {
		return (len(wanted) == 0 || tagsContain(wanted, version)) &&
			(len(unwanted) == 0 || tagsExclude(unwanted, version))
	}
}

// tagsExclude reports whether a list of entity tags is well-formed and does not contain a version.
func tagsExclude(headers []string, version int64) bool {
	_, ok := parseTags(headers)
	return ok && !tagsContain(headers, version)
}

// tagsContain reports whether a list of entity tags contains a version. Weak and strong tags compare
// by their opaque part: SCIM's own examples send weak tags in If-Match, which never match in plain
// HTTP (RFC 7644 section 3.14).
func tagsContain(headers []string, version int64) bool {
	opaque := strings.TrimPrefix(scim.ETag(version), "W/")
	list, _ := parseTags(headers)
	return slices.Contains(list, "*") || slices.Contains(list, opaque)
}

// parseTags returns the entity tags of a list without W/, and whether the list is well-formed. If
// it is not, it returns the tags before the error.
func parseTags(headers []string) (all []string, ok bool) {
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

// preconditionFailed explains why a change is refused with 412.
func preconditionFailed(r *request) *scim.Error {
	for _, name := range []string{"If-Match", "If-None-Match"} {
		headers := r.Header.Values(name)
		if _, ok := parseTags(headers); len(headers) > 0 && !ok {
			return scim.PreconditionFailed(name + ` is not an entity tag; send the value of meta.version or ETag ` +
				`with its double quotes, such as W/"1"`)
		}
	}
	switch {
	case r.Header.Get("If-None-Match") == "":
		return scim.PreconditionFailed("the resource has changed since the version in If-Match; fetch it and try again")
	case r.Header.Get("If-Match") == "":
		return scim.PreconditionFailed(
			"the resource has a version that If-None-Match excludes, so nothing was changed; " +
				"to change it, leave the header out",
		)
	}
	return scim.PreconditionFailed("the resource's version does not meet both If-Match and If-None-Match; " +
		"fetch the resource and try again")
}

// cutTag returns the first entity tag of a list (RFC 9110 section 8.8.3) without W/, and the rest
// of the list. A comma within quotes belongs to the tag.
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
