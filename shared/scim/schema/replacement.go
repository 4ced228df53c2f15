package schema

import "scimserver/shared/scim"

// CompleteReplacement returns doc, which is to replace old (RFC 7644 section 3.5.1), with
// the values of old that a PUT does not remove: readOnly values, and immutable and writeOnly
// values that the client left out. Both documents are canonical. A different value for an
// immutable attribute is an *scim.Error with scimType mutability. Multi-valued attributes
// are replaced, but an element with the value of an old one is completed from it. Hidden
// extensions are kept.
func (t *ResourceType) CompleteReplacement(old, doc scim.Value) (scim.Value, error) {
	d := newDocument(t, doc)
	d.addAssigned(externalIDPosition, t.externalID.Name, doc.Get(t.externalID.Name))
	for i, attr := range t.Core.Attributes.list {
		if t.common.Find(attr.Name) != nil {
			continue
		}
		kept, err := attr.complete(old.Get(attr.Name), doc.Get(attr.Name), attr.Name)
		if err != nil {
			return scim.Value{}, err
		}
		d.addAssigned(i, attr.Name, kept)
	}
	for i, ext := range t.Extensions {
		urn := ext.Schema.ID
		kept, err := ext.Schema.Attributes.complete(old.Get(urn), doc.Get(urn), urn+":")
		if err != nil {
			return scim.Value{}, err
		}
		d.addAssigned(len(t.Core.Attributes.list)+i, urn, kept)
	}
	full, err := d.finish()
	if err != nil {
		return scim.Value{}, err
	}
	return t.withHidden(full, old), nil
}

// complete is CompleteReplacement for an object that has the attributes of set.
func (set Attributes) complete(old, v scim.Value, prefix string) (scim.Value, error) {
	c := newCollector(v.Members())
	for i, attr := range set.list {
		kept, err := attr.complete(old.Get(attr.Name), v.Get(attr.Name), prefix+attr.Name)
		if err != nil {
			return scim.Value{}, err
		}
		c.addAssigned(i, attr.Name, kept)
	}
	if len(c.members) == 0 {
		return scim.Value{}, nil
	}
	return scim.Map(c.members...), nil
}

func (a *Attribute) complete(old, v scim.Value, path string) (scim.Value, error) {
	switch {
	case old.IsEmpty():
		return v, nil
	case a.Mutability == ReadOnly, a.Mutability != ReadWrite && v.IsEmpty():
		return old, nil
	case a.Mutability == Immutable && a.same(old, v):
		return old, nil
	case a.Mutability == Immutable:
		return scim.Value{}, scim.Mutability(path +
			" is immutable and has another value; send that value or leave the attribute out")
	case a.Type == Complex && !a.MultiValued:
		return a.Sub.complete(old, v, path+".")
	case a.Type == Complex:
		return a.completeElements(old, v), nil
	}
	return v, nil
}

// completeElements completes the elements of v that old also has.
func (a *Attribute) completeElements(old, v scim.Value) scim.Value {
	if v.IsEmpty() {
		return v
	}
	items := make([]scim.Value, len(v.Items()))
	for i, item := range v.Items() {
		items[i] = item
		if before, ok := counterpart(old, item); ok {
			if kept, err := a.Sub.complete(before, item, ""); err == nil {
				items[i] = kept
			}
		}
	}
	return scim.List(items...)
}

// counterpart finds the old element with the same value as v, and the same type if v has
// one.
func counterpart(old, v scim.Value) (scim.Value, bool) {
	value, kind := v.Get("value").Text(), v.Get("type").Text()
	for _, item := range old.Items() {
		if value != "" && item.Get("value").Text() == value && (kind == "" || item.Get("type").Text() == kind) {
			return item, true
		}
	}
	return scim.Value{}, false
}

// same reports whether a client sent the value that the attribute already has. The order of
// several values does not matter.
func (a *Attribute) same(old, v scim.Value) bool {
	if !a.MultiValued {
		return a.sameOne(old, v)
	}
	for _, item := range v.Items() {
		if !a.sameAny(old.Items(), item) {
			return false
		}
	}
	return len(old.Items()) == len(v.Items())
}

func (a *Attribute) sameAny(items []scim.Value, v scim.Value) bool {
	for _, item := range items {
		if a.sameOne(item, v) {
			return true
		}
	}
	return false
}

func (a *Attribute) sameOne(old, v scim.Value) bool {
	if a.Type == Complex {
		kept, err := a.Sub.complete(old, v, "")
		return err == nil && kept.JSON() == old.JSON()
	}
	if a.Type == String && !a.CaseExact {
		return scim.Fold(old.Text()) == scim.Fold(v.Text())
	}
	return old.JSON() == v.JSON()
}
