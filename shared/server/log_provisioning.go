package server

import (
	"context"
	"net/http"
	"slices"

	"scimserver/shared/deadline"
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
	return directory.WithLogRecord(ctx, func(skipped []scim.ID) directory.LogRecord {
		r.event.written = true
		return directory.LogRecord{
			Time: r.event.start, Request: r.RequestID, Credential: r.Caller.Credential, Operation: r.event.operation,
			Status: r.successStatus(len(skipped)), Deviations: r.event.deviations(len(skipped)),
			Ignored: r.event.repairs.Ignored(), Skipped: skipped,
		}
	})
}

// successStatus predicts the status of the answer when the directory writes. The size of the group
// after the write decides whether the answer to a PATCH is 200 or 204; the record says 200 if both are
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

// setNames stores the names of a resource for the provisioning log, unless the names in the request
// are already stored.
func (r *request) setNames(doc scim.Value) {
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

// logUnwritten writes the log entry of a provisioning request if no write of the directory includes the
// request's record. Then the request failed, or it changed nothing because everything it added was left
// out. The entry is written even if the request's own deadline has passed. If it can't be written, the
// answer stays the same.
func (s *Server) logUnwritten(ctx context.Context, r *request) {
	e := r.event
	if e.writes == "" || r.Caller.Tenant == "" || e.err == nil && !e.leftOutAll() {
		return
	}
	ctx, cancel := s.Directory.Brief(context.WithoutCancel(ctx), deadline.RecordTime)
	defer cancel()
	e.logErr = s.Directory.For(r.Caller.Tenant).Log().Put(ctx, e.entry(r))
}

// leftOutAll reports whether the request changed nothing because something was left out. It is false
// for a PUT of the stored values with an unknown attribute: providers send such a PUT repeatedly.
func (e *event) leftOutAll() bool {
	ignored := e.operation == "patch" && len(e.repairs.Ignored()) > 0
	return !e.written && (len(e.skipped) > 0 || ignored)
}

// entry returns the log entry of a request whose record no write of the directory includes.
func (e *event) entry(r *request) provlog.Entry {
	out := provlog.Entry{
		Time: e.start, Request: r.RequestID, Credential: r.Caller.Credential, Operation: e.operation,
		Kind: string(e.writes), ID: r.ID, Name: e.name, ExternalID: e.externalID, Status: e.status,
		Deviations: e.deviations(0), Ignored: e.repairs.Ignored(), Skipped: e.skipped, SkippedCount: len(e.skipped),
	}
	if e.err != nil {
		out.Type, out.Detail = string(e.err.Type), e.err.Detail
	}
	return out
}

// noteChange stores whether the change of a group was written, and which members were skipped. The
// record alone does not show that: the directory may ask for it and then not write.
func (e *event) noteChange(c directory.ChangeResult) {
	e.skipped, e.written = c.Skipped, c.Written
	e.repairs.Skipped(len(c.Skipped))
}
