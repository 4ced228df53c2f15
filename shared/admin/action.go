package admin

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"scimserver/shared/deadline"
	"scimserver/shared/provlog"
	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// tenantPattern starts the patterns of the routes of one tenant.
const tenantPattern = "/v1/tenants/{id}"

// action is a change that an operator made in a tenant.
type action struct {
	operation string // such as rotate
	kind      string // of what it changed, such as Credential
	key       string // the name of its id in the path; "" if it has none
}

// actionOf returns the action of a route. ok is false for a route that changes nothing, or that
// belongs to no tenant, and for the deletion of a tenant, which deletes the log.
func actionOf(pattern string) (a action, ok bool) {
	method, path, _ := strings.Cut(pattern, " ")
	rest, ok := strings.CutPrefix(path, tenantPattern)
	if !ok || method == http.MethodGet || method == http.MethodDelete && rest == "" {
		return a, false
	}
	a = action{operation: methodWords[method], kind: "Tenant"}
	for _, part := range strings.FieldsFunc(rest, func(c rune) bool { return c == '/' }) {
		switch kind, key := actionKinds[part], strings.Trim(part, "{}"); {
		case kind != "":
			a.kind = kind
		case key != part:
			a.key = key
		default:
			a.operation = part
		}
	}
	if word := kindWords[method+" "+a.kind]; word != "" && a.operation == methodWords[method] {
		a.operation = word
	}
	return a, true
}

// methodWords name what a method does to a resource, unless the path has a word of its own.
var methodWords = map[string]string{
	http.MethodPost: "create", http.MethodPut: "put", http.MethodPatch: "update", http.MethodDelete: "delete",
}

// kindWords name what a method does to resources of one kind, where methodWords would mislead.
var kindWords = map[string]string{
	"DELETE Credential": "revoke", "DELETE Invitation": "revoke",
	"DELETE Trace": "end", "PUT Trace": "start", "PUT Schema": "define",
}

// actionKinds maps the words in paths to the kinds of what belongs to a tenant.
var actionKinds = map[string]string{
	"credentials": "Credential", "conflicts": "Conflict", "teams": "Team", "trace": "Trace", "schemas": "Schema",
	"invitations": "Invitation", "persons": "Person",
}

// identified is an answer that says what was created.
type identified interface{ logged() (id, name string) }

func (i Issued) logged() (id, name string) { return string(i.Key), i.Name }

// changing is an answer to a change of settings.
type changing interface{ loggedChanges() []string }

func (t Tenant) loggedChanges() []string { return t.changed }

// continued is an answer to a request that may have continued an earlier action instead of starting one.
type continued interface{ continues() bool }

func (p PersonRecords) continues() bool { return !p.first }
func (p ErasedPerson) continues() bool  { return !p.first }

func (t Team) logged() (id, name string) { return string(t.ID), t.Name }

// loggedMembers are the persons that joined and left the team.
func (c TeamMembersChanged) loggedMembers() (added, removed []provlog.Member) {
	for _, p := range c.Persons {
		m := provlog.Member{ID: p.ID}
		if slices.Contains(c.Add, p.ID) && !p.WasMember {
			added = append(added, m)
		}
		if slices.Contains(c.Remove, p.ID) {
			removed = append(removed, m)
		}
	}
	return added, removed
}

// logAction writes the entry of an operator's action. If it cannot be written, the answer stays the
// same, and the error is for the log line.
func (h *handler) logAction(r *http.Request, pattern string, status int, value any, start time.Time) error {
	a, ok := actionOf(pattern)
	if !ok || status >= http.StatusBadRequest {
		return nil
	}
	if part, ok := value.(continued); ok && part.continues() {
		return nil // the first request of the action has written the entry
	}
	by := h.who(r.Context())
	e := provlog.Entry{
		Time: start, Request: by.RequestID, Operator: by.ARN, Operation: a.operation, Kind: a.kind, Status: status,
		ID: scim.ID(r.PathValue(a.key)),
	}
	if shown, ok := value.(identified); ok {
		id, name := shown.logged()
		e.ID, e.Name = scim.ID(id), name
	}
	if change, ok := value.(changing); ok {
		e.Changed = change.loggedChanges()
	}
	if change, ok := value.(TeamMembersChanged); ok {
		e.Added, e.Removed = change.loggedMembers()
		e.AddedCount, e.RemovedCount = len(e.Added), len(e.Removed)
	}
	ctx, cancel := h.directory.Brief(context.WithoutCancel(r.Context()), deadline.RecordTime)
	defer cancel()
	return h.directory.For(tenant.ID(r.PathValue("id"))).Log().Put(ctx, e)
}
