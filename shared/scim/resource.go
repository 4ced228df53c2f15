package scim

import (
	"strconv"
	"time"
)

// Resource is a SCIM resource as the service provider stores it.
type Resource struct {
	ID ID
	// Doc holds all attributes except id and meta, in the order and spelling of the schema.
	Doc  Value
	Meta Meta
}

// Meta is the complex attribute meta (RFC 7643 section 3.1).
type Meta struct {
	ResourceType string
	Created      time.Time
	LastModified time.Time
	Location     string // absolute URI
	Version      string // an entity tag, see ETag
}

// Value returns the representation of the resource: schemas, id, its other attributes, and
// meta.
func (r Resource) Value() Value {
	members := make([]Member, 0, len(r.Doc.Members())+2)
	members = append(members, Member{"schemas", r.Doc.Get("schemas")}, Member{"id", Text(string(r.ID))})
	for _, m := range r.Doc.Members() {
		if m.Name != "schemas" {
			members = append(members, m)
		}
	}
	return Map(append(members, Member{"meta", r.Meta.value()})...)
}

func (m Meta) value() Value {
	return Map(
		Member{"resourceType", Text(m.ResourceType)},
		Member{"created", Text(FormatTime(m.Created))},
		Member{"lastModified", Text(FormatTime(m.LastModified))},
		Member{"location", Text(m.Location)},
		Member{"version", Text(m.Version)},
	)
}

// FormatTime formats a time as a dateTime in UTC with milliseconds (RFC 7643 section 2.3.5).
func FormatTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// ETag returns the entity tag of a version. It is weak, because parts of the
// representation are derived from other resources (RFC 7644 section 3.14).
func ETag(version int64) string { return `W/"` + strconv.FormatInt(version, 10) + `"` }

// ListResponse returns a ListResponse message (RFC 7644 section 3.4.2). Its itemsPerPage is
// the number of resources in this page.
func ListResponse(total, startIndex int, resources []Value) Value {
	return Map(
		Member{"schemas", Texts(ListResponseMessage)},
		Member{"totalResults", Int(total)},
		Member{"startIndex", Int(startIndex)},
		Member{"itemsPerPage", Int(len(resources))},
		Member{"Resources", List(resources...)},
	)
}
