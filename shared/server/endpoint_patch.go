package server

import (
	"context"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/patch"
	"scimserver/shared/scim/schema"
)

// readPatch reads a PATCH message (RFC 7644 section 3.5.2).
func (e *endpoint) readPatch(r *request) (ops []patch.Operation, o patch.Options, err error) {
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

// sameReadOnly returns a function that reports whether a value sent for a readOnly attribute
// equals the stored one. It returns nil if the tenant's profile allows no repairs.
func (e *endpoint) sameReadOnly(
	ctx context.Context, r *request, stored directory.Resource,
) func(schema.Named, scim.Value, bool) (bool, error) {
	if !r.tolerant() {
		return nil
	}
	edges := readOnce(e.stored.filterEdges(r)) // once for all operations
	return func(target schema.Named, sent scim.Value, add bool) (bool, error) {
		has, err := e.currentValue(ctx, r, stored, target, edges)
		return err == nil && r.event.repairs.SameReadOnly(sent, has, add), err
	}
}

// currentValue returns the value of an attribute of a stored resource. It reads the edges if the
// attribute is edgeAttr.
func (e *endpoint) currentValue(
	ctx context.Context, r *request, stored directory.Resource, of schema.Named, read edgeReader,
) (scim.Value, error) {
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
