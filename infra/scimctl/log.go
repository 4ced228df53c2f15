package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"time"

	"github.com/urfave/cli/v3"

	"scimserver/infra/scimctl/apiclient"
	"scimserver/infra/scimctl/wording"
	"scimserver/shared/admin"
	"scimserver/shared/provlog"
)

// maxLogPage is the number of entries in a page of the log.
const maxLogPage = 100

// logQuery is what the flags of log say.
type logQuery struct {
	since, until timePoint
	filters      url.Values // user and status
	limit        int
	format       logFormat
	follow       bool
}

func logCommand() *cli.Command {
	q := logQuery{since: timePoint{ago: day}, filters: url.Values{}, format: asTable}
	return command(
		"log",
		"TENANT",
		"show provisioning requests that changed something or failed, newest first",
		func(ctx context.Context, s *session, args []string) error { return s.showLog(ctx, args[0], q) },
		valueFlag(
			"since",
			"show entries since `WHEN` (default: 24h): a duration (90d, 36h), a date (2026-11-24) or a time",
			q.since.parseStart,
		),
		valueFlag("until", "show entries until `WHEN`, as for -since; a date includes the whole day (default: now)",
			q.until.parseEnd),
		valueFlag("user", "only the user or group with this `NAME`, and its memberships: an id, userName, "+
			"displayName, email or externalId that it has or had", q.filter("user")),
		valueFlag("group", "only the group or team with this `NAME`: an id, displayName or externalId that it has "+
			"or had",
			q.filter("group")),
		valueFlag(
			"status",
			"only requests with this `STATUS`: a number, a class such as 4xx, or failed",
			q.filter("status"),
		),
		&cli.IntFlag{Name: "limit", Usage: "maximum `NUMBER` of entries; 0 for all", Value: 100, Destination: &q.limit},
		valueFlag("format", "print as `FORMAT`: table, json or csv (default: table)", q.format.parse),
		&cli.BoolFlag{Name: "follow", HideDefault: true, Destination: &q.follow,
			Usage: "print the entries since -since, oldest first, then new ones until Ctrl-C; " +
				"JSON: one line per entry"},
	)
}

func (q *logQuery) filter(name string) func(string) error {
	return func(v string) error {
		q.filters.Set(name, v)
		_, err := nonEmpty[string](v)
		return err
	}
}

func (s *session) showLog(ctx context.Context, tenant string, q logQuery) error {
	if s.json {
		q.format = asJSON
	}
	path, now := tenantPath(tenant)+"/log", time.Now()
	from, to := q.since.time(now), q.until.time(now)
	if err := q.validate(from, to, now); err != nil {
		return err
	}
	if from.Before(now.Add(-provlog.Retention)) {
		s.notify("the log keeps the entries of %s: older ones are gone\n", retained())
	}
	if q.follow {
		return s.followLog(ctx, path, q)
	}
	q.filters.Set("from", from.UTC().Format(time.RFC3339Nano))
	q.filters.Set("to", to.UTC().Format(time.RFC3339Nano))
	log, err := s.readLog(ctx, path, q.filters, q.limit)
	if err != nil {
		return err
	}
	s.explainSubjects(tenant, q.filters, log)
	if log.Next != "" {
		s.notify("shown: the newest %s; there may be more: -limit 0 shows all\n",
			admin.Counted(len(log.Entries), "entry"))
	}
	if q.format == asCSV {
		return writeLogCSV(s.out, log.Entries, true)
	}
	s.json = q.format == asJSON
	return s.print(log, func(w io.Writer) { describeLog(w, log.Entries) })
}

func (q logQuery) validate(from, to, now time.Time) error {
	switch {
	case q.limit < 0:
		return usageError("-limit must not be negative")
	case q.follow && q.until != timePoint{}:
		return usageError("-follow shows entries until Ctrl-C: leave out -until")
	case from.After(now):
		return usageError(fmt.Sprintf("-since is %s, which is in the future", wording.Minute(&from)))
	case from.After(to):
		return usageError(fmt.Sprintf("-since (default: 24h) must be earlier than -until, but %s is later than %s",
			wording.Minute(&from), wording.Minute(&to)))
	}
	return nil
}

// retained is how long entries are kept, in words.
func retained() string { return admin.Counted(int(provlog.Retention/day), "day") }

// explainSubjects says what the entries do not show about the name that was asked for: that nobody has or had it,
// or that the person who had it is deleted.
func (s *session) explainSubjects(tenant string, filters url.Values, log admin.LogPage) {
	value := cmp.Or(filters.Get("user"), filters.Get("group"))
	if value != "" && len(log.Subjects) == 0 && len(log.Entries) == 0 {
		s.notify("no user, group or team of %s has the name %q, or had it in the last %s\n", tenant, value,
			retained())
	}
	for _, n := range log.Subjects {
		if n.Name == "" {
			s.notify("%s %s does not exist any more\n", n.Type, n.ID)
		}
	}
}

// readLog requests pages until it has as many entries as wanted; 0 means all.
func (s *session) readLog(ctx context.Context, path string, query url.Values, limit int) (admin.LogPage, error) {
	all := admin.LogPage{Entries: []provlog.Entry{}}
	limitPage := func() {
		if left := limit - len(all.Entries); 0 < left && left < maxLogPage {
			query.Set("limit", strconv.Itoa(left))
		}
	}
	limitPage()
	split := func(p admin.LogPage) ([]provlog.Entry, string) {
		all.Next, all.Subjects = p.Next, p.Subjects
		return p.Entries, p.Next
	}
	for entries, err := range apiclient.Pages(ctx, s.client, path, query, split) {
		if err != nil {
			return all, err
		}
		if all.Entries = append(all.Entries, entries...); limit > 0 && len(all.Entries) >= limit {
			break
		}
		limitPage()
	}
	return all, nil
}
