package trace

import (
	"slices"
	"strings"

	"scimserver/shared/lazyregexp"
	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
)

// Names holds which names the schemas of a tenant define, and which of these name secrets. The
// zero value knows no name.
type Names struct {
	known   map[string]bool // folded names of attributes and sub-attributes
	urns    []string        // of schemas, folded
	secrets []string        // folded names of attributes whose values are never returned
}

// NamesOf returns the names that a registry defines.
func NamesOf(r *schema.Registry) Names {
	n := Names{known: map[string]bool{}}
	for _, t := range r.Types {
		n.add(t.Common())
		n.addSchema(t.Core)
		for _, e := range t.Extensions {
			n.addSchema(e.Schema)
		}
	}
	slices.SortFunc(n.urns, func(a, b string) int { return len(b) - len(a) }) // the longest first
	return n
}

func (n *Names) addSchema(s *schema.Schema) {
	n.urns = append(n.urns, scim.FoldName(s.ID))
	n.add(s.Attributes)
}

func (n *Names) add(all schema.Attributes) {
	for _, a := range all.All() {
		n.known[scim.FoldName(a.Name)] = true
		if a.Secret() {
			n.secrets = append(n.secrets, scim.Fold(a.Name))
		}
		n.add(a.Sub)
	}
}

const (
	// passwordMark stands for a password, and secretMark for another value that is never returned.
	// They do not tell the length.
	passwordMark = "<password>"
	secretMark   = "<secret>"
)

// mark returns what is stored instead of a secret that a text names, or "" if it names none. A text
// names a secret if it contains the word password, even within a longer word, or the name of an
// attribute of any schema whose values are never returned. Text and names are compared folded.
func (n Names) mark(text string) string {
	folded := scim.Fold(text)
	switch {
	case strings.Contains(folded, "password"):
		return passwordMark
	case slices.ContainsFunc(n.secrets, func(name string) bool { return containsWord(folded, name) }):
		return secretMark
	}
	return ""
}

// define reports whether all attributes in a text are defined: in a name, in the path of a PATCH,
// or in a filter. It reads tokens, as filterReader does.
func (n Names) define(text string) bool {
	if n.known[scim.FoldName(text)] {
		return true
	}
	isSpace := func(t string) bool { return strings.TrimSpace(t) == "" }
	tokens := slices.DeleteFunc(token().FindAllString(text, -1), isSpace)
	for i, t := range tokens {
		next := nextWord(tokens[i+1:])
		named := i == 0 || next == "[" || isOperator(next) || strings.HasPrefix(t, ".")
		if named && !isOneOf(t, "(", "not") && !strings.HasPrefix(t, `"`) && !n.defineAttribute(t) {
			return false
		}
	}
	return len(tokens) > 0
}

// defineAttribute reports whether an attribute is defined. Its name may have a URN and a
// sub-attribute, and a sub-attribute may stand alone after the bracket of a path.
func (n Names) defineAttribute(name string) bool {
	name = strings.TrimPrefix(scim.FoldName(name), ".")
	if strings.HasPrefix(name, "urn:") {
		at := slices.IndexFunc(n.urns, func(urn string) bool { return strings.HasPrefix(name, urn) })
		if at < 0 {
			return false
		}
		rest := name[len(n.urns[at]):]
		if rest == "" {
			return true
		}
		if name = rest[1:]; rest[0] != ':' && rest[0] != '.' {
			return false
		}
	}
	for one := range strings.SplitSeq(name, ".") {
		if !n.known[one] {
			return false
		}
	}
	return true
}

// defineMember is define for the name of a member of a body.
func (n Names) defineMember(name string) bool {
	return slices.Contains(messageMembers, scim.FoldName(name)) || n.define(name)
}

// namedValue finds the names in front of values, in malformed JSON or in a form.
var namedValue = lazyregexp.New(`([\w$.-]+)["']?\s*[:=]`)

// defineAll reports whether namedValue finds names in a text and all are defined. A name with a URN
// counts as not defined.
func (n Names) defineAll(text string) bool {
	all := namedValue().FindAllStringSubmatch(text, -1)
	for _, found := range all {
		if !n.defineMember(found[1]) {
			return false
		}
	}
	return len(all) > 0
}

// messageMembers are the members of messages that are not attributes (RFC 7644 sections 3.4 to 3.7
// and 3.12, RFC 9865), in lower case.
var messageMembers = []string{
	"operations", "op", "path", "value", "method", "bulkid", "data", "response", "location", "version", "status",
	"failonerrors", "detail", "scimtype", "resources", "totalresults", "itemsperpage", "startindex", "count",
	"attributes", "excludedattributes", "filter", "sortby", "sortorder", "cursor", "nextcursor", "previouscursor",
}

// parameters are the parameters of a URL that are defined (RFC 7644 section 3.4.2, RFC 9865) or
// that Entra ID sends, in lower case.
var parameters = []string{
	"filter", "attributes", "excludedattributes", "sortby", "sortorder", "startindex", "count", "cursor",
	"aadoptscim062020",
}
