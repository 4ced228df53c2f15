package server

import (
	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
	"scimserver/shared/scim/patch"
)

// memberOp is a PATCH operation on the members of a group. Members are kept out of the document,
// because package patch would compare every member with every other there.
type memberOp struct {
	op           patch.Operation
	ids          []scim.ID // the members that it names
	needsMembers bool      // its outcome depends on the current members
	apply        func(*memberEdit) error
}

// splitPatch separates the operations on members from those on the document.
func (g *groups) splitPatch(r *request, ops []patch.Operation, o patch.Options) (p groupPatch, err error) {
	p.options = o
	for _, op := range ops {
		switch {
		case op.Path == nil:
			err = g.splitValue(r, op, &p)
		case g.targetsMembers(op):
			var s memberOp
			if s, err = g.readMemberOp(r, op, o); err == nil {
				err = p.add(op, s)
			}
		default:
			p.docOps = append(p.docOps, op)
		}
		if err != nil {
			return p, op.WithNumber(err)
		}
	}
	return p, nil
}

// splitValue is splitPatch for an operation without a path.
func (g *groups) splitValue(r *request, op patch.Operation, p *groupPatch) error {
	rest, sent := g.extractMembers(op.Value)
	if len(sent) > 1 {
		return scim.InvalidSyntax("the value has members twice; send them once")
	}
	for _, v := range sent {
		s, err := g.listOp(r, op.Op, v)
		if err == nil {
			err = p.add(op, s)
		}
		if err != nil {
			return err
		}
	}
	if op.Value = rest; len(rest.Members()) > 0 {
		p.docOps = append(p.docOps, op)
	}
	return nil
}

func (g *groups) targetsMembers(op patch.Operation) bool {
	target, ok := filter.Resolve(g.typ, op.Path.Path)
	return ok && target.Extension == nil && target.Attr == g.members
}

// extractMembers takes the members out of the value of an operation without a path. They may also
// be below the URN of the core schema.
func (g *groups) extractMembers(v scim.Value) (rest scim.Value, members []scim.Value) {
	var kept []scim.Member
	for _, m := range v.Members() {
		switch {
		case scim.EqualName(m.Name, g.members.Name):
			members = append(members, m.Value)
			continue
		case scim.EqualName(m.Name, g.typ.Core.ID) && m.Value.Kind() == scim.Object:
			var inner []scim.Value
			m.Value, inner = g.extractMembers(m.Value)
			members = append(members, inner...)
		}
		kept = append(kept, m)
	}
	return scim.Map(kept...), members
}

// readMemberOp reads an operation whose path names members.
func (g *groups) readMemberOp(r *request, op patch.Operation, o patch.Options) (memberOp, error) {
	if op.Path.Sub != "" && g.members.Sub.Find(op.Path.Sub) == nil {
		return memberOp{}, scim.InvalidPath(op.Path.String() + " does not name a sub-attribute of members")
	}
	switch {
	case op.Path.Path.Sub != "" || op.Path.Sub != "":
		return memberOp{}, scim.Mutability(
			op.Path.String() + " is immutable; remove the member and add it again instead",
		)
	case op.Path.Filter != nil:
		return g.filterOp(r, op, o)
	case op.Op == patch.Remove:
		return memberOp{needsMembers: true, apply: func(a *memberEdit) error { a.clear(); return nil }}, nil
	}
	return g.listOp(r, op.Op, op.Value)
}

// listOp adds members, or replaces all members.
func (g *groups) listOp(r *request, op patch.Op, v scim.Value) (s memberOp, err error) {
	s.needsMembers = op == patch.Replace
	items := v.Items()
	if v.Kind() == scim.Object || v.Kind() != scim.Array && !v.IsEmpty() {
		items = []scim.Value{v}
	}
	list, err := g.readMemberList(r, items)
	for _, m := range list {
		s.ids = append(s.ids, m.ID)
	}
	s.apply = func(a *memberEdit) error {
		if op == patch.Replace {
			a.clear()
		}
		return a.addAll(list)
	}
	return s, err
}

// filterOp changes the members that a filter matches. Replacing them with nothing removes them.
func (g *groups) filterOp(r *request, op patch.Operation, o patch.Options) (memberOp, error) {
	matcher, err := filter.CompileElement(op.Path.Filter, g.members)
	if err != nil {
		return memberOp{}, err
	}
	switch {
	case op.Op == patch.Add && op.Value.IsEmpty():
		return memberOp{apply: func(*memberEdit) error { return nil }}, nil
	case op.Op != patch.Remove && !op.Value.IsEmpty():
		return g.elementOp(r, op, o, matcher)
	}
	if ids, ok := equalities(op.Path.Filter); ok {
		return memberOp{ids: ids, apply: func(a *memberEdit) error {
			for _, id := range ids {
				a.remove(id)
			}
			return nil
		}}, nil
	}
	return memberOp{needsMembers: true, apply: func(a *memberEdit) error {
		matching, err := g.matchingMembers(r, a, matcher)
		if err != nil {
			return err
		}
		for _, m := range matching {
			a.remove(m.ID)
		}
		return nil
	}}, nil
}

// equalities returns the ids in a filter that consists only of comparisons such as value eq "id", joined
// by or. It reports whether the filter has this form.
func equalities(expr filter.Expr) ([]scim.ID, bool) {
	switch x := expr.(type) {
	case *filter.Or:
		left, ok := equalities(x.X)
		right, too := equalities(x.Y)
		return append(left, right...), ok && too
	case *filter.Compare:
		byID := x.Op == filter.Equal && x.Path.Is("", "value", "") && x.Value.Kind() == scim.String
		return []scim.ID{scim.ID(x.Value.Text())}, byID
	}
	return nil, false
}

// memberCost is the number of steps (see scim.Budget) that one member costs.
const memberCost = 1000

// matchingMembers returns the members that a filter matches.
func (g *groups) matchingMembers(
	r *request, a *memberEdit, matcher *filter.Matcher,
) (found []directory.Member, err error) {
	err = a.eachMember(func(m directory.Member) error {
		if err := a.budget.Spend(memberCost); err != nil {
			return patch.BudgetError(err)
		}
		matches, err := matcher.Match(g.memberValue(r, m), a.evaluation)
		if matches {
			found = append(found, m)
		}
		return patch.BudgetError(err)
	})
	return found, err
}

// elementOp replaces the members that a filter matches, or adds to them. Members are immutable, so
// the value has to equal what is there already.
func (g *groups) elementOp(r *request, op patch.Operation, o patch.Options, matcher *filter.Matcher) (memberOp, error) {
	sent, err := g.normalizeMember(r, op.Value, op.Path.String())
	if err != nil {
		return memberOp{}, err
	}
	return memberOp{needsMembers: true, apply: func(a *memberEdit) error {
		matching, err := g.matchingMembers(r, a, matcher)
		if err != nil {
			return err
		}
		if len(matching) == 0 {
			return g.addDescribed(r, op, o, a, sent)
		}
		for _, m := range matching {
			if !hasAllOf(g.memberValue(r, m), sent) {
				return scim.Mutability(op.Path.String() + ": the sub-attributes of members are immutable; " +
					"remove the member and add it again instead")
			}
		}
		return nil
	}}, nil
}

// hasAllOf reports whether a member has every sub-attribute that was sent, except $ref.
func hasAllOf(element, sent scim.Value) bool {
	for _, m := range sent.Members() {
		if m.Name != "$ref" && !element.Get(m.Name).Equal(m.Value) {
			return false
		}
	}
	return true
}

// addDescribed adds the member that a filter describes. It is called if the filter matches no member.
func (g *groups) addDescribed(r *request, op patch.Operation, o patch.Options, a *memberEdit, sent scim.Value) error {
	var described *scim.Value
	if o.Element != nil {
		described = o.Element(op.Path.Filter)
	}
	if described == nil {
		return scim.NoTarget(op.Path.String() + " matches no member")
	}
	normalized, err := g.members.NormalizeOne(*described, op.Path.String())
	if err != nil {
		return err
	}
	members := normalized.Members()
	for _, m := range sent.Members() {
		if normalized.Get(m.Name).IsEmpty() {
			members = append(members[:len(members):len(members)], m)
		}
	}
	m, err := g.readMember(r, scim.Map(members...))
	if err != nil {
		return err
	}
	return a.add(m)
}
