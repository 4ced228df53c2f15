package admin

import (
	"context"
	"slices"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/provlog"
	"scimserver/shared/scim"
)

// logSubject is the user or group that a query for the log names.
type logSubject struct {
	value string          // folded; "" selects all entries
	found []provlog.Named // who has the value, or had it
}

func newLogSubject(ctx context.Context, of *directory.Tenant, value string, since time.Time) (logSubject, error) {
	if value == "" {
		return logSubject{}, nil
	}
	found, err := of.WhoIs(ctx, value, since)
	return logSubject{scim.Fold(provlog.Truncate(value)), found}, err
}

// isIn reports whether an entry is about the subject, or about a change of the subject's memberships.
func (s logSubject) isIn(e provlog.Entry) bool {
	isSubject := func(m provlog.Member) bool { return s.has(m.ID) }
	return s.value == "" || s.isAbout(e) || slices.ContainsFunc(e.Added, isSubject) ||
		slices.ContainsFunc(e.Removed, isSubject)
}

// isGroupOf reports whether an entry is about the subject, and the subject is a group or team.
func (s logSubject) isGroupOf(e provlog.Entry) bool {
	isGroup := e.Kind == string(directory.GroupKind) || e.Kind == string(directory.TeamKind)
	return s.value == "" || isGroup && s.isAbout(e)
}

// isAbout compares the id and the names of an entry with the subject, without case. A failed request
// may have names that nobody has.
func (s logSubject) isAbout(e provlog.Entry) bool {
	names := []string{e.Name, e.ExternalID, e.FormerName}
	return s.has(e.ID) || slices.ContainsFunc(names, func(name string) bool { return scim.Fold(name) == s.value })
}

func (s logSubject) has(id scim.ID) bool {
	return id != "" && (scim.Fold(string(id)) == s.value ||
		slices.ContainsFunc(s.found, func(n provlog.Named) bool { return n.ID == id }))
}

// maxMemberNames is the maximum number of members on a page of the log that get names: each costs a read unit.
const maxMemberNames = 1000

// lastNames are the newest names in the entries that were read for a page, by id. Entries are read
// newest first.
type lastNames map[scim.ID]string

func (l lastNames) note(e provlog.Entry) {
	if l[e.ID] == "" {
		l[e.ID] = e.Name
	}
}

// nameMembers adds the current names to the members in entries. For a member that has been deleted,
// it takes the last name.
func nameMembers(ctx context.Context, of *directory.Tenant, entries []provlog.Entry, last lastNames) error {
	var all []provlog.Member
	for _, e := range entries {
		all = append(append(all, e.Added...), e.Removed...)
	}
	names, err := of.LogNames(ctx, all[:min(len(all), maxMemberNames)])
	if err != nil {
		return err
	}
	for _, e := range entries {
		for _, list := range [][]provlog.Member{e.Added, e.Removed} {
			for i, m := range list {
				if list[i].Name = names[m.ID]; list[i].Name == "" {
					list[i].Name = last[m.ID]
				}
			}
		}
	}
	return nil
}
