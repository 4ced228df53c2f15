package server

import (
	"context"
	"net/http"
	"slices"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/provlog"
	"scimserver/shared/scim"
	"scimserver/shared/scim/compat"
)

// recorded returns a context in which the directory's write carries what the
// provisioning log says of the request: an entry costs no call of its own.
func (r *request) recorded(ctx context.Context) context.Context {
	if r.event.writes == "" {
		return ctx
	}
	return directory.WithLogRecord(ctx, func(skipped int) directory.LogRecord {
		return directory.LogRecord{
			Time: r.event.start, Request: r.RequestID, Credential: r.Caller.Credential, Operation: r.event.operation,
			Status: r.success(skipped), Deviations: r.event.deviations(skipped),
		}
	})
}

// success is the status of the answer once the directory has written. Whether a PATCH
// of a group is answered 200 or 204 is decided by its size after the write; the record
// says 200 where both are possible.
func (r *request) success(skipped int) int {
	switch e := r.event; {
	case e.operation == "create", e.operation == "reactivate":
		return http.StatusCreated
	case e.operation == "delete", e.operation == "patch" && e.writes == directory.GroupKind && r.wantsNoGroup() && !r.wantsGroup(skipped):
		return http.StatusNoContent
	}
	return http.StatusOK
}

// deviations are the names of what was tolerated, with those of a write under way.
func (e *event) deviations(skipped int) (names []string) {
	noted := slices.Clone(e.repairs.Names())
	if skipped > 0 && !slices.Contains(noted, compat.UnknownMember) {
		noted = append(noted, compat.UnknownMember)
	}
	for _, name := range noted {
		names = append(names, string(name))
	}
	return names
}

// about notes by which names a resource is known, as far as the request has not said
// so already.
func (r *request) about(doc scim.Value) {
	e, name := r.event, "userName"
	switch e.writes {
	case "":
		return
	case directory.GroupKind:
		name = "displayName"
	}
	if e.name == "" {
		e.name = doc.Find(name).Text()
	}
	if e.externalID == "" {
		e.externalID = doc.Find("externalId").Text()
	}
}

// timeToLog is how long an answer may wait for its entry in the provisioning log.
const timeToLog = 300 * time.Millisecond

// logFailure writes an entry of a provisioning request that failed, even when the
// request's time is over. It is not tried for long, and the answer stays what it is.
func (s *Server) logFailure(ctx context.Context, r *request) {
	e := r.event
	if e.writes == "" || e.err == nil || r.Caller.Tenant == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeToLog)
	defer cancel()
	e.unlogged = s.Directory.For(r.Caller.Tenant).Log().Put(ctx, provlog.Entry{
		Time: e.start, Request: r.RequestID, Credential: r.Caller.Credential, Operation: e.operation,
		Kind: string(e.writes), ID: r.ID, Name: e.name, ExternalID: e.externalID,
		Status: e.status, Type: string(e.err.Type), Detail: e.err.Detail, Deviations: e.deviations(0),
	})
}
