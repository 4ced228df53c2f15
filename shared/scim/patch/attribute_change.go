package patch

import (
	"fmt"

	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
	"scimserver/shared/scim/schema"
)

// change is an operation on one attribute or sub-attribute.
type change struct {
	applier
	op   Operation
	attr *schema.Attribute
	sub  *schema.Attribute // nil: the whole attribute
	path string
}

// changeSingle changes a single-valued attribute.
func (c change) changeSingle(old scim.Value) (scim.Value, error) {
	switch {
	case c.sub != nil:
		return c.changeSubAttribute(old)
	case c.op.Op == Remove:
		return scim.Value{}, nil
	case c.op.Value.IsEmpty():
		return c.applyEmpty(old), nil
	case c.attr.Type == schema.Complex:
		return c.merge(old, c.op.Value)
	}
	return c.attr.NormalizeOne(c.op.Value, c.path)
}

// applyEmpty applies a value of null or []: add changes nothing, replace unassigns the
// attribute (RFC 7643 section 2.5).
func (c change) applyEmpty(old scim.Value) scim.Value {
	if c.op.Op == Add {
		return old
	}
	return scim.Value{}
}

// changeSubAttribute changes a sub-attribute of one complex value.
func (c change) changeSubAttribute(old scim.Value) (scim.Value, error) {
	if c.op.Op == Remove {
		if c.sub.Required && !old.Get(c.sub.Name).IsEmpty() {
			return old, requiredError(Remove, c.path)
		}
		return c.setSubAttribute(old, c.sub, scim.Value{})
	}
	if c.op.Op == Add && c.op.Value.IsEmpty() {
		return old, nil
	}
	return c.setSubAttribute(old, c.sub, c.op.Value)
}

// setSubAttribute sets a sub-attribute of a complex value, or removes it if v is empty.
func (c change) setSubAttribute(old scim.Value, sub *schema.Attribute, v scim.Value) (scim.Value, error) {
	now, err := sub.NormalizeValue(v, c.attr.Name+"."+sub.Name)
	if err != nil {
		return old, err
	}
	was := old.Get(sub.Name)
	if sub.Mutability == schema.Immutable && !was.IsEmpty() && was.JSON() != now.JSON() {
		return old, scim.Mutability(c.attr.Name + "." + sub.Name + " is immutable and already has a value")
	}
	return setMember(old, sub.Name, now), nil
}

// merge sets the sub-attributes that are in v, and leaves the others unchanged (RFC 7644
// section 3.5.2.3). It ignores readOnly and unknown sub-attributes.
func (c change) merge(old, v scim.Value) (scim.Value, error) {
	if v.Kind() != scim.Object {
		return old, scim.InvalidValue(c.path + " must be an object, not a JSON " + v.Kind().String())
	}
	for _, m := range v.Members() {
		sub := c.attr.Sub.Find(m.Name)
		if sub == nil || sub.Mutability == schema.ReadOnly || c.op.Op == Add && m.Value.IsEmpty() {
			continue
		}
		var err error
		if old, err = c.setSubAttribute(old, sub, m.Value); err != nil {
			return old, err
		}
	}
	return old, nil
}

// changeMultiValued changes a multi-valued attribute.
func (c change) changeMultiValued(old scim.Value) (scim.Value, error) {
	if c.sub != nil || c.op.Path.Filter != nil {
		return c.changeMatching(old)
	}
	switch {
	case c.op.Op == Remove:
		return scim.Value{}, nil
	case len(elements(c.op.Value)) == 0:
		return c.applyEmpty(old), nil
	}
	if err := c.chargePairs(len(elements(c.op.Value)), len(old.Items())); err != nil {
		return old, err
	}
	added, err := c.attr.NormalizeValue(scim.List(elements(c.op.Value)...), c.path)
	if err != nil || c.op.Op == Replace {
		return added, err
	}
	if n := len(old.Items()) + len(added.Items()); n > schema.MaxValues {
		return old, scim.InvalidValue(
			fmt.Sprintf("%s would have %d values; the limit is %d", c.path, n, schema.MaxValues),
		)
	}
	return c.addValues(old, added), nil
}

// changeFilteredSingle changes a single-valued attribute if the path has a filter and the
// profile accepts that. A value that does not match is kept, so that no other can be added.
func (c change) changeFilteredSingle(old scim.Value) (scim.Value, error) {
	if c.options.SingleFilter == nil || !c.options.SingleFilter(c.attr) {
		return old, scim.InvalidPath(c.path + ": " + c.attr.Name + " is single-valued, so a filter can't follow it")
	}
	list := scim.List()
	if !old.IsEmpty() {
		list = scim.List(old)
	}
	now, err := c.changeMatching(list)
	items := now.Items()
	switch {
	case err != nil:
		return old, err
	case len(items) == 0:
		return scim.Value{}, nil
	case len(items) > 1:
		return old, scim.NoTarget(c.path + " does not match the value of " + c.attr.Name)
	}
	return items[0], nil
}

// addValues adds values to the old ones. If a value exists already, it gets the
// sub-attributes of the added one instead.
func (c change) addValues(old, added scim.Value) scim.Value {
	items := append([]scim.Value{}, old.Items()...)
	newPrimary := map[int]bool{}
	for _, item := range added.Items() {
		i := indexOf(c.attr, items, item)
		if i < 0 {
			i, items = len(items), append(items, item)
		} else {
			items[i] = mergeMembers(items[i], item)
		}
		newPrimary[i] = item.Get("primary").IsTrue()
	}
	return scim.List(clearOtherPrimaries(items, newPrimary)...)
}

// indexOf returns the index of the item with the same value and type as v (RFC 7643 section
// 2.4), or -1.
func indexOf(attr *schema.Attribute, items []scim.Value, v scim.Value) int {
	for i := range items {
		if attr.Holds(items[i:i+1], v) {
			return i
		}
	}
	return -1
}

// mergeMembers returns the object old with the members of more, which replace its own.
func mergeMembers(old, more scim.Value) scim.Value {
	if old.Kind() != scim.Object {
		return old
	}
	for _, m := range more.Members() {
		old = setMember(old, m.Name, m.Value)
	}
	return old
}

// clearOtherPrimaries sets primary to false in all items except those that an operation has
// just made primary (RFC 7644 section 3.5.2). If there are two of these, the result is
// invalid, and normalization rejects it.
func clearOtherPrimaries(items []scim.Value, newPrimary map[int]bool) []scim.Value {
	anyNew := false
	for _, primary := range newPrimary {
		anyNew = anyNew || primary
	}
	for i, item := range items {
		if anyNew && !newPrimary[i] && item.Get("primary").IsTrue() {
			items[i] = setMember(item, "primary", scim.Boolean(false))
		}
	}
	return items
}

// changeMatching changes the elements of a multi-valued attribute that match the filter of
// the path, or all of them if there is no filter.
func (c change) changeMatching(old scim.Value) (scim.Value, error) {
	matches, err := c.matcher()
	if err != nil {
		return old, err
	}
	var items []scim.Value
	newPrimary, matched := map[int]bool{}, false
	for _, item := range old.Items() {
		isMatch, err := matches(item)
		if err != nil {
			return old, err
		}
		if !isMatch {
			items = append(items, item)
			continue
		}
		matched = true
		now, err := c.changeElement(item)
		if err != nil {
			return old, err
		}
		if !now.IsEmpty() {
			newPrimary[len(items)] = now.Get("primary").IsTrue() && c.setsPrimary()
			items = append(items, now)
		}
	}
	if !matched && c.op.Op != Remove {
		made, err := c.newElement()
		if err != nil || made.IsEmpty() {
			return old, err
		}
		newPrimary[len(items)] = made.Get("primary").IsTrue()
		items = append(items, made)
	}
	return scim.List(clearOtherPrimaries(items, newPrimary)...), nil
}

// setsPrimary reports whether the operation sets primary.
func (c change) setsPrimary() bool {
	if c.sub != nil {
		return c.sub.Name == "primary"
	}
	return c.op.Value.Find("primary").IsTrue()
}

// matcher returns a function that reports whether the operation changes a value.
func (c change) matcher() (func(scim.Value) (bool, error), error) {
	if c.op.Path.Filter == nil {
		return func(scim.Value) (bool, error) { return true, c.chargeValue() }, nil
	}
	m, err := filter.CompileElement(c.op.Path.Filter, c.attr)
	if err != nil {
		return nil, err
	}
	return func(v scim.Value) (bool, error) {
		if err := c.chargeValue(); err != nil {
			return false, err
		}
		return m.Match(v, c.evaluation)
	}, nil
}

// changeElement changes one matching element or a sub-attribute of it. replace replaces the
// element; add merges the value into it.
func (c change) changeElement(item scim.Value) (scim.Value, error) {
	if err := c.chargeValidation(); err != nil {
		return item, err
	}
	switch {
	case c.sub != nil:
		return c.changeSubAttribute(item)
	case c.op.Op == Remove:
		return scim.Value{}, nil
	case c.op.Value.IsEmpty():
		return c.applyEmpty(item), nil
	case c.op.Op == Add && c.attr.Type == schema.Complex:
		return c.merge(item, c.op.Value)
	}
	return c.replaceElement(item)
}

// replaceElement returns the value that was sent. It is an error if that would change an
// immutable sub-attribute.
func (c change) replaceElement(item scim.Value) (scim.Value, error) {
	now, err := c.attr.NormalizeOne(c.op.Value, c.path)
	if err != nil {
		return item, err
	}
	for _, sub := range c.attr.Sub.All() {
		was := item.Get(sub.Name)
		if sub.Mutability == schema.Immutable && !was.IsEmpty() && was.JSON() != now.Get(sub.Name).JSON() {
			return item, scim.Mutability(c.attr.Name + "." + sub.Name + " is immutable and already has a value")
		}
	}
	return now, nil
}

// newElement returns the element to add if none matches. With a filter it is the one that
// Options.Element makes, changed by the operation; without a filter it has only the
// sub-attribute that the path names.
func (c change) newElement() (scim.Value, error) {
	if c.op.Path.Filter == nil {
		return c.changeSubAttribute(scim.Map())
	}
	if c.options.Element != nil {
		if c.op.Value.IsEmpty() { // there is nothing to unassign
			return scim.Value{}, nil
		}
		if made, ok := c.canonicalElement(c.options.Element(c.op.Path.Filter)); ok {
			if c.sub == nil {
				return c.merge(made, c.op.Value)
			}
			return c.changeSubAttribute(made)
		}
	}
	return scim.Value{}, scim.NoTarget("no value matches " + c.path)
}

// canonicalElement returns an element of Options.Element with the spelling of the schema.
// It reports false for nil, and for an element with a duplicate or unknown sub-attribute.
func (c change) canonicalElement(made *scim.Value) (scim.Value, bool) {
	if made == nil {
		return scim.Value{}, false
	}
	v := scim.Map()
	for _, m := range made.Members() {
		sub := c.attr.Sub.Find(m.Name)
		if sub == nil || !v.Get(sub.Name).IsEmpty() {
			return v, false
		}
		v = setMember(v, sub.Name, m.Value)
	}
	return v, true
}
