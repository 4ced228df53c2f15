package server

import (
	"context"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
	"scimserver/shared/scim/patch"
)

// parts are the operations of a PATCH on a group: those on members, and those on
// its document.
type parts struct {
	steps   []step
	rest    []patch.Operation
	options patch.Options
	reads   bool // the members have to be known
	named   int  // members that are named, however often
}

// add adds an operation on members.
func (p *parts) add(op patch.Operation, s step) error {
	s.op = op
	if p.named += len(s.ids); p.named > maxNamed {
		return namesTooMany()
	}
	p.steps, p.reads = append(p.steps, s), p.reads || s.reads
	return nil
}

// near returns the ids of the members that the operations are about, if they are
// about no others.
func (p *parts) near() (all []scim.ID) {
	if p.reads {
		return nil
	}
	seen := map[scim.ID]bool{}
	for _, s := range p.steps {
		for _, id := range s.ids {
			if !seen[id] {
				seen[id] = true
				all = append(all, id)
			}
		}
	}
	return all
}

// patched applies the operations to a group.
func (g *groups) patched(ctx context.Context, r *request, d *directory.Draft, p parts) (e directory.Edit, err error) {
	p.options.Budget = newBudget(ctx)
	if e.Doc = d.Doc; len(p.rest) > 0 {
		p.options.SameReadOnly = g.sameReadOnly(ctx, r, d.Resource)
		if e.Doc, err = patch.Apply(g.typ, d.Doc, p.rest, p.options); err != nil {
			return e, err
		}
	}
	members := newRoster(false)
	members.budget, members.evaluation = p.options.Budget, filter.NewEvaluation(p.options.Budget)
	if p.reads {
		if err := members.load(ctx, d); err != nil {
			return e, err
		}
	}
	for _, s := range p.steps {
		if err := s.apply(members); err != nil {
			return e, s.op.WithNumber(err)
		}
	}
	e.Members = members.edit()
	e.Members.SkipUnknown = r.skipsUnknown()
	return e, nil
}
