package scim

import (
	"slices"
	"strconv"
)

// Kind is the JSON type of a Value.
type Kind uint8

// The kinds of JSON values. The zero Value is Null.
const (
	Null Kind = iota
	Bool
	Number
	String
	Array
	Object
)

// String returns the name of the kind, for error texts.
func (k Kind) String() string {
	return [...]string{"null", "boolean", "number", "string", "array", "object"}[k]
}

// Value is a JSON value. Unlike the values of encoding/json it keeps the order of object
// members and the exact text of numbers. Values are immutable.
type Value struct {
	kind     Kind
	text     string    // the text of a string or number; "true" or "false"
	contents *contents // of an array or object; nil if empty
}

// contents is a struct of its own to keep Value small, because most values are strings.
type contents struct {
	items   []Value
	members []Member
}

// Member is a name and its value in an object.
type Member struct {
	Name  string
	Value Value
}

// Text makes a JSON string.
func Text(s string) Value { return Value{kind: String, text: s} }

// Boolean makes a JSON boolean.
func Boolean(b bool) Value { return Value{kind: Bool, text: strconv.FormatBool(b)} }

// Int makes a JSON number.
func Int(n int) Value { return Value{kind: Number, text: strconv.Itoa(n)} }

// List makes a JSON array.
func List(items ...Value) Value { return Value{kind: Array, contents: &contents{items: items}} }

// Texts makes a JSON array of strings.
func Texts(items ...string) Value {
	values := make([]Value, len(items))
	for i, s := range items {
		values[i] = Text(s)
	}
	return List(values...)
}

// Map makes a JSON object of members in the given order. Their names must be different.
func Map(members ...Member) Value { return Value{kind: Object, contents: &contents{members: members}} }

// Kind returns the JSON type of v.
func (v Value) Kind() Kind { return v.kind }

// Text returns the contents of a string or the literal of a number or boolean,
// and "" for anything else.
func (v Value) Text() string { return v.text }

// IsTrue reports whether v is the boolean true.
func (v Value) IsTrue() bool { return v.kind == Bool && v.text == "true" }

// Items returns the elements of an array, nil for anything else.
func (v Value) Items() []Value {
	if v.contents == nil {
		return nil
	}
	return v.contents.items
}

// Members returns the members of an object in order, nil for anything else.
func (v Value) Members() []Member {
	if v.contents == nil {
		return nil
	}
	return v.contents.members
}

// Get returns the value of the member with exactly that name, or null. It is for values
// whose names have the spelling of the schema.
func (v Value) Get(name string) Value {
	members := v.Members()
	for i := range members {
		if members[i].Name == name {
			return members[i].Value
		}
	}
	return Value{}
}

// Find returns the value of the member with that name in any ASCII case, or null. It is
// for values that a client sent.
func (v Value) Find(name string) Value {
	members := v.Members()
	for i := range members {
		if EqualName(members[i].Name, name) {
			return members[i].Value
		}
	}
	return Value{}
}

// Without returns the object v without the members that have exactly those names.
func (v Value) Without(names ...string) Value {
	kept := make([]Member, 0, len(v.Members()))
members:
	for _, m := range v.Members() {
		for _, name := range names {
			if m.Name == name {
				continue members
			}
		}
		kept = append(kept, m)
	}
	return Map(kept...)
}

// Identical reports whether v and w are the same value in memory, or equal simple values. It does
// not look into arrays and objects: these can be equal even if it reports false.
func (v Value) Identical(w Value) bool {
	return v == w
}

// Equal reports whether v and w are equal, including the order of members.
func (v Value) Equal(w Value) bool {
	sameMember := func(a, b Member) bool { return a.Name == b.Name && a.Value.Equal(b.Value) }
	return v.kind == w.kind && v.text == w.text && (v.contents == w.contents ||
		slices.EqualFunc(v.Items(), w.Items(), Value.Equal) &&
			slices.EqualFunc(v.Members(), w.Members(), sameMember))
}

// IsEmpty reports whether v counts as unassigned: null, an empty string, an empty array or
// an object without members (RFC 7643 section 2.5).
func (v Value) IsEmpty() bool {
	return v.kind == Null || v.kind != Bool && v.text == "" && len(v.Items()) == 0 && len(v.Members()) == 0
}
