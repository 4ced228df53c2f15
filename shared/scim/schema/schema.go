// Package schema is the schema engine of RFC 7643. Schemas and resource types are defined in JSON files; the
// package validates resources against them, and /Schemas serves them. To add an attribute, an extension or a
// resource type, add JSON. No resource type is special, and each value is validated against the definition of its
// own attribute only.
package schema

import "scimserver/shared/scim"

// Type is the data type of an attribute (RFC 7643 section 2.3).
type Type string

// The data types.
const (
	String    Type = "string"
	Boolean   Type = "boolean"
	Decimal   Type = "decimal"
	Integer   Type = "integer"
	DateTime  Type = "dateTime"
	Binary    Type = "binary"
	Reference Type = "reference"
	Complex   Type = "complex"
)

// Mutability says when an attribute may be changed (RFC 7643 section 7).
type Mutability string

// The mutabilities.
const (
	ReadOnly  Mutability = "readOnly"
	ReadWrite Mutability = "readWrite"
	Immutable Mutability = "immutable"
	WriteOnly Mutability = "writeOnly"
)

// Returned says when an attribute is returned (RFC 7643 section 7).
type Returned string

// The values of returned.
const (
	Always  Returned = "always"
	Never   Returned = "never"
	Default Returned = "default"
	Request Returned = "request"
)

// Uniqueness says where the values of an attribute are unique (RFC 7643
// section 7).
type Uniqueness string

// The values of uniqueness.
const (
	None   Uniqueness = "none"
	Server Uniqueness = "server"
	Global Uniqueness = "global"
)

// Attribute is the definition of an attribute with all its characteristics
// (RFC 7643 section 2.2).
type Attribute struct {
	Name            string
	Type            Type
	MultiValued     bool
	Description     string
	Required        bool
	CanonicalValues []string
	CaseExact       bool
	Mutability      Mutability
	Returned        Returned
	Uniqueness      Uniqueness
	ReferenceTypes  []string
	Sub             Attributes // of a complex attribute
}

// Secret reports whether the attribute is in no representation of a resource:
// its values are never returned, or may only be written.
func (a *Attribute) Secret() bool { return a.Returned == Never || a.Mutability == WriteOnly }

// Attributes is an ordered set of attributes, found by name in any case.
type Attributes struct {
	list     []*Attribute
	byName   map[string]int // by exact and by folded name
	required []int          // the indexes of those that a client must send
}

// All returns the attributes in the order of the definition.
func (a Attributes) All() []*Attribute { return a.list }

// Find returns the attribute with that name, in any case, or nil if there is none.
func (a Attributes) Find(name string) *Attribute {
	if i, ok := a.index(name); ok {
		return a.list[i]
	}
	return nil
}

func (a Attributes) index(name string) (int, bool) {
	if i, ok := a.byName[name]; ok {
		return i, true
	}
	i, ok := a.byName[scim.FoldName(name)]
	return i, ok
}

// Schema is a Schema resource (RFC 7643 section 7).
type Schema struct {
	ID          string
	Name        string
	Description string
	Attributes  Attributes
}

// ResourceType is a ResourceType resource (RFC 7643 section 6), with its schemas resolved.
type ResourceType struct {
	Name        string
	Description string
	Endpoint    string // such as /Users
	Core        *Schema
	Extensions  []Extension

	common     Attributes
	externalID *Attribute
	positions  map[string]int // of a document's members, by exact and by folded name
	onRequest  []Named        // those with returned=request
	unique     []Named
}

// Extension is a schema that extends a resource type.
type Extension struct {
	Schema   *Schema
	Required bool // every resource must carry it

	added bool // added by Extend: its definition may change while values are stored
}

// Common returns id, externalId, meta and schemas, which every resource type has, even if
// its schemas do not list them (RFC 7643 section 3.1).
func (t *ResourceType) Common() Attributes { return t.common }

// Unique returns the attributes whose uniqueness is server or global, without the common
// ones. The store of the resources has to enforce it.
func (t *ResourceType) Unique() []Named { return t.unique }

// OnRequest returns the attributes with returned=request, without the common ones.
func (t *ResourceType) OnRequest() []Named { return t.onRequest }

// Registry holds every schema and resource type that the service serves.
type Registry struct {
	Schemas  []*Schema
	Types    []*ResourceType
	Warnings []string // about definitions that are allowed but not recommended
}

// Schema returns the schema with that URN, in any case (RFC 7644 section 3.10), or nil if
// there is none.
func (r *Registry) Schema(urn string) *Schema {
	for _, s := range r.Schemas {
		if scim.EqualName(s.ID, urn) {
			return s
		}
	}
	return nil
}

// Type returns the resource type with that name, or nil if there is none.
func (r *Registry) Type(name string) *ResourceType {
	for _, t := range r.Types {
		if t.Name == name {
			return t
		}
	}
	return nil
}
