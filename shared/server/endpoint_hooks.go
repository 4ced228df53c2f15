package server

import "context"

// hooks are what the endpoints of users and groups add to every request. They are function values,
// so that a Lambda function that needs no directory does not link it.
type hooks struct {
	open            func(context.Context, *request) error  // the tenant's part of the directory
	recordConflicts func(context.Context, *request, error) // after a request failed
	logUnwritten    func(context.Context, *request)        // before the answer is written
}

func noHooks() hooks {
	return hooks{
		open:            func(context.Context, *request) error { return nil },
		recordConflicts: func(context.Context, *request, error) {},
		logUnwritten:    func(context.Context, *request) {},
	}
}

func (s *Server) resourceHooks() hooks {
	return hooks{open: s.openDirectory, recordConflicts: s.recordConflicts, logUnwritten: s.logUnwritten}
}

// openDirectory gives a request its tenant's part of the directory. It fails if the table was made
// with other settings.
func (s *Server) openDirectory(ctx context.Context, r *request) error {
	r.Directory = s.Directory.For(r.Caller.Tenant)
	return s.Directory.Ready(ctx)
}
