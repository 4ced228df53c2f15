package server

import (
	"context"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
	"scimserver/shared/scim/patch"
)

// patch changes a group (RFC 7644 section 3.5.2). It does not read all members unless an operation
// needs them, so its cost does not depend on the group's size.
func (g *groups) patch(ctx context.Context, r *request) (*response, error) {
	ops, o, err := g.readPatch(r)
	if err != nil {
		return nil, err
	}
	p, err := g.splitPatch(r, ops, o)
	if err != nil {
		return nil, err
	}
	if err := g.setProjection(r, g.sentAttributes(p.docOps)); err != nil {
		return nil, err
	}
	apply := func(d *directory.Draft) (directory.Edit, error) {
		r.setNames(d.Doc)
		return g.applyPatch(ctx, r, d, p)
	}
	changed, err := r.Directory.Groups().Change(ctx, r.ID, r.precondition(), p.namedIDs(), apply)
	if err != nil {
		return nil, err
	}
	r.event.noteChange(changed)
	return g.patchAnswer(ctx, r, changed)
}

// groupPatch is a PATCH of a group, separated into the operations on members and those on the
// document.
type groupPatch struct {
	memberOps    []memberOp
	docOps       []patch.Operation
	options      patch.Options
	needsMembers bool // the current members have to be read
	nameCount    int  // members named by all operations, with repetitions
}

// add adds an operation on members.
func (p *groupPatch) add(op patch.Operation, s memberOp) error {
	s.op = op
	if p.nameCount += len(s.ids); p.nameCount > maxMembersSent {
		return tooManyMembersSent()
	}
	p.memberOps, p.needsMembers = append(p.memberOps, s), p.needsMembers || s.needsMembers
	return nil
}

// namedIDs returns the ids of the members that the operations name, or nil if an operation depends
// on other members.
func (p *groupPatch) namedIDs() (all []scim.ID) {
	if p.needsMembers {
		return nil
	}
	seen := map[scim.ID]bool{}
	for _, s := range p.memberOps {
		for _, id := range s.ids {
			if !seen[id] {
				seen[id] = true
				all = append(all, id)
			}
		}
	}
	return all
}

// applyPatch applies the operations to a group.
func (g *groups) applyPatch(
	ctx context.Context, r *request, d *directory.Draft, p groupPatch,
) (e directory.Edit, err error) {
	p.options.Budget = newBudget(ctx)
	if e.Doc = d.Doc; len(p.docOps) > 0 {
		p.options.SameReadOnly = g.sameReadOnly(ctx, r, d.Resource)
		if e.Doc, err = patch.Apply(g.typ, d.Doc, p.docOps, p.options); err != nil {
			return e, err
		}
	}
	members := newMemberEdit(false)
	members.budget, members.evaluation = p.options.Budget, filter.NewEvaluation(p.options.Budget)
	if p.needsMembers {
		if err := members.load(ctx, d); err != nil {
			return e, err
		}
	}
	for _, s := range p.memberOps {
		if err := s.apply(members); err != nil {
			return e, s.op.WithNumber(err)
		}
	}
	e.Members = members.difference()
	e.Members.SkipUnknown = r.skipsUnknown()
	return e, nil
}
