package portal

import (
	"context"
	"log/slog"

	"scimserver/shared/deadline"
	"scimserver/shared/provlog"
)

// author is the operator in the log's entries of what was done on the setup page.
const author = "setup page"

// note writes an entry into the tenant's provisioning log. If it cannot be written, the answer stays
// the same, and the log line says so.
func (s *server) note(q *request, e provlog.Entry) {
	e.Time, e.Request, e.Operator = s.Now(), s.RequestID(q.Context()), author
	ctx, cancel := s.Service.Directory.Brief(context.WithoutCancel(q.Context()), deadline.RecordTime)
	defer cancel()
	if err := s.Service.Directory.For(q.Tenant.ID).Log().Put(ctx, e); err != nil {
		q.logged = append(q.logged, slog.String("unlogged", err.Error()))
	}
}
