package server

import "context"

// hooks are what an endpoint of users and groups adds to every request. They are values,
// so that a function whose endpoints need no directory does not link it.
type hooks struct {
	open            func(context.Context, *request) error  // the caller's part of the directory
	recordConflicts func(context.Context, *request, error) // of a request that failed
	logFailure      func(context.Context, *request)        // of a request that has been answered
}

func noHooks() hooks {
	return hooks{
		open:            func(context.Context, *request) error { return nil },
		recordConflicts: func(context.Context, *request, error) {},
		logFailure:      func(context.Context, *request) {},
	}
}

func (s *Server) resourceHooks() hooks {
	return hooks{open: s.openDirectory, recordConflicts: s.noteConflicts, logFailure: s.logFailure}
}

// openDirectory gives a request its tenant's part of the directory. It refuses a table
// that was made under other settings.
func (s *Server) openDirectory(ctx context.Context, r *request) error {
	r.Directory = s.Directory.For(r.Caller.Tenant)
	return s.Directory.Ready(ctx)
}
