package bulk

import (
	"strings"

	"scimserver/shared/scim"
)

// effect holds the unique values that an operation may take or release. Two operations
// with the same value must keep their order.
type effect struct {
	values map[string]bool // folded usernames, emails or group names that it asks for
	frees  bool            // it may free values that the request does not show
}

// meets reports whether two effects may have a value in common.
func (e effect) meets(other effect) bool {
	if e.frees && (other.frees || len(other.values) > 0) || other.frees && len(e.values) > 0 {
		return true
	}
	for value := range e.values {
		if other.values[value] {
			return true
		}
	}
	return false
}

func effectOf(o Operation) effect {
	endpoint, _ := o.Target()
	switch o.Method {
	case Post:
		return effect{values: uniqueValues(endpoint, o.Data)}
	case Patch:
		if !changesUniqueValues(o.Data) {
			return effect{}
		}
	}
	return effect{values: uniqueValues(endpoint, o.Data), frees: true}
}

// uniqueValues returns the unique values of a resource. Their keys distinguish usernames,
// emails and group names.
func uniqueValues(endpoint string, data scim.Value) map[string]bool {
	values := map[string]bool{}
	if endpoint == "/Groups" {
		values["group "+scim.Fold(data.Find("displayName").Text())] = true
		return values
	}
	values["user "+scim.Fold(data.Find("userName").Text())] = true
	for _, email := range data.Find("emails").Items() {
		values["email "+scim.Fold(email.Find("value").Text())] = true
	}
	return values
}

// changesUniqueValues reports whether a PATCH may change a username, an email or a
// group's name. One without a path may, unless its value shows that it does not.
func changesUniqueValues(data scim.Value) bool {
	for _, op := range data.Find("Operations").Items() {
		path, value := op.Find("path").Text(), op.Find("value")
		if path == "" && value.Kind() != scim.Object {
			return true
		}
		if namesUnique(path) {
			return true
		}
		if path == "" {
			for _, m := range value.Members() {
				if namesUnique(m.Name) {
					return true
				}
			}
		}
	}
	return false
}

func namesUnique(path string) bool {
	path = scim.FoldName(path)
	for _, name := range []string{"username", "emails", "displayname"} {
		if strings.Contains(path, name) {
			return true
		}
	}
	return path == scim.FoldName(scim.UserSchema) || path == scim.FoldName(scim.GroupSchema)
}
