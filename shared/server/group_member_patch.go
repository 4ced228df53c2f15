package server

import (
	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
	"scimserver/shared/scim/patch"
)

// step is an operation on the members of a group, which are none of its document:
// the rules for multi-valued attributes compare every value with every other.
type step struct {
	op    patch.Operation
	ids   []scim.ID // the members that it adds or removes, where it names them
	reads bool      // it depends on who is a member
	apply func(*roster) error
}

// part parts the operations of a message in those on members and the rest.
func (g *groups) part(r *request, ops []patch.Operation, o patch.Options) (p parts, err error) {
	p.options = o
	for _, op := range ops {
		switch {
		case op.Path == nil:
			err = g.partValue(r, op, &p)
		case g.onMembers(op):
			var s step
			if s, err = g.step(r, op, o); err == nil {
				err = p.add(op, s)
			}
		default:
			p.rest = append(p.rest, op)
		}
		if err != nil {
			return p, op.WithNumber(err)
		}
	}
	return p, nil
}

// partValue is part for an operation without a path.
func (g *groups) partValue(r *request, op patch.Operation, p *parts) error {
	rest, sent := g.take(op.Value)
	if len(sent) > 1 {
		return scim.InvalidSyntax("the value names members twice")
	}
	for _, v := range sent {
		s, err := g.listStep(r, op.Op, v)
		if err == nil {
			err = p.add(op, s)
		}
		if err != nil {
			return err
		}
	}
	if op.Value = rest; len(rest.Members()) > 0 {
		p.rest = append(p.rest, op)
	}
	return nil
}

func (g *groups) onMembers(op patch.Operation) bool {
	target, ok := filter.Resolve(g.typ, op.Path.Path)
	return ok && target.Extension == nil && target.Attr == g.members
}

// take takes the members out of a path-less value, where they may stand below the
// URN of the core schema as well.
func (g *groups) take(v scim.Value) (rest scim.Value, members []scim.Value) {
	var kept []scim.Member
	for _, m := range v.Members() {
		switch {
		case scim.EqualName(m.Name, g.members.Name):
			members = append(members, m.Value)
			continue
		case scim.EqualName(m.Name, g.typ.Core.ID) && m.Value.Kind() == scim.Object:
			var inner []scim.Value
			m.Value, inner = g.take(m.Value)
			members = append(members, inner...)
		}
		kept = append(kept, m)
	}
	return scim.Map(kept...), members
}

// step reads an operation whose path names members.
func (g *groups) step(r *request, op patch.Operation, o patch.Options) (step, error) {
	if op.Path.Sub != "" && g.members.Sub.Find(op.Path.Sub) == nil {
		return step{}, scim.InvalidPath(op.Path.String() + " names no sub-attribute")
	}
	switch {
	case op.Path.Path.Sub != "" || op.Path.Sub != "":
		return step{}, scim.Mutability(op.Path.String() + " is immutable: members are added and removed as a whole")
	case op.Path.Filter != nil:
		return g.filterStep(r, op, o)
	case op.Op == patch.Remove:
		return step{reads: true, apply: func(a *roster) error { a.clear(); return nil }}, nil
	}
	return g.listStep(r, op.Op, op.Value)
}

// listStep adds members, or puts them in the place of all others.
func (g *groups) listStep(r *request, op patch.Op, v scim.Value) (s step, err error) {
	s.reads = op == patch.Replace
	items := v.Items()
	if v.Kind() == scim.Object || v.Kind() != scim.Array && !v.IsEmpty() {
		items = []scim.Value{v}
	}
	list, err := g.sentMembers(r, items)
	for _, m := range list {
		s.ids = append(s.ids, m.ID)
	}
	s.apply = func(a *roster) error {
		if op == patch.Replace {
			a.clear()
		}
		return a.addAll(list)
	}
	return s, err
}

// filterStep changes the members that a filter matches. To replace them by nothing
// removes them.
func (g *groups) filterStep(r *request, op patch.Operation, o patch.Options) (step, error) {
	matcher, err := filter.CompileElement(op.Path.Filter, g.members)
	if err != nil {
		return step{}, err
	}
	switch {
	case op.Op == patch.Add && op.Value.IsEmpty():
		return step{apply: func(*roster) error { return nil }}, nil
	case op.Op != patch.Remove && !op.Value.IsEmpty():
		return g.elementStep(r, op, o, matcher)
	}
	if ids, ok := equalities(op.Path.Filter); ok {
		return step{ids: ids, apply: func(a *roster) error {
			for _, id := range ids {
				a.remove(id)
			}
			return nil
		}}, nil
	}
	return step{reads: true, apply: func(a *roster) error {
		matching, err := g.matching(r, a, matcher)
		if err != nil {
			return err
		}
		for _, m := range matching {
			a.remove(m.ID)
		}
		return nil
	}}, nil
}

// equalities returns the ids of a filter that names nothing but ids.
func equalities(expr filter.Expr) ([]scim.ID, bool) {
	switch x := expr.(type) {
	case *filter.Or:
		left, ok := equalities(x.X)
		right, too := equalities(x.Y)
		return append(left, right...), ok && too
	case *filter.Compare:
		return []scim.ID{scim.ID(x.Value.Text())}, x.Op == filter.Equal && x.Path.Is("", "value", "") && x.Value.Kind() == scim.String
	}
	return nil, false
}

// perMember is the steps (see scim.Budget) of looking at one member.
const perMember = 1000

// matching returns the members that a filter matches.
func (g *groups) matching(r *request, a *roster, matcher *filter.Matcher) (found []directory.Member, err error) {
	err = a.each(func(m directory.Member) error {
		if err := a.budget.Spend(perMember); err != nil {
			return patch.BudgetError(err)
		}
		matches, err := matcher.Match(g.element(r, m), a.evaluation)
		if matches {
			found = append(found, m)
		}
		return patch.BudgetError(err)
	})
	return found, err
}

// elementStep adds to members that a filter matches, or replaces them. As nothing
// of a member can be changed, the value has to be what is there already.
func (g *groups) elementStep(r *request, op patch.Operation, o patch.Options, matcher *filter.Matcher) (step, error) {
	sent, err := g.normalized(r, op.Value, op.Path.String())
	if err != nil {
		return step{}, err
	}
	return step{reads: true, apply: func(a *roster) error {
		matching, err := g.matching(r, a, matcher)
		if err != nil {
			return err
		}
		if len(matching) == 0 {
			return g.made(r, op, o, a, sent)
		}
		for _, m := range matching {
			if !agrees(g.element(r, m), sent) {
				return scim.Mutability(op.Path.String() + ": the sub-attributes of members are immutable")
			}
		}
		return nil
	}}, nil
}

// agrees reports whether a member has every sub-attribute that was sent.
func agrees(element, sent scim.Value) bool {
	for _, m := range sent.Members() {
		if m.Name != "$ref" && !element.Get(m.Name).Equal(m.Value) {
			return false
		}
	}
	return true
}

// made adds the member that a filter describes and that is not there.
func (g *groups) made(r *request, op patch.Operation, o patch.Options, a *roster, sent scim.Value) error {
	var described *scim.Value
	if o.Element != nil {
		described = o.Element(op.Path.Filter)
	}
	if described == nil {
		return scim.NoTarget(op.Path.String() + " matches no member")
	}
	made, err := g.members.NormalizeOne(*described, op.Path.String())
	if err != nil {
		return err
	}
	members := made.Members()
	for _, m := range sent.Members() {
		if made.Get(m.Name).IsEmpty() {
			members = append(members[:len(members):len(members)], m)
		}
	}
	m, err := g.member(r, scim.Map(members...))
	if err != nil {
		return err
	}
	return a.add(m)
}
