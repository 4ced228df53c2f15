package server

import (
	"context"

	"scimserver/shared/scim/filter"
	"scimserver/shared/scim/patch"
	"scimserver/shared/scim/schema"
)

// withProjection reads the parameters attributes and excludedAttributes before an operation, so
// that a request with invalid parameters changes nothing.
func (e *endpoint) withProjection(run operation) operation {
	return func(ctx context.Context, r *request) (*response, error) {
		if err := e.setProjection(r, nil); err != nil {
			return nil, err
		}
		return run(ctx, r)
	}
}

// setProjection decides which attributes the answer includes (RFC 7644 section 3.9). sent are the
// attributes in the request's body that are returned only on request (RFC 7643 section 7).
func (e *endpoint) setProjection(r *request, sent []schema.Named) (err error) {
	r.projection = e.defaultProjection
	query := r.parameters
	if len(sent) > 0 || query.Has("attributes") || query.Has("excludedAttributes") {
		selection := schema.Selection{
			Attributes: query["attributes"],
			Excluded:   query["excludedAttributes"],
			Sent:       sent,
		}
		if r.tolerant() {
			selection.Attributes = r.event.repairs.Parameters(e.typ, selection.Attributes)
			selection.Excluded = r.event.repairs.Parameters(e.typ, selection.Excluded)
		}
		r.projection, err = e.typ.Project(selection)
	}
	return err
}

// sentAttributes returns the attributes in a PATCH that are returned only on request (RFC 7643
// section 7).
func (e *endpoint) sentAttributes(ops []patch.Operation) []schema.Named {
	var sent []schema.Named
	for _, op := range ops {
		if op.Path == nil {
			sent = append(sent, e.typ.Sent(op.Value)...)
			continue
		}
		target, ok := filter.Resolve(e.typ, op.Path.Path)
		if ok && target.Attr != nil && op.Path.Sub != "" {
			target.Sub = target.Attr.Sub.Find(op.Path.Sub)
		}
		if ok && target.Attr != nil && target.Leaf().Returned == schema.Request {
			sent = append(sent, target)
		}
	}
	return sent
}
