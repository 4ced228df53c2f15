package directory

import (
	"context"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// Kind is the type of a resource in the directory. Users and groups belong to a tenant and
// can be members of groups.
type Kind string

// The kinds.
const (
	UserKind    Kind = "User"
	GroupKind   Kind = "Group"
	AccountKind Kind = "Account" // made by the application; belongs to no tenant
	TeamKind    Kind = "Team"    // made by operators in a tenant
)

var kinds = [...]Kind{UserKind, GroupKind, AccountKind, TeamKind}

// kindNamed returns the kind with a name, in any case, or "" if there is no such kind.
func kindNamed(name string) Kind {
	for _, k := range kinds {
		if strings.EqualFold(name, string(k)) {
			return k
		}
	}
	return ""
}

// Member is a member of a group.
type Member struct {
	ID      scim.ID
	Kind    Kind   // "" in an edit if the client did not name it
	Display string // as sent when the member was added
}

// member is the key of the edge from a group to a member.
func (t keys) member(group scim.ID, m Member) table.Key {
	return table.Key{PK: t.members(group), SK: m.Kind.letter() + "#" + string(m.ID)}
}

// memberFrom returns the member that a forward edge leads to.
func memberFrom(forward table.Item) Member {
	letter, id, _ := strings.Cut(forward.Text("SK"), "#")
	return Member{scim.ID(id), kindOf(letter), forward.Text("display")}
}

// forwardEdge returns the item of the edge from a group to the member.
func (m Member) forwardEdge() table.Item {
	if m.Display == "" {
		return table.Item{}
	}
	return table.Item{"display": m.Display}
}

// membership is the key of the edge from a member to a group.
func (t keys) membership(member, group scim.ID) table.Key {
	return table.Key{PK: t.memberOf(member), SK: string(member) + "#" + string(group)}
}

func (t keys) memberships(group scim.ID, members []scim.ID) []table.Key {
	keys := make([]table.Key, 0, len(members))
	for _, member := range members {
		if ValidID(member) {
			keys = append(keys, t.membership(member, group))
		}
	}
	return keys
}

// edge is a membership, read from its reverse edge.
type edge struct {
	Member
	group scim.ID
}

// edgeFrom returns the membership that a reverse edge stands for.
func edgeFrom(reverse table.Item) edge {
	member, group, _ := strings.Cut(reverse.Text("SK"), "#")
	return edge{Member{ID: scim.ID(member), Kind: kindOf(reverse.Text("kind"))}, scim.ID(group)}
}

// reverseEdge returns the item of the edge from the member to a group.
func (m Member) reverseEdge() table.Item {
	return table.Item{"kind": m.Kind.letter(), "of": GroupKind.keyName()}
}

// addEdges returns the writes that add a member to a group: both edges, and the check that
// the member exists and is not being deleted.
func (t Groups) addEdges(group scim.ID, m Member) []table.Write {
	return []table.Write{
		table.Check(t.keys.resource(m.Kind, m.ID), existsCondition, nil),
		table.Put(t.keys.member(group, m), m.forwardEdge()),
		table.Put(t.keys.membership(m.ID, group), m.reverseEdge()),
	}
}

// removeEdges returns the writes that remove a member from a group.
func (t Groups) removeEdges(group scim.ID, m Member) []table.Write {
	return []table.Write{table.Delete(t.keys.member(group, m)), table.Delete(t.keys.membership(m.ID, group))}
}

// Members reads the members of the first groups: as many groups as have at most maxTotal
// members together. It always reads the first group; if that alone has more than maxFirst
// members, the error is ErrTooMany. Each list has groups before users, both in the order
// of ids. It finishes pending changes of the groups. The other errors are ErrUnavailable, and
// ErrContention if one change of many members follows another.
func (t Groups) Members(ctx context.Context, groups []Resource, maxTotal, maxFirst int) (all [][]Member, err error) {
	const first, most = 4, 16
	left := maxTotal
	for size, fit := first, true; fit && len(all) < len(groups); size = min(2*size, most) {
		some := groups[len(all):min(len(groups), len(all)+size)]
		bound := left
		if len(all) == 0 {
			bound = max(left, maxFirst)
		}
		lists, err := t.members(ctx, some, bound)
		if err != nil {
			return nil, err
		}
		known := len(all)
		if all, left, err = fitting(append(all, lists...), maxTotal, maxFirst); err != nil {
			return nil, err
		}
		fit = len(all) == known+len(lists)
	}
	err = t.recheck(ctx, groups[:len(all)], func(ctx context.Context, i int) (err error) {
		all[i], err = t.membersOfOne(ctx, groups[i].ID, max(maxTotal, maxFirst)+1)
		return err
	})
	if err != nil {
		return nil, err
	}
	all, _, err = fitting(all, maxTotal, maxFirst)
	return all, err
}

// fitting returns the first lists of members: as many as have at most maxTotal members together,
// and how many more members would fit. The first list is always among them; if it has more than
// maxFirst members, the error is ErrTooMany.
func fitting(lists [][]Member, maxTotal, maxFirst int) (fit [][]Member, left int, err error) {
	left = maxTotal
	for i, list := range lists {
		switch {
		case i == 0 && len(list) > maxFirst:
			return nil, 0, ErrTooMany
		case i > 0 && len(list) > left:
			return lists[:i], left, nil
		}
		left = max(0, left-len(list))
	}
	return lists, left, nil
}

// members reads the members of several groups in parallel, at most bound+1 of each.
func (t Groups) members(ctx context.Context, groups []Resource, bound int) ([][]Member, error) {
	lists := make([][]Member, len(groups))
	work, ctx := errgroup.WithContext(ctx)
	for i, group := range groups {
		work.Go(func() (err error) {
			if err = t.finishPending(ctx, group); err == nil {
				lists[i], err = t.membersOfOne(ctx, group.ID, bound+1)
			}
			return err
		})
	}
	return lists, work.Wait()
}

// finishPending finishes the change that was pending when the group was read. It is no
// error if the group has been deleted since.
func (t Groups) finishPending(ctx context.Context, group Resource) error {
	if group.pending == "" {
		return nil
	}
	return t.finishChange(ctx, group.ID, group.pending)
}

// membersOfOne reads the members of a group: at most limit, or all if limit is 0.
func (t Groups) membersOfOne(ctx context.Context, group scim.ID, limit int) ([]Member, error) {
	edges, _, err := t.d.db.Query(ctx, table.Query{PK: t.keys.members(group), Limit: limit})
	list := make([]Member, len(edges))
	for i, edge := range edges {
		list[i] = memberFrom(edge)
	}
	return list, err
}

// MembersAmong returns which of the ids are direct members of which groups. It calls
// DynamoDB once for each hundred pairs of a group and an id. A single id in a group can't show a
// change in part, so only for several it reads the groups again. The errors are those of Members.
func (t Groups) MembersAmong(ctx context.Context, groups []Resource, ids []scim.ID) (map[scim.ID][]Member, error) {
	for _, group := range groups {
		if err := t.finishPending(ctx, group); err != nil {
			return nil, err
		}
	}
	found, err := t.membersAmong(ctx, groups, ids)
	if err != nil || len(ids) < 2 {
		return found, err
	}
	var mu sync.Mutex
	return found, t.recheck(ctx, groups, func(ctx context.Context, i int) error {
		now, err := t.membersAmong(ctx, groups[i:i+1], ids)
		mu.Lock()
		defer mu.Unlock()
		found[groups[i].ID] = now[groups[i].ID]
		return err
	})
}

func (t Groups) membersAmong(ctx context.Context, groups []Resource, ids []scim.ID) (map[scim.ID][]Member, error) {
	var keys []table.Key
	for _, group := range groups {
		keys = append(keys, t.keys.memberships(group.ID, ids)...)
	}
	items, err := t.d.db.GetAll(ctx, keys)
	found := map[scim.ID][]Member{}
	for _, item := range items {
		e := edgeFrom(item)
		found[e.group] = append(found[e.group], e.Member)
	}
	return found, err
}

// kindsAmong returns which of the ids are members of a group, with their kinds. Its caller knows
// that they do not change, or demands that they have not.
func (t Groups) kindsAmong(ctx context.Context, group scim.ID, ids []scim.ID) (map[scim.ID]Kind, error) {
	kinds := map[scim.ID]Kind{}
	found, err := t.membersAmong(ctx, []Resource{{ID: group}}, ids)
	for _, m := range found[group] {
		kinds[m.ID] = m.Kind
	}
	return kinds, err
}
