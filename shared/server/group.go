package server

import (
	"fmt"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
	"scimserver/shared/tenant"
)

// Groups is the endpoint of Group resources, where the definitions have such.
func Groups(s *Server) []route {
	if s.Registry.Type("Group") == nil {
		return nil
	}
	g := newGroups(s)
	return g.routes(operations{g.create, g.get, g.replace, g.patch, g.delete})
}

// groups carries out operations on Group resources.
type groups struct {
	endpoint
	members *schema.Attribute
	users   *schema.ResourceType
}

func newGroups(s *Server) *groups {
	g := &groups{endpoint: s.endpoint("Group"), users: s.Registry.Type("User")}
	g.kind = directory.GroupKind
	g.stored, g.edgeAttr, g.maxBody = g, "members", 5<<20
	g.advice = `displayName eq "...", externalId eq "..." or members.value eq "..."`
	g.members = g.typ.Core.Attributes.Find(g.edgeAttr)
	return g
}

// content turns a body into the document that is stored and the members, which
// are stored apart.
func (g *groups) content(r *request) (doc scim.Value, sent *roster, err error) {
	body, err := g.body(r)
	if err != nil {
		return doc, nil, err
	}
	if err := g.misplaced(body); err != nil {
		return doc, nil, err
	}
	if sent, err = g.roster(r, body.Find(g.edgeAttr)); err != nil {
		return doc, nil, err
	}
	if doc, err = g.typ.Normalize(without(body, g.edgeAttr), schema.Rules{RequireSchemas: true}); err != nil {
		return doc, nil, err
	}
	return doc, sent, g.project(r, g.typ.Sent(doc))
}

// misplaced refuses members that are named as those of an extension would be: to
// ignore them as unknown would empty the group.
func (g *groups) misplaced(body scim.Value) error {
	urn := g.typ.Core.ID
	for _, m := range body.Members() {
		below := scim.EqualName(m.Name, urn) && m.Value.Find(g.edgeAttr).Kind() != scim.Null
		if below || scim.EqualName(m.Name, urn+":"+g.edgeAttr) || scim.EqualName(m.Name, urn+"."+g.edgeAttr) {
			return scim.InvalidSyntax(fmt.Sprintf("%.128q names members; send them once, as %q", m.Name, g.edgeAttr))
		}
	}
	return nil
}

// skipsUnknown reports whether the tenant's provider sends members before it
// sends the users, and never again if they are refused.
func (r *request) skipsUnknown() bool {
	return r.Caller.Profile == tenant.Okta || r.Caller.Profile == tenant.Entra
}

// without returns an object without the member of that name, in any case.
func without(object scim.Value, name string) scim.Value {
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
