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

// withLogRecord returns a context with the request's record for the provisioning log. The
// directory stores the record in the item that it writes, so the entry costs no call of its own.
func (r *request) withLogRecord(ctx context.Context) context.Context {
	if r.event.writes == "" {
		return ctx
	}
	return directory.WithLogRecord(ctx, func(skipped int) directory.LogRecord {
		return directory.LogRecord{
			Time: r.event.start, Request: r.RequestID, Credential: r.Caller.Credential, Operation: r.event.operation,
			Status: r.successStatus(skipped), Deviations: r.event.deviations(skipped),
		}
	})
}

// successStatus predicts the status of the answer when the directory writes. The size of the group
// after the write decides whether a PATCH is answered 200 or 204; the record says 200 if both are
// possible.
func (r *request) successStatus(skipped int) int {
	switch e := r.event; {
	case e.operation == "create", e.operation == "reactivate":
		return http.StatusCreated
	case e.operation == "delete":
		return http.StatusNoContent
	case e.operation == "patch" && e.writes == directory.GroupKind && r.wantsNoGroup() && !r.wantsGroup(skipped):
		return http.StatusNoContent
	}
	return http.StatusOK
}

// deviations returns the names of the repairs, including the skipped members of a write that is
// under way.
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

// noteNames notes the names of a resource for the provisioning log, unless the request has given
// them already.
func (r *request) noteNames(doc scim.Value) {
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

// logTimeout limits the time that an answer waits for its entry in the provisioning log.
const logTimeout = 300 * time.Millisecond

// logFailure writes the log entry of a provisioning request that failed, even if the request's own
// deadline has passed. If the entry cannot be written, the answer stays the same.
func (s *Server) logFailure(ctx context.Context, r *request) {
	e := r.event
	if e.writes == "" || e.err == nil || r.Caller.Tenant == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), logTimeout)
	defer cancel()
	e.logErr = s.Directory.For(r.Caller.Tenant).Log().Put(ctx, provlog.Entry{
		Time: e.start, Request: r.RequestID, Credential: r.Caller.Credential, Operation: e.operation,
		Kind: string(e.writes), ID: r.ID, Name: e.name, ExternalID: e.externalID,
		Status: e.status, Type: string(e.err.Type), Detail: e.err.Detail, Deviations: e.deviations(0),
	})
}
