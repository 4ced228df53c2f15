package server

import (
	"fmt"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
	"scimserver/shared/tenant"
)

// Groups is the endpoint of Group resources (RFC 7643 section 4.2). It has no routes if the schema
// definitions have no groups.
func Groups(s *Server) []route {
	if s.Registry.Type("Group") == nil {
		return nil
	}
	g := newGroups(s)
	return g.routes(operations{g.create, g.get, g.replace, g.patch, g.delete})
}

// groups implements the operations on Group resources.
type groups struct {
	endpoint
	members *schema.Attribute
	users   *schema.ResourceType
}

func newGroups(s *Server) *groups {
	g := &groups{endpoint: s.endpoint("Group"), users: s.Registry.Type("User")}
	g.kind = directory.GroupKind
	g.stored, g.edgeAttr, g.maxBody = g, "members", 5<<20
	g.indexedFilters = `displayName eq "...", externalId eq "..." or members.value eq "..."`
	g.members = g.typ.Core.Attributes.Find(g.edgeAttr)
	return g
}

// readContent converts a body to the stored document and the members, which are stored separately.
func (g *groups) readContent(r *request) (doc scim.Value, sent *memberEdit, err error) {
	body, err := g.body(r)
	if err != nil {
		return doc, nil, err
	}
	if err := g.rejectMisplaced(body); err != nil {
		return doc, nil, err
	}
	if sent, err = g.readMembers(r, body.Find(g.edgeAttr)); err != nil {
		return doc, nil, err
	}
	if doc, err = g.typ.Normalize(withoutMember(body, g.edgeAttr), schema.Rules{RequireSchemas: true}); err != nil {
		return doc, nil, err
	}
	return doc, sent, g.setProjection(r, g.typ.Sent(doc))
}

// rejectMisplaced refuses members under a name that begins with the core schema's URN. Only attributes
// of extensions have names with a URN. If these members were ignored as unknown, the group would be left
// without members.
func (g *groups) rejectMisplaced(body scim.Value) error {
	urn := g.typ.Core.ID
	for _, m := range body.Members() {
		below := scim.EqualName(m.Name, urn) && m.Value.Find(g.edgeAttr).Kind() != scim.Null
		if below || scim.EqualName(m.Name, urn+":"+g.edgeAttr) || scim.EqualName(m.Name, urn+"."+g.edgeAttr) {
			return scim.InvalidSyntax(fmt.Sprintf("%.128q holds members; send them once, "+
				"in the attribute %q", m.Name, g.edgeAttr))
		}
	}
	return nil
}

// skipsUnknown reports whether unknown members are skipped instead of refused. Okta and Entra ID may
// send members before the users, and do not send refused members again.
func (r *request) skipsUnknown() bool {
	return r.Caller.Profile == tenant.Okta || r.Caller.Profile == tenant.Entra
}

// withoutMember returns an object without the member of that name. Names are compared without
// case.
func withoutMember(object scim.Value, name string) scim.Value {
	if object.Kind() != scim.Object {
		return object
	}
	rest := make([]scim.Member, 0, len(object.Members()))
	for _, m := range object.Members() {
		if !scim.EqualName(m.Name, name) {
			rest = append(rest, m)
		}
	}
	return scim.Map(rest...)
}
