package directory

import (
	"context"
	"strings"

	"scimserver/shared/outbox"
	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/tenant"
)

// readMemberEvent makes the draft of an event from the stream record of an edge: from a group
// to a member, or from a person to a team. Each membership has an event of its own; the feed
// joins the events of one group.
func (d *Directory) readMemberEvent(r StreamRecord) (c eventChange, ok bool, err error) {
	of, member, ok := edgeOf(r.PK, r.SK)
	added := r.Before == nil && r.After != nil
	if !ok || r.Unknown || !added && r.After != nil {
		return c, false, nil
	}
	verb := outbox.MemberRemoved
	if added {
		verb = outbox.MemberAdded
	}
	return eventChange{tenant: of.tenant, group: of, draft: outbox.Draft{Record: r.Record, Event: outbox.Event{
		Issuer: d.events.issuer, Type: outbox.TypeOf(strings.ToLower(string(of.kind)), verb),
		Time: outbox.Time{Time: r.At}, Members: []outbox.Member{member},
		Resource: outbox.Resource{ID: of.id},
	}}}, true, nil
}

// edgeOf returns the group or team of an edge, and the member. A membership has two edges, but
// only one event: ok is false for the other edge, and for other items.
func edgeOf(pk, sk string) (of workItem, m outbox.Member, ok bool) {
	parts := strings.Split(pk, "#")
	switch {
	case len(parts) == 4 && parts[0] == "T" && parts[2] == "MEMBERS":
		letter, id, ok := strings.Cut(sk, "#")
		m := outbox.Member{ID: scim.ID(id), Type: string(kindOf(letter))}
		return workItem{tenant.ID(parts[1]), GroupKind, scim.ID(parts[3])}, m, ok
	case len(parts) == 2 && parts[0] == "TEAMOF":
		id, team, ok := strings.Cut(sk, "#")
		return workItem{tenant.ID(id), TeamKind, scim.ID(team)}, outbox.Member{ID: scim.ID(parts[1])}, ok
	}
	return of, m, false
}

// describeGroups completes events about members with the groups and teams as they are now. It
// drops the events of groups that do not exist or are being deleted: the deletion has an event
// of its own.
func (d *Directory) describeGroups(ctx context.Context, all []indexedChange) (kept []indexedChange, err error) {
	found, err := d.groupsOf(ctx, all)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		if c.group.id != "" {
			r, ok := found[c.group]
			if !ok {
				continue
			}
			c.draft.Event.Version = r.Version
			c.draft.Event.Resource = summary(c.group.kind, c.group.id, d.events.visible(c.group.kind, r.Doc))
		}
		kept = append(kept, c)
	}
	return kept, nil
}

// groupsOf reads the groups and teams whose members change, except those being deleted.
func (d *Directory) groupsOf(ctx context.Context, all []indexedChange) (map[workItem]Resource, error) {
	var keys []table.Key
	asked := map[table.Key]workItem{}
	for _, c := range all {
		key := d.namespace(c.group.tenant).keys.resource(c.group.kind, c.group.id)
		if _, known := asked[key]; c.group.id != "" && !known {
			keys, asked[key] = append(keys, key), c.group
		}
	}
	items, err := d.db.GetAll(ctx, keys)
	if err != nil {
		return nil, err
	}
	found := map[workItem]Resource{}
	err = eachExisting(items, func(item table.Item, r Resource) {
		found[asked[item.Key()]] = r
	})
	return found, err
}
