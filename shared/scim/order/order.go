// Package order sorts resources (RFC 7644 section 3.4.2.3): it makes of a resource
// a small key whose bytes compare as the resources do, so that who sorts many
// holds keys and ids, and no resources.
package order

import (
	"cmp"
	"strings"

	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
)

// Order is an order of resources by the values of one attribute. It is safe for
// concurrent use.
type Order struct {
	descending bool
	attributes map[*schema.ResourceType]sortAttribute // of those types that have the attribute
}

// Key is what a resource is sorted by, "" for one without a value.
type Key string

// Entry is a resource in an order.
type Entry struct {
	Key Key
	ID  scim.ID
}

// Parse reads the parameters sortBy and sortOrder of a query over resources of
// certain types. A type that lacks the attribute, if another has it, counts as
// without values. The error is an *scim.Error with scimType invalidValue.
func Parse(sortBy, sortOrder string, types ...*schema.ResourceType) (*Order, error) {
	o := &Order{attributes: map[*schema.ResourceType]sortAttribute{}}
	switch {
	case sortOrder == "", scim.EqualName(sortOrder, "ascending"):
	case scim.EqualName(sortOrder, "descending"):
		o.descending = true
	default:
		return nil, scim.InvalidValue("sortOrder must be ascending or descending")
	}
	sortBy = strings.TrimSpace(sortBy)
	for _, t := range types {
		named, ok := t.ResolveName(sortBy)
		if !ok {
			continue
		}
		at, err := sortAttributeOf(named, sortBy)
		if err != nil {
			return nil, err
		}
		o.attributes[t] = at
	}
	if len(o.attributes) == 0 {
		return nil, scim.InvalidValue("sortBy names no attribute of the resources: " + truncate(sortBy))
	}
	return o, nil
}

// truncate bounds a name that a client sent, for an error text.
func truncate(name string) string {
	const enough = 200
	return strings.ToValidUTF8(name[:min(enough, len(name))], "")
}

// Key returns the key of a resource by its representation, see
// scim.Resource.Value. It keeps nothing of the representation alive.
func (o *Order) Key(t *schema.ResourceType, v scim.Value) Key {
	at, ok := o.attributes[t]
	if !ok {
		return ""
	}
	return at.key(v)
}

// By reports whether the resources of a type are sorted by a part of an attribute
// outside extensions, whose name is in the spelling of the schema.
func (o *Order) By(t *schema.ResourceType, attr string) bool {
	at, ok := o.attributes[t]
	return ok && at.Extension == nil && at.Attr.Name == attr
}

// Compare returns -1, 0 or 1 as a stands before, at or behind b. Resources without
// a value are the last in ascending order and the first in descending order; those
// of equal keys stand in the order of their ids.
func (o *Order) Compare(a, b Entry) int {
	order := compareKeys(a.Key, b.Key)
	if o.descending {
		order = -order
	}
	if order == 0 {
		return cmp.Compare(a.ID, b.ID)
	}
	return order
}

func compareKeys(a, b Key) int {
	switch {
	case a == b:
		return 0
	case a == "":
		return 1
	case b == "":
		return -1
	}
	return cmp.Compare(a, b)
}
