package console

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"scimserver/shared/admin"
	"scimserver/shared/provlog"
	"scimserver/shared/web"
)

// activity is what the provisioning log says about a tenant's last days.
type activity struct {
	days    []day
	entries int
	// cut is set if there are more entries than the console reads: then the days begin at the first one
	// that is complete.
	cut bool
}

// day counts the requests of a day, in UTC.
type day struct {
	date              time.Time
	succeeded, failed int64
	users             int64 // created without those deleted
}

const (
	activityDays = 30
	// activityPages limits how much of the log is read, at 100 entries a page.
	activityPages    = 20
	activityPageSize = "100"
	activityPatience = time.Second
)

// activitySection has the charts of a tenant. It is refreshed until the log is read.
func (c *console) activitySection(ctx context.Context, t admin.Tenant) (s section, complete bool) {
	reading := c.activity.start(string(t.ID), 2*c.options.Timeout, func(ctx context.Context) (activity, error) {
		return c.readActivity(ctx, string(t.ID))
	})
	ctx, cancel := context.WithTimeout(ctx, activityPatience)
	defer cancel()
	s = section{ID: "activity", Title: "Last 30 days"}
	switch {
	case !reading.wait(ctx):
		s.Live, s.Text = true, "The log is being read…"
		return s, false
	case reading.err != nil:
		s.Notice = &web.Notice{Tone: web.Warning, Title: "The log can't be read", Text: reading.err.Error()}
		return s, true
	}
	a := reading.value
	if a.cut {
		s.Text = fmt.Sprintf("The charts show the newest %s entries of the log.", web.Number(int64(a.entries)))
		s.Title = "Last " + admin.Counted(len(a.days), "day")
	}
	s.Charts = []web.Chart{a.requestChart(), a.userChart(int64(*t.Users))}
	return s, true
}

func (c *console) readActivity(ctx context.Context, id string) (activity, error) {
	today := time.Now().UTC().Truncate(24 * time.Hour)
	first := today.AddDate(0, 0, 1-activityDays)
	a := activity{days: make([]day, activityDays)}
	for i := range a.days {
		a.days[i].date = first.AddDate(0, 0, i)
	}
	query := url.Values{"from": {first.Format(time.RFC3339)}, "limit": {activityPageSize}, "after": {""}}
	for range activityPages {
		var page admin.LogPage
		if err := c.get(ctx, withQuery(apiPath(id, "log"), query), &page); err != nil {
			return a, err
		}
		for _, e := range page.Entries {
			a.add(e)
		}
		if page.Next == "" {
			return a, nil
		}
		query.Set("after", page.Next)
	}
	return a.onlyComplete(), nil
}

// add counts an entry. Operators' actions are not requests.
func (a *activity) add(e provlog.Entry) {
	i := int(e.Time.UTC().Sub(a.days[0].date) / (24 * time.Hour))
	if i < 0 || i >= len(a.days) {
		return
	}
	a.entries++
	d := &a.days[i]
	switch {
	case e.Failed():
		d.failed++
		return
	case e.Operator == "":
		d.succeeded++
	}
	switch {
	case e.Kind == "User" && e.Operation == "create":
		d.users++
	case e.Kind == "User" && e.Operation == "delete":
		d.users--
	}
}

// onlyComplete leaves out the days before the oldest entry that was read, and the day of that entry, but
// never today.
func (a activity) onlyComplete() activity {
	a.cut = true
	for len(a.days) > 1 {
		isEmpty := a.days[0].succeeded+a.days[0].failed == 0
		a.days = a.days[1:]
		if !isEmpty {
			break
		}
	}
	return a
}

func (a activity) labels() (list []string) {
	for _, d := range a.days {
		list = append(list, d.date.Format("2 Jan"))
	}
	return list
}

func (a activity) requestChart() web.Chart {
	succeeded, failed := make([]int64, len(a.days)), make([]int64, len(a.days))
	var sum, sumFailed int64
	for i, d := range a.days {
		succeeded[i], failed[i] = d.succeeded, d.failed
		sum, sumFailed = sum+d.succeeded+d.failed, sumFailed+d.failed
	}
	return web.Chart{
		Title: "Requests for changes", Step: "Day", Labels: a.labels(), Empty: "No request changed anything or failed.",
		Summary: fmt.Sprintf("%s for changes in %s; %d failed", admin.Counted(int(sum), "request"),
			admin.Counted(len(a.days), "day"), sumFailed),
		Series: []web.Series{
			{Name: "succeeded", Tone: web.Info, Values: succeeded}, {Name: "failed", Tone: web.Bad, Values: failed},
		},
	}
}

// userChart goes back from the present number of users.
func (a activity) userChart(now int64) web.Chart {
	users := make([]int64, len(a.days))
	for i := len(a.days) - 1; i >= 0; i-- {
		users[i] = max(0, now)
		now -= a.days[i].users
	}
	return web.Chart{
		Title: "Users at the end of the day", Step: "Day", Labels: a.labels(), Empty: "There are no users yet.",
		Summary: fmt.Sprintf("From %d to %d users in %s",
			users[0], users[len(users)-1], admin.Counted(len(a.days), "day")),
		Series: []web.Series{{Name: "users", Tone: web.Info, Line: true, Values: users}},
	}
}
