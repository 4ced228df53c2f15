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

// memberEdit collects the changes that a request makes to the members of a group. It uses the
// current members only if they were loaded.
type memberEdit struct {
	complete bool // members that are not in entries are removed
	entries  []memberEntry
	index    map[scim.ID]int // position in entries
	current  []directory.Member
	loaded   bool // current was read

	budget     *scim.Budget       // of the filters; nil means unlimited
	evaluation *filter.Evaluation // of the filters
}

// memberEntry is a member to add or to remove.
type memberEntry struct {
	directory.Member
	removed bool
}

func newMemberEdit(complete bool) *memberEdit {
	return &memberEdit{complete: complete, index: map[scim.ID]int{}}
}

// readMembers reads the members in a POST or PUT, which replace all others.
func (g *groups) readMembers(r *request, v scim.Value) (*memberEdit, error) {
	all := newMemberEdit(true)
	if v.IsEmpty() && v.Kind() != scim.Object {
		return all, nil
	}
	if v.Kind() != scim.Array {
		return nil, scim.InvalidValue("members must be an array, not a JSON " + v.Kind().String())
	}
	list, err := g.readMemberList(r, v.Items())
	if err != nil {
		return nil, err
	}
	return all, all.addAll(list)
}

func (a *memberEdit) addAll(list []directory.Member) error {
	for _, m := range list {
		if err := a.add(m); err != nil {
			return err
		}
	}
	return nil
}

// add adds a member. If a request names a member twice, the later display counts. A member cannot
// have two types.
func (a *memberEdit) add(m directory.Member) error {
	i, known := a.index[m.ID]
	if !known {
		a.index[m.ID] = len(a.entries)
		a.entries = append(a.entries, memberEntry{Member: m})
		return nil
	}
	if old := a.entries[i]; !old.removed {
		if m.Kind != "" && old.Kind != "" && m.Kind != old.Kind {
			return scim.InvalidValue(fmt.Sprintf("members has %.64q both as a User and as a Group", string(m.ID)))
		}
		m.Kind, m.Display = cmp.Or(m.Kind, old.Kind), cmp.Or(m.Display, old.Display)
	}
	a.entries[i] = memberEntry{Member: m}
	return nil
}

// clear removes all members.
func (a *memberEdit) clear() { a.complete, a.entries, a.index = true, nil, map[scim.ID]int{} }

// remove removes a member.
func (a *memberEdit) remove(id scim.ID) {
	gone := memberEntry{Member: directory.Member{ID: id}, removed: true}
	if i, known := a.index[id]; known {
		a.entries[i] = gone
		return
	}
	a.index[id] = len(a.entries)
	a.entries = append(a.entries, gone)
}

// eachMember calls f with every member as of the edits so far. It stops at the first error.
func (a *memberEdit) eachMember(f func(directory.Member) error) error {
	if !a.complete {
		for _, m := range a.current {
			if _, touched := a.index[m.ID]; touched {
				continue
			}
			if err := f(m); err != nil {
				return err
			}
		}
	}
	for _, one := range a.entries {
		if one.removed {
			continue
		}
		if err := f(one.Member); err != nil {
			return err
		}
	}
	return nil
}

// load reads the current members of the group.
func (a *memberEdit) load(ctx context.Context, d *directory.Draft) (err error) {
	a.current, err = d.Members(ctx)
	a.loaded = err == nil
	return err
}

// difference returns the edit for the directory. If the current members were loaded, it contains only
// real changes.
func (a *memberEdit) difference() (e directory.MemberEdit) {
	was := make(map[scim.ID]bool, len(a.current))
	for _, m := range a.current {
		was[m.ID] = true
		if i, known := a.index[m.ID]; known && a.entries[i].removed || !known && a.complete {
			e.Remove = append(e.Remove, m.ID)
		}
	}
	for _, one := range a.entries {
		switch {
		case one.removed && !a.loaded:
			e.Remove = append(e.Remove, one.ID)
		case !one.removed && !was[one.ID]:
			e.Add = append(e.Add, one.Member)
		}
	}
	e.Replaces = a.complete && len(e.Remove) > 0 && len(e.Remove) == len(a.current)
	return e
}

// result returns all members after an edit that replaces them. added are those that the directory
// added.
func (a *memberEdit) result(added []directory.Member) (all []directory.Member) {
	for _, m := range a.current {
		if i, known := a.index[m.ID]; known && !a.entries[i].removed {
			all = append(all, m)
		}
	}
	all = append(all, added...)
	slices.SortFunc(all, func(x, y directory.Member) int {
		return cmp.Or(cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.ID, y.ID))
	})
	return all
}
