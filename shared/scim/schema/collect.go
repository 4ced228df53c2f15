package schema

import (
	"slices"

	"scimserver/shared/scim"
)

// at is where a value stands. It becomes text for errors only.
type at struct{ prefix, name string }

// String returns the path of the value.
func (a at) String() string { return a.prefix + a.name }

// collector puts the members of an object in the order of their places.
type collector struct {
	members []scim.Member
	places  []int // of the members, ascending
}

func newCollector(members int) collector {
	return collector{make([]scim.Member, 0, members), make([]int, 0, members)}
}

// add puts a member where it belongs. A body is mostly in order, so that little
// is moved.
func (c *collector) add(place int, name string, v scim.Value) {
	i := len(c.places)
	for i > 0 && c.places[i-1] > place {
		i--
	}
	c.places = slices.Insert(c.places, i, place)
	c.members = slices.Insert(c.members, i, scim.Member{Name: name, Value: v})
}

// addAssigned adds a member unless its value is none.
func (c *collector) addAssigned(place int, name string, v scim.Value) {
	if !v.IsEmpty() {
		c.add(place, name, v)
	}
}

func (c *collector) has(place int) bool {
	_, found := slices.BinarySearch(c.places, place)
	return found
}

// missing returns an error for the first required attribute without a value.
func (c *collector) missing(set Attributes, prefix string) error {
	for _, i := range set.required {
		if !c.has(i) {
			return scim.InvalidValue(prefix + set.list[i].Name + " is required")
		}
	}
	return nil
}
