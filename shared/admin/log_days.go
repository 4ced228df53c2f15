package admin

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"scimserver/shared/provlog"
	"scimserver/shared/tenant"
)

// LogDays counts the requests of a tenant's provider for each day, the oldest first and the current one last.
type LogDays struct {
	Days []LogDay `json:"days"`
}

// LogDay counts the requests of one day, in UTC. Actions of operators do not count.
type LogDay struct {
	Date    string `json:"date"`    // such as 2026-11-29
	Changes int64  `json:"changes"` // requests that changed something
	Failed  int64  `json:"failed"`
	// UsersCreated and UsersDeleted count the users that requests created and deleted.
	UsersCreated int64 `json:"usersCreated"`
	UsersDeleted int64 `json:"usersDeleted"`
}

// The number of days that an answer has.
const (
	defaultLogDays = 30
	maxLogDays     = int(provlog.Retention / (24 * time.Hour))
)

// LogDays returns the counts of the last n days. The counts of past days are stored when they are first read.
func (s *Service) LogDays(ctx context.Context, id tenant.ID, n int) (LogDays, error) {
	t, err := s.Directory.Tenants().Tenant(ctx, id)
	if err != nil {
		return LogDays{}, err
	}
	days, err := s.Directory.For(id).Log().Days(ctx, s.Now(), t.Created, n)
	if err != nil {
		return LogDays{}, err
	}
	out := LogDays{Days: make([]LogDay, len(days))}
	for i, d := range days {
		out.Days[i] = LogDay{d.Start.Format(time.DateOnly), d.Succeeded, d.Failed, d.Created, d.Deleted}
	}
	return out, nil
}

// logDays reads the parameter days.
func logDays(r *http.Request) (int, error) {
	text := r.URL.Query().Get("days")
	if text == "" {
		return defaultLogDays, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maxLogDays {
		return 0, invalid("days must be a number from 1 to %d", maxLogDays)
	}
	return n, nil
}
