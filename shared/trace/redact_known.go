package trace

import (
	"slices"
	"strings"

	"scimserver/shared/lazyregexp"
	"scimserver/shared/scim"
)

var (
	attributeName = lazyregexp.New(`^(urn:[A-Za-z0-9._:-]{1,150}:)?` + oneName + `(\.` + oneName + `)?$`)
	schemaURN     = lazyregexp.New(`^(?i:urn):[A-Za-z0-9._:-]{1,200}$`)
	uuidText      = lazyregexp.New(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	entityTag     = lazyregexp.New(`^(W/)?"[0-9]{1,18}"$`)
	statusCode    = lazyregexp.New(`^[1-5][0-9]{2}$`)
	number        = lazyregexp.New(`^[0-9]{1,9}$`)
	productName   = lazyregexp.New(`^[A-Za-z][A-Za-z-]{0,40}(/[0-9][A-Za-z0-9.-]{0,20})?$`)
	mediaTypes    = lazyregexp.New(`^` + oneType + `(, ?` + oneType + `){0,9}$`)
)

// oneType is a media type with parameters.
const oneType = `[a-z*]{1,20}/[A-Za-z0-9.*+-]{1,40}(; ?(charset|q)=[A-Za-z0-9.-]{1,12}){0,2}`

// oneName is the form of a name without its URN and sub-attribute (RFC 7643 section 2.1).
const oneName = `[A-Za-z$][A-Za-z0-9_-]{0,60}`

// isAttribute reports whether a text has the form of an attribute's name, with or without its URN
// (RFC 7644 section 3.10).
func isAttribute(text string) bool {
	return attributeName.Match(text) || schemaURN.Match(text)
}

// isKept reports whether a value belongs to the protocol and says nothing about a person.
func (r *redactor) isKept(at place, v scim.Value) bool {
	switch text := v.Text(); v.Kind() {
	case scim.Number:
		return at.message && slices.Contains(protocolNumbers, at.name)
	case scim.Bool:
		return at.name == "active" || at.name == "primary"
	default:
		return r.isKeptText(at, text)
	}
}

// protocolNumbers are members of messages, in lower case.
var protocolNumbers = []string{"totalresults", "itemsperpage", "startindex", "count", "failonerrors"}

func (r *redactor) isKeptText(at place, text string) bool {
	switch at.name {
	case "schemas":
		return schemaURN.Match(text)
	case "op":
		return isOneOf(text, "add", "remove", "replace")
	case "method":
		return at.bulk && MethodName(text) == text
	case "type":
		return isOneOf(text, "work", "home", "other", "mobile", "fax", "pager", "User", "Group", "direct", "indirect")
	case "active", "primary": // some providers send booleans as text
		return isOneOf(text, "true", "false")
	case "version":
		return entityTag.Match(text)
	case "path":
		return at.patch && isAttribute(text)
	case "attributes", "excludedattributes", "sortby":
		return at.message && isAttribute(text)
	case "sortorder":
		return at.message && isOneOf(text, "ascending", "descending")
	}
	return r.answer && isKeptAnswer(at, text)
}

// isKeptAnswer reports whether a text of the service's own answer is kept.
func isKeptAnswer(at place, text string) bool {
	switch at.name {
	case "id":
		return uuidText.Match(text)
	case "status":
		return (at.failure || at.bulk) && statusCode.Match(text)
	case "resourcetype":
		return isOneOf(text, "User", "Group")
	case "scimtype":
		return at.failure && isAttribute(text)
	}
	return false
}

// isOneOf compares without regard to case.
func isOneOf(text string, list ...string) bool {
	return slices.ContainsFunc(list, func(one string) bool { return strings.EqualFold(one, text) })
}
