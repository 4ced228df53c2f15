// Package order sorts resources (RFC 7644 section 3.4.2.3). It makes a small sort key for
// each resource, so that sorting many of them needs only keys and ids in memory.
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
	attributes map[*schema.ResourceType]sortAttribute // of the types that have the attribute
}

// Key is the sort key of a resource, or "" if it has no value. Keys are compared bytewise.
type Key string

// Entry stands for a resource that is sorted.
type Entry struct {
	Key Key
	ID  scim.ID
}

// Parse reads the parameters sortBy and sortOrder of a query over the given resource types.
// At least one of them must have the attribute; resources of the others have no value. The
// error is an *scim.Error with scimType invalidValue.
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
		return nil, scim.InvalidValue("sortBy: the resources have no attribute " + truncate(sortBy))
	}
	return o, nil
}

// truncate shortens a name that a client sent, for an error text.
func truncate(name string) string {
	const enough = 200
	return strings.ToValidUTF8(name[:min(enough, len(name))], "")
}

// Key returns the sort key of a resource, given its representation (see
// scim.Resource.Value). The key does not share memory with the representation.
func (o *Order) Key(t *schema.ResourceType, v scim.Value) Key {
	at, ok := o.attributes[t]
	if !ok {
		return ""
	}
	return at.key(v)
}

// By reports whether the resources of a type are sorted by a core attribute or one of its
// sub-attributes. attr must have the spelling of the schema.
func (o *Order) By(t *schema.ResourceType, attr string) bool {
	at, ok := o.attributes[t]
	return ok && at.Extension == nil && at.Attr.Name == attr
}

// Compare returns -1, 0 or 1 if a sorts before, equal to or after b. Resources without a
// value are last in ascending order and first in descending order. Resources with equal
// keys are in the order of their ids.
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
