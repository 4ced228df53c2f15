package server

import (
	"fmt"
	"net/url"
	"strings"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

// The limits of a member's display, in bytes, and of the members in one request.
const (
	maxDisplay     = 256
	maxMembersSent = 50_000
)

func tooManyMembersSent() error {
	return scim.InvalidValue(fmt.Sprintf("the request names more than %d members; "+
		"send fewer in one request", maxMembersSent))
}

// readMemberList reads members as clients send them.
func (g *groups) readMemberList(r *request, items []scim.Value) ([]directory.Member, error) {
	if len(items) > maxMembersSent {
		return nil, tooManyMembersSent()
	}
	list := make([]directory.Member, len(items))
	for i, item := range items {
		var err error
		if list[i], err = g.readMember(r, item); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// readMember reads one member.
func (g *groups) readMember(r *request, v scim.Value) (m directory.Member, err error) {
	if v.Kind() != scim.Object {
		return m, scim.InvalidValue("each value of members must be an object, not a JSON " + v.Kind().String())
	}
	if v, err = g.normalizeMember(r, v, g.members.Name); err != nil {
		return m, err
	}
	m = directory.Member{
		ID:      scim.ID(v.Get("value").Text()),
		Kind:    directory.Kind(v.Get("type").Text()),
		Display: v.Get("display").Text(),
	}
	switch m.Kind {
	case "", directory.UserKind, directory.GroupKind:
	default:
		return m, scim.InvalidValue(fmt.Sprintf("members.type must be User or Group, not %.64q", string(m.Kind)))
	}
	if err := g.applyRef(r, &m, v.Get("$ref").Text()); err != nil {
		return m, err
	}
	if m.ID == "" {
		return m, scim.InvalidValue("members.value is required")
	}
	return m, nil
}

// normalizeMember validates one member. It shortens a long display if the tenant's profile allows.
func (g *groups) normalizeMember(r *request, v scim.Value, name string) (scim.Value, error) {
	if text := v.Find("display").Text(); len(text) > maxDisplay {
		if !r.tolerant() {
			return v, scim.InvalidValue(fmt.Sprintf("members.display is longer than %d bytes; "+
				"send a shorter one or none", maxDisplay))
		}
		display := scim.Member{Name: "display", Value: scim.Text(r.event.repairs.Display(text, maxDisplay))}
		v = scim.Map(append(withoutMember(v, "display").Members(), display)...)
	}
	return g.members.NormalizeOne(v, name)
}

// applyRef adds what $ref says about a member. A reference to another service is ignored.
func (g *groups) applyRef(r *request, m *directory.Member, ref string) error {
	kind, id, ok := g.parseRef(r, ref)
	switch {
	case !ok:
		return nil
	case m.Kind != "" && m.Kind != kind:
		return scim.InvalidValue(fmt.Sprintf("members.type is %s, but members.$ref refers to a %s", m.Kind, kind))
	case m.ID != "" && m.ID != id:
		return scim.InvalidValue(fmt.Sprintf("members.value is %.64q, but members.$ref refers to %.64q",
			string(m.ID), string(id)))
	}
	m.Kind, m.ID = kind, id
	return nil
}

// parseRef reads a URL of this service. It may be absolute, with or without the version (RFC 7644
// section 3.13), or relative to the base URL (RFC 7643 section 2.3.7).
func (g *groups) parseRef(r *request, ref string) (kind directory.Kind, id scim.ID, ok bool) {
	_, version, _ := strings.Cut(Root, "/scim")
	u, err := url.Parse(ref)
	base := strings.TrimSuffix(r.BaseURL, version) + "/"
	if err != nil || (u.Host != "" || u.Scheme != "") && !strings.HasPrefix(ref, base) {
		return "", "", false
	}
	segments := strings.Split(strings.TrimSuffix(u.Path, "/"), "/")
	if len(segments) < 2 {
		return "", "", false
	}
	endpoint, last := "/"+segments[len(segments)-2], segments[len(segments)-1]
	switch {
	case last == "":
		return "", "", false
	case endpoint == g.users.Endpoint:
		return directory.UserKind, scim.ID(last), true
	case endpoint == g.typ.Endpoint:
		return directory.GroupKind, scim.ID(last), true
	}
	return "", "", false
}

// unknownMembersError names the first of the members that do not exist.
func unknownMembersError(e *directory.UnknownMembersError) *scim.Error {
	const named = 10
	var names []string
	for _, id := range e.IDs[:min(len(e.IDs), named)] {
		names = append(names, fmt.Sprintf("%.64q", string(id)))
	}
	list := strings.Join(names, ", ")
	if more := len(e.IDs) - named; more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	if e.Typed {
		return scim.InvalidValue(
			"members names ids that no user or group has, or none of the type that was sent: " + list,
		)
	}
	return scim.InvalidValue("members names ids that no user or group has: " + list)
}
