package console

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"scimserver/shared/admin"
	"scimserver/shared/web"
)

const (
	activityDays     = 30
	activityPatience = time.Second // how long the page waits for the counts
)

// activitySection has the charts of a tenant. It is refreshed until the days are counted, because
// counting takes the service a while the first time.
func (c *console) activitySection(ctx context.Context, t admin.Tenant) (s section, complete bool) {
	reading := c.activity.start(string(t.ID), 2*c.options.Timeout, func(ctx context.Context) ([]web.Day, error) {
		return c.readActivity(ctx, string(t.ID))
	})
	ctx, cancel := context.WithTimeout(ctx, activityPatience)
	defer cancel()
	s = section{ID: "activity", Title: fmt.Sprintf("Last %d days", activityDays)}
	switch {
	case !reading.wait(ctx):
		s.Live, s.Text = true, "The log is being read…"
		return s, false
	case reading.err != nil:
		s.Notice = &web.Notice{Tone: web.Warning, Title: "The log can't be read", Text: reading.err.Error()}
		return s, true
	}
	s.Charts = []web.Chart{web.RequestChart(reading.value), web.UserChart(reading.value, int64(*t.Users))}
	return s, true
}

func (c *console) readActivity(ctx context.Context, id string) (days []web.Day, err error) {
	var counts admin.LogDays
	query := url.Values{"days": {fmt.Sprint(activityDays)}}
	if err := c.get(ctx, withQuery(apiPath(id, "log", "days"), query), &counts); err != nil {
		return nil, err
	}
	for _, d := range counts.Days {
		start, err := time.Parse(time.DateOnly, d.Date)
		if err != nil {
			return nil, fmt.Errorf("the operator API answers with a day that is not a date: %w", err)
		}
		days = append(days, web.Day{
			Start: start, Changes: d.Changes, Failed: d.Failed, Created: d.UsersCreated, Deleted: d.UsersDeleted,
		})
	}
	return days, nil
}
