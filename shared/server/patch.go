package server

import (
	"context"
	"crypto/rand"
	"net/http"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/patch"
	"scimserver/shared/scim/schema"
)

// operations reads a PATCH message (RFC 7644 section 3.5.2).
func (e *endpoint) operations(r *request) (ops []patch.Operation, o patch.Options, err error) {
	body, err := r.body(e.maxBody)
	if err == nil {
		err = patch.CheckLength(body)
	}
	if err != nil {
		return nil, o, err
	}
	var sent []int
	if r.tolerant() {
		o.Element, o.SingleFilter = r.event.repairs.Element, r.event.repairs.SingleFilter
		if body, sent, err = r.event.repairs.Patch(e.typ, body); err != nil {
			return nil, o, err
		}
	}
	ops, err = patch.Parse(body, sent)
	return ops, o, err
}

// sameReadOnly returns what decides whether a value for a readOnly attribute is the one
// that a stored resource has, nil where the tenant's profile repairs nothing.
func (e *endpoint) sameReadOnly(ctx context.Context, r *request, stored directory.Resource) func(schema.Named, scim.Value, bool) (bool, error) {
	if !r.tolerant() {
		return nil
	}
	edges := remembered(e.stored.edges(r)) // once, however many operations name them
	return func(target schema.Named, sent scim.Value, add bool) (bool, error) {
		has, err := e.valueOf(ctx, r, stored, target, edges)
		return err == nil && r.event.repairs.SameReadOnly(sent, has, add), err
	}
}

// valueOf returns the value of an attribute of a stored resource. Edges are read if the
// attribute is the one that they hold.
func (e *endpoint) valueOf(ctx context.Context, r *request, stored directory.Resource, of schema.Named, read relation) (scim.Value, error) {
	var edges scim.Value
	if of.Extension == nil && of.Attr.Name == e.edgeAttr {
		values, err := read(ctx, []directory.Resource{stored})
		if err != nil {
			return scim.Value{}, err
		}
		edges = values[0]
	}
	v := e.resource(r, stored, edges).Value()
	if of.Extension != nil {
		v = v.Get(of.Extension.ID)
	}
	if v = v.Get(of.Attr.Name); of.Sub != nil {
		v = v.Get(of.Sub.Name)
	}
	return v, nil
}

// patch changes parts of a user. When others change the user meanwhile, the
// operations are applied anew to what they left.
func (u *users) patch(ctx context.Context, r *request) (*response, error) {
	ops, o, err := u.operations(r)
	if err != nil {
		return nil, err
	}
	if err := u.project(r, u.sentBy(ops)); err != nil {
		return nil, err
	}
	user, err := r.Directory.Users().Replace(ctx, r.ID, r.match(), func(old directory.User) (directory.Content, error) {
		r.about(old.Doc)
		o.SameReadOnly = u.sameReadOnly(ctx, r, old.Resource)
		o.Budget = newBudget(ctx)
		content, err := u.patched(old, ops, o)
		if err == nil {
			err = r.fewEmails(old.Doc, content.Doc)
		}
		if err != nil {
			return content, err
		}
		return content, r.selfRights(old.Doc, content.Doc)
	})
	if err != nil {
		return nil, err
	}
	return u.changed(ctx, r, http.StatusOK, user.Resource)
}

// patched applies the operations to a user. A token stands for the password
// while they run, so that its removal shows.
func (u *users) patched(old directory.User, ops []patch.Operation, o patch.Options) (directory.Content, error) {
	doc, token := old.Doc, rand.Text()
	if old.HasPassword() {
		doc = scim.Map(append(doc.Without().Members(), scim.Member{Name: "password", Value: scim.Text(token)})...)
	}
	doc, err := patch.Apply(u.typ, doc, ops, o)
	if err != nil {
		return directory.Content{}, err
	}
	switch password := doc.Get("password").Text(); {
	case password == token:
		return directory.Content{Doc: doc.Without("password")}, nil
	case password == "" && old.HasPassword():
		return directory.Content{Doc: doc, HashPassword: func() (string, error) { return "", nil }}, nil
	}
	return u.withoutPassword(doc)
}

// patch changes parts of a group. What can be decided without knowing the members
// is, so that it costs the same however many they are.
func (g *groups) patch(ctx context.Context, r *request) (*response, error) {
	ops, o, err := g.operations(r)
	if err != nil {
		return nil, err
	}
	p, err := g.part(r, ops, o)
	if err != nil {
		return nil, err
	}
	if err := g.project(r, g.sentBy(p.rest)); err != nil {
		return nil, err
	}
	changed, err := r.Directory.Groups().Change(ctx, r.ID, r.match(), p.near(), func(d *directory.Draft) (directory.Edit, error) {
		r.about(d.Doc)
		return g.patched(ctx, r, d, p)
	})
	if err != nil {
		return nil, err
	}
	r.event.repairs.Skipped(len(changed.Skipped))
	return g.patchAnswer(ctx, r, changed)
}
