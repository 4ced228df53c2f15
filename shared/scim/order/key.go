package order

import (
	"encoding/binary"
	"strings"
	"time"

	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
)

// MaxKey is the maximum length of a key, in bytes. Texts and numbers that differ only after
// that are treated as equal.
const MaxKey = 256

// sortAttribute is the attribute by which resources of a type are sorted.
type sortAttribute struct{ schema.Named }

// sortAttributeOf returns the attribute to sort by: for a multi-valued complex attribute
// this is its sub-attribute value. It rejects other complex attributes, which have no order,
// and attributes that clients can't read, because the order would reveal their values.
func sortAttributeOf(n schema.Named, name string) (sortAttribute, error) {
	if n.Attr != nil && n.Sub == nil && n.Attr.Type == schema.Complex && n.Attr.MultiValued {
		n.Sub = n.Attr.Sub.Find("value")
	}
	switch leaf := n.Leaf(); {
	case leaf == nil:
		return sortAttribute{}, scim.InvalidValue("sortBy names a schema, " + truncate(name) +
			"; sort by one of its attributes")
	case n.Attr.Secret() || leaf.Secret():
		return sortAttribute{}, scim.InvalidValue(
			truncate(name) + " is never returned, so resources can't be sorted by it",
		)
	case leaf.Type == schema.Complex:
		return sortAttribute{}, scim.InvalidValue(truncate(name) + " is complex; sort by a sub-attribute, such as " +
			truncate(name) + "." + leaf.Sub.All()[0].Name)
	}
	return sortAttribute{n}, nil
}

func (at sortAttribute) key(v scim.Value) Key {
	if at.Extension != nil {
		v = v.Get(at.Extension.ID)
	}
	if v = primaryOrFirst(v.Get(at.Attr.Name)); at.Sub != nil {
		v = primaryOrFirst(v.Get(at.Sub.Name))
	}
	if v.Kind() == scim.Null || v.Kind() != scim.Bool && v.Text() == "" {
		return ""
	}
	return keyOf(at.Leaf(), v.Text())
}

// primaryOrFirst returns the value of a multi-valued attribute to sort by: the primary one,
// or the first if none is primary.
func primaryOrFirst(v scim.Value) scim.Value {
	if v.Kind() != scim.Array {
		return v
	}
	for _, item := range v.Items() {
		if item.Get("primary").IsTrue() {
			return item
		}
	}
	if len(v.Items()) == 0 {
		return scim.Value{}
	}
	return v.Items()[0]
}

// keyOf makes the key of a value, by the type of its attribute.
func keyOf(attr *schema.Attribute, text string) Key {
	switch attr.Type {
	case schema.Integer, schema.Decimal:
		const overhead = 10 // the sign and the exponent before the digits, and an end mark
		return Key(scim.ParseDecimal(text).Bytes(MaxKey - overhead))
	case schema.DateTime:
		instant, err := schema.ParseDateTime(text)
		if err != nil {
			return ""
		}
		return instantKey(instant)
	case schema.Boolean:
		if text == "true" {
			return "1"
		}
		return "0"
	}
	if !attr.CaseExact && attr.Type != schema.Binary {
		text = scim.FoldPrefix(text, MaxKey)
	}
	return Key(strings.Clone(text[:min(MaxKey, len(text))]))
}

// instantKey makes the key of a time, counted from before the first year of a dateTime, so
// that it is never negative.
func instantKey(t time.Time) Key {
	const past = 1 << 40 // seconds
	b := binary.BigEndian.AppendUint64(nil, uint64(t.Unix()+past))
	return Key(binary.BigEndian.AppendUint32(b, uint32(t.Nanosecond())))
}
