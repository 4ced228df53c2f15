package server

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
)

// roster collects what a request makes of the members of a group. It needs to know
// who is a member only if whole is set or current was read.
type roster struct {
	whole   bool // what is not in the list is no member
	list    []entry
	at      map[scim.ID]int // in the list
	current []directory.Member
	read    bool // current is set

	budget     *scim.Budget       // of the filters, nil is without bounds
	evaluation *filter.Evaluation // of the filters
}

// entry is a member that is to be there, or gone.
type entry struct {
	directory.Member
	gone bool
}

func newRoster(whole bool) *roster { return &roster{whole: whole, at: map[scim.ID]int{}} }

// roster reads the members of a POST or PUT, which are all there are.
func (g *groups) roster(r *request, v scim.Value) (*roster, error) {
	all := newRoster(true)
	if v.IsEmpty() && v.Kind() != scim.Object {
		return all, nil
	}
	if v.Kind() != scim.Array {
		return nil, scim.InvalidValue("members must be an array, not a JSON " + v.Kind().String())
	}
	list, err := g.sentMembers(r, v.Items())
	if err != nil {
		return nil, err
	}
	return all, all.addAll(list)
}

func (a *roster) addAll(list []directory.Member) error {
	for _, m := range list {
		if err := a.add(m); err != nil {
			return err
		}
	}
	return nil
}

// add makes someone a member. What is said of a member later counts, but nobody is
// of two types.
func (a *roster) add(m directory.Member) error {
	i, known := a.at[m.ID]
	if !known {
		a.at[m.ID] = len(a.list)
		a.list = append(a.list, entry{Member: m})
		return nil
	}
	if old := a.list[i]; !old.gone {
		if m.Kind != "" && old.Kind != "" && m.Kind != old.Kind {
			return scim.InvalidValue(fmt.Sprintf("members names %.64q both as a User and as a Group", string(m.ID)))
		}
		m.Kind, m.Display = directory.Kind(or(string(m.Kind), string(old.Kind))), or(m.Display, old.Display)
	}
	a.list[i] = entry{Member: m}
	return nil
}

// clear makes sure that nobody is a member.
func (a *roster) clear() { a.whole, a.list, a.at = true, nil, map[scim.ID]int{} }

func or(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}

// remove makes sure that someone is no member.
func (a *roster) remove(id scim.ID) {
	gone := entry{Member: directory.Member{ID: id}, gone: true}
	if i, known := a.at[id]; known {
		a.list[i] = gone
		return
	}
	a.at[id] = len(a.list)
	a.list = append(a.list, gone)
}

// each calls f with every member that there is by now, until f fails.
func (a *roster) each(f func(directory.Member) error) error {
	if !a.whole {
		for _, m := range a.current {
			if _, touched := a.at[m.ID]; touched {
				continue
			}
			if err := f(m); err != nil {
				return err
			}
		}
	}
	for _, one := range a.list {
		if one.gone {
			continue
		}
		if err := f(one.Member); err != nil {
			return err
		}
	}
	return nil
}

// load reads the members that the group has now.
func (a *roster) load(ctx context.Context, d *directory.Draft) (err error) {
	a.current, err = d.Members(ctx)
	a.read = err == nil
	return err
}

// edit returns the change that brings the roster about: without knowledge of the
// members all that it says, else the difference.
func (a *roster) edit() (e directory.MemberEdit) {
	was := make(map[scim.ID]bool, len(a.current))
	for _, m := range a.current {
		was[m.ID] = true
		if i, known := a.at[m.ID]; known && a.list[i].gone || !known && a.whole {
			e.Remove = append(e.Remove, m.ID)
		}
	}
	for _, one := range a.list {
		switch {
		case one.gone && !a.read:
			e.Remove = append(e.Remove, one.ID)
		case !one.gone && !was[one.ID]:
			e.Add = append(e.Add, one.Member)
		}
	}
	e.Replaces = a.whole && len(e.Remove) > 0 && len(e.Remove) == len(a.current)
	return e
}

// outcome returns the members that a roster of all members leaves, with those that
// it added.
func (a *roster) outcome(added []directory.Member) (all []directory.Member) {
	for _, m := range a.current {
		if i, known := a.at[m.ID]; known && !a.list[i].gone {
			all = append(all, m)
		}
	}
	all = append(all, added...)
	slices.SortFunc(all, func(x, y directory.Member) int {
		return cmp.Or(cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.ID, y.ID))
	})
	return all
}
