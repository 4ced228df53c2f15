package server

import (
	"context"

	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// hooks are the steps that the endpoints of users and groups add to every request. They are function
// values, so that a Lambda function that needs no directory does not link it.
type hooks struct {
	open            func(context.Context, *request) error  // the tenant's part of the directory
	recordConflicts func(context.Context, *request, error) // after a request failed
	logUnwritten    func(context.Context, *request)        // before the answer is written
	countRefusal    func(context.Context, *request)        // before the answer is written
	noteAgent       func(context.Context, *request)        // before the answer is written
}

func noHooks() hooks {
	return hooks{
		open:            func(context.Context, *request) error { return nil },
		recordConflicts: func(context.Context, *request, error) {},
		logUnwritten:    func(context.Context, *request) {},
		countRefusal:    func(context.Context, *request) {},
		noteAgent:       func(context.Context, *request) {},
	}
}

func (s *Server) resourceHooks() hooks {
	return hooks{
		open: s.openDirectory, recordConflicts: s.recordConflicts, logUnwritten: s.logUnwritten,
		countRefusal: s.countRefusal, noteAgent: s.noteAgent,
	}
}

// openDirectory gives a request its tenant's part of the directory. It fails if the table was made
// with other settings.
func (s *Server) openDirectory(ctx context.Context, r *request) error {
	r.Directory = s.Directory.For(r.Caller.Tenant)
	return s.Directory.Ready(ctx)
}

// countRefusal counts the refusal of a valid credential. Operators see the count in the tenant's
// health. If it cannot be written, the answer stays the same.
func (s *Server) countRefusal(ctx context.Context, r *request) {
	if r.event.refused == "" || r.Caller.Tenant == "" {
		return
	}
	r.event.countErr = s.Directory.CountRefusal(ctx, tenant.Refusal{
		Tenant: r.Caller.Tenant, Credential: r.Caller.Credential, Cause: r.event.refused,
	})
}

// noteAgent stores which client sends a request that succeeds. The setup page shows it to the customer, who can tell
// the provider's requests from others, and takes it as a sign that the connection works. If it cannot be written, the
// answer stays the same. It is left out if the table has already been too slow for the entry in the log.
func (s *Server) noteAgent(ctx context.Context, r *request) {
	if r.Caller.Tenant == "" || r.Caller.Credential == "" || r.event.err != nil || r.event.logErr != nil {
		return
	}
	r.event.agentErr = s.Directory.NoteAgent(ctx, r.Caller.Tenant, r.Caller.Credential, r.UserAgent())
}

// refuse notes why a valid credential is refused, and returns the error.
func (r *request) refuse(cause tenant.RefusalCause, err *scim.Error) error {
	r.event.refused = cause
	return err
}
