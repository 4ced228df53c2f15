package order

import (
	"encoding/binary"
	"strings"
	"time"

	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
)

// MaxKey is the most bytes of a key. Texts that agree so far, and numbers that
// agree in as many digits, count as equal.
const MaxKey = 256

// sortAttribute is where the value stands by which resources of a type are sorted.
type sortAttribute struct{ schema.Named }

// sortAttributeOf finds the value that an attribute is sorted by: a multi-valued complex
// one stands for its value. Attributes that no client may read would be read by
// their order, and complex ones have none.
func sortAttributeOf(n schema.Named, name string) (sortAttribute, error) {
	if n.Attr != nil && n.Sub == nil && n.Attr.Type == schema.Complex && n.Attr.MultiValued {
		n.Sub = n.Attr.Sub.Find("value")
	}
	switch leaf := n.Leaf(); {
	case leaf == nil:
		return sortAttribute{}, scim.InvalidValue("sortBy names a schema, " + truncate(name) + "; sort by one of its attributes")
	case n.Attr.Secret() || leaf.Secret():
		return sortAttribute{}, scim.InvalidValue(truncate(name) + " is never returned, so nothing is sorted by it")
	case leaf.Type == schema.Complex:
		return sortAttribute{}, scim.InvalidValue(truncate(name) + " is complex; sort by one of its sub-attributes, such as " +
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

// primaryOrFirst is the value of several that counts: the primary one, or else the first.
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

// keyOf makes the key of a value of an attribute's type.
func keyOf(attr *schema.Attribute, text string) Key {
	switch attr.Type {
	case schema.Integer, schema.Decimal:
		const before = 10 // sign and magnitude, before the digits, and the end behind
		return Key(scim.ParseDecimal(text).Bytes(MaxKey - before))
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

// instantKey is the time since before the first year that a dateTime can name.
func instantKey(t time.Time) Key {
	const past = 1 << 40 // seconds
	b := binary.BigEndian.AppendUint64(nil, uint64(t.Unix()+past))
	return Key(binary.BigEndian.AppendUint32(b, uint32(t.Nanosecond())))
}
