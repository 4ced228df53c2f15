package schema

import (
	"slices"

	"scimserver/shared/scim"
)

// errorPath is the path of a value, for error texts. It is two strings so that they are
// joined only if there is an error.
type errorPath struct{ prefix, name string }

// String returns the path of the value.
func (a errorPath) String() string { return a.prefix + a.name }

// collector collects the members of an object in the order of their positions. It shares
// the memory of source as long as the collected members are the first ones of source.
type collector struct {
	source    []scim.Member
	members   []scim.Member
	positions []int // of members, in ascending order
	copied    bool
}

func newCollector(source []scim.Member) collector {
	return collector{source: source, positions: make([]int, 0, len(source))}
}

// add inserts a member at its position. The members of most bodies are almost in order, so
// that few have to be moved.
func (c *collector) add(position int, name string, v scim.Value) {
	n := len(c.members)
	inOrder := n == 0 || c.positions[n-1] < position
	if !c.copied && inOrder && n < len(c.source) && c.source[n].Name == name && c.source[n].Value.Identical(v) {
		c.members, c.positions = c.source[:n+1:n+1], append(c.positions, position)
		return
	}
	c.copySource()
	for n > 0 && c.positions[n-1] > position {
		n--
	}
	if n > 0 && c.positions[n-1] == position { // a name can't occur twice
		c.members[n-1].Value = v
		return
	}
	c.positions = slices.Insert(c.positions, n, position)
	c.members = slices.Insert(c.members, n, scim.Member{Name: name, Value: v})
}

// copySource copies the members, so that source is not changed.
func (c *collector) copySource() {
	if !c.copied {
		c.members = append(make([]scim.Member, 0, len(c.source)+1), c.members...)
		c.copied = true
	}
}

// addAssigned adds a member unless its value is unassigned.
func (c *collector) addAssigned(position int, name string, v scim.Value) {
	if !v.IsEmpty() {
		c.add(position, name, v)
	}
}

func (c *collector) has(position int) bool {
	_, found := slices.BinarySearch(c.positions, position)
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

// elements collects the elements of an array. It shares the memory of a source as long as
// the collected elements are the first ones of the source.
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
