package directory

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// hierarchy holds groups and the groups that contain them.
type hierarchy struct {
	t       *namespace
	mu      sync.Mutex
	names   map[scim.ID]string    // the displayNames of the groups that exist
	parents map[scim.ID][]scim.ID // the groups that a group is a member of
}

// read reads the names of groups and, if there are nested groups at all, level by level
// those of the groups that contain them. For more than MaxMemberships groups the error is
// ErrTooMany.
func (h *hierarchy) read(ctx context.Context, direct map[scim.ID][]scim.ID) error {
	level := map[scim.ID]bool{}
	for _, groups := range direct {
		for _, group := range groups {
			level[group] = true
		}
	}
	for first := true; len(level) > 0; first = false {
		nested, err := h.readNames(ctx, level, first)
		if err != nil || first && !nested {
			return err
		}
		next, err := h.t.groups().nextLevel(ctx, level, h.readParents)
		if err != nil {
			return err
		}
		for id := range next {
			if _, known := h.names[id]; known {
				delete(next, id)
			}
		}
		if level = next; len(h.names)+len(level) > MaxMemberships {
			return ErrTooMany
		}
	}
	return nil
}

// readNames reads the names of groups, and the first time also whether there are nested
// groups.
func (h *hierarchy) readNames(ctx context.Context, level map[scim.ID]bool, first bool) (nested bool, err error) {
	var keys []table.Key
	for id := range level {
		keys = append(keys, h.t.keys.resource(GroupKind, id))
	}
	if first {
		keys = append(keys, h.t.keys.nesting())
	}
	items, err := h.t.d.db.GetAll(ctx, keys)
	if err != nil {
		return false, err
	}
	for _, item := range items {
		if item.Text("PK") == h.t.keys.nesting().PK {
			nested = true
			continue
		}
		g, err := groupFrom(item)
		if err != nil {
			return nested, err
		}
		if exists(item) {
			h.names[g.ID] = g.Doc.Get("displayName").Text()
		}
	}
	return nested, nil
}

// readParents reads and stores the groups that contain a group.
func (h *hierarchy) readParents(ctx context.Context, group scim.ID) ([]scim.ID, error) {
	ids, err := h.t.groups().parents(ctx, group)
	if err == nil && len(ids) > 0 {
		h.mu.Lock()
		h.parents[group] = ids
		h.mu.Unlock()
	}
	return ids, err
}

// memberships returns the direct and indirect groups of a user. direct are the ids of the
// direct groups.
func (h *hierarchy) memberships(direct []scim.ID) (all []Membership) {
	seen := map[scim.ID]bool{}
	var visit func(groups []scim.ID, direct bool)
	visit = func(groups []scim.ID, direct bool) {
		for _, group := range groups {
			if name, ok := h.names[group]; ok && !seen[group] {
				seen[group] = true
				all = append(all, Membership{group, name, direct})
			}
		}
		for _, group := range groups {
			if len(h.parents[group]) > 0 && seen[group] {
				visit(
					slices.DeleteFunc(slices.Clone(h.parents[group]), func(id scim.ID) bool { return seen[id] }),
					false,
				)
			}
		}
	}
	visit(direct, true)
	slices.SortFunc(all, func(a, b Membership) int { return cmp.Compare(a.Group, b.Group) })
	return all
}
