package schema

import (
	"slices"

	"scimserver/shared/scim"
)

// errorPath is where a value stands. It becomes text for errors only.
type errorPath struct{ prefix, name string }

// String returns the path of the value.
func (a errorPath) String() string { return a.prefix + a.name }

// collector puts the members of an object in the order of their places. As long
// as these are the first members of source, it takes up no memory for them.
type collector struct {
	source    []scim.Member
	members   []scim.Member
	positions []int // of the members, ascending
	copied    bool
}

func newCollector(source []scim.Member) collector {
	return collector{source: source, positions: make([]int, 0, len(source))}
}

// add puts a member where it belongs. A body is mostly in order, so that little
// is moved.
func (c *collector) add(place int, name string, v scim.Value) {
	n := len(c.members)
	inOrder := n == 0 || c.positions[n-1] < place
	if !c.copied && inOrder && n < len(c.source) && c.source[n].Name == name && c.source[n].Value.Identical(v) {
		c.members, c.positions = c.source[:n+1:n+1], append(c.positions, place)
		return
	}
	c.copySource()
	for n > 0 && c.positions[n-1] > place {
		n--
	}
	if n > 0 && c.positions[n-1] == place { // a name twice: no document may hold that
		c.members[n-1].Value = v
		return
	}
	c.positions = slices.Insert(c.positions, n, place)
	c.members = slices.Insert(c.members, n, scim.Member{Name: name, Value: v})
}

// copySource takes the members off the source, which others read.
func (c *collector) copySource() {
	if !c.copied {
		c.members = append(make([]scim.Member, 0, len(c.source)+1), c.members...)
		c.copied = true
	}
}

// addAssigned adds a member unless its value is none.
func (c *collector) addAssigned(place int, name string, v scim.Value) {
	if !v.IsEmpty() {
		c.add(place, name, v)
	}
}

func (c *collector) has(place int) bool {
	_, found := slices.BinarySearch(c.positions, place)
	return found
}

// checkRequired returns an error for the first required attribute without a value.
func (c *collector) checkRequired(set Attributes, prefix string) error {
	for _, i := range set.required {
		if !c.has(i) {
			return scim.InvalidValue(prefix + set.list[i].Name + " is required")
		}
	}
	return nil
}

// elements collects the elements of an array, without memory for them as long as
// they are the first ones of a source.
type elements struct {
	list   []scim.Value
	copied bool
}

func (e *elements) add(source []scim.Value, v scim.Value) {
	n := len(e.list)
	if !e.copied && source[n].Identical(v) {
		e.list = source[: n+1 : n+1]
		return
	}
	if !e.copied {
		e.list, e.copied = append(make([]scim.Value, 0, len(source)), e.list...), true
	}
	e.list = append(e.list, v)
}
