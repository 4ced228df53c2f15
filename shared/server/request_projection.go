package server

import (
	"context"

	"scimserver/shared/scim/filter"
	"scimserver/shared/scim/patch"
	"scimserver/shared/scim/schema"
)

// projected reads the parameters attributes and excludedAttributes before an
// operation, so that a request which they spoil changes nothing.
func (e *endpoint) projected(run operation) operation {
	return func(ctx context.Context, r *request) (*response, error) {
		if err := e.project(r, nil); err != nil {
			return nil, err
		}
		return run(ctx, r)
	}
}

// project settles what the answer shows of resources (RFC 7644 section 3.9).
// sent are the attributes that the request's body held and that are otherwise
// shown on request only.
func (e *endpoint) project(r *request, sent []schema.Named) (err error) {
	r.projection = e.usual
	query := r.parameters
	if len(sent) > 0 || query.Has("attributes") || query.Has("excludedAttributes") {
		selection := schema.Selection{Attributes: query["attributes"], Excluded: query["excludedAttributes"], Sent: sent}
		if r.tolerant() {
			selection.Attributes = r.event.repairs.Parameters(e.typ, selection.Attributes)
			selection.Excluded = r.event.repairs.Parameters(e.typ, selection.Excluded)
		}
		r.projection, err = e.typ.Project(selection)
	}
	return err
}

// sentBy returns the attributes that a PATCH holds and that are otherwise shown
// on request only.
func (e *endpoint) sentBy(ops []patch.Operation) []schema.Named {
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
