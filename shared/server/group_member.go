package server

import (
	"fmt"
	"net/url"
	"strings"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

// The bounds on the display of a member, in bytes, and on the members that one
// message names.
const (
	maxDisplay = 256
	maxNamed   = 50_000
)

func namesTooMany() error {
	return scim.InvalidValue(fmt.Sprintf("the message names more than %d members; send fewer at a time", maxNamed))
}

// sentMembers reads members as clients send them: an array, or in a PATCH one
// object as well.
func (g *groups) sentMembers(r *request, items []scim.Value) ([]directory.Member, error) {
	if len(items) > maxNamed {
		return nil, namesTooMany()
	}
	list := make([]directory.Member, len(items))
	for i, item := range items {
		var err error
		if list[i], err = g.member(r, item); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// member reads one member.
func (g *groups) member(r *request, v scim.Value) (m directory.Member, err error) {
	if v.Kind() != scim.Object {
		return m, scim.InvalidValue("each of members must be an object, not a JSON " + v.Kind().String())
	}
	if v, err = g.normalized(r, v, g.members.Name); err != nil {
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
	if err := g.refer(r, &m, v.Get("$ref").Text()); err != nil {
		return m, err
	}
	if m.ID == "" {
		return m, scim.InvalidValue("members.value is required")
	}
	return m, nil
}

// normalized validates one member, whose display is cut where the tenant's profile
// allows.
func (g *groups) normalized(r *request, v scim.Value, name string) (scim.Value, error) {
	if text := v.Find("display").Text(); len(text) > maxDisplay {
		if !r.tolerant() {
			return v, scim.InvalidValue(fmt.Sprintf("members.display is longer than %d bytes", maxDisplay))
		}
		display := scim.Member{Name: "display", Value: scim.Text(r.event.repairs.Display(text, maxDisplay))}
		v = scim.Map(append(without(v, "display").Members(), display)...)
	}
	return g.members.NormalizeOne(v, name)
}

// refer adds what a reference says of a member. One to another service says
// nothing.
func (g *groups) refer(r *request, m *directory.Member, ref string) error {
	kind, id, ok := g.target(r, ref)
	switch {
	case !ok:
		return nil
	case m.Kind != "" && m.Kind != kind:
		return scim.InvalidValue(fmt.Sprintf("members.type is %s, but members.$ref refers to a %s", m.Kind, kind))
	case m.ID != "" && m.ID != id:
		return scim.InvalidValue(fmt.Sprintf("members.value is %.64q, but members.$ref refers to %.64q", string(m.ID), string(id)))
	}
	m.Kind, m.ID = kind, id
	return nil
}

// target reads a URL of this service: absolute, with or without the version
// (RFC 7644 section 3.13), or relative to the base (RFC 7643 section 2.3.7).
func (g *groups) target(r *request, ref string) (kind directory.Kind, id scim.ID, ok bool) {
	_, version, _ := strings.Cut(Root, "/scim")
	u, err := url.Parse(ref)
	if err != nil || (u.Host != "" || u.Scheme != "") && !strings.HasPrefix(ref, strings.TrimSuffix(r.BaseURL, version)+"/") {
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

// unknownMembers names members that there are not, the first of them.
func unknownMembers(e *directory.UnknownMembersError) *scim.Error {
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
		return scim.InvalidValue("members names ids that no user or group has, or none of the type that was sent: " + list)
	}
	return scim.InvalidValue("members names ids that no user or group has: " + list)
}
