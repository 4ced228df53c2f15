package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"scimserver/shared/admin"
	"scimserver/shared/provlog"
)

func logCommands() []command {
	return []command{{"log", "TENANT", "show what provisioning changed and what failed, newest first; -json has all of it", showLog}}
}

func showLog(flags *flag.FlagSet) action {
	q := url.Values{}
	since, until := ago(24*time.Hour), ago(0)
	flags.Func("since", "how far back: a `span` such as 24h or 7d (default 24h), or a time such as 2026-01-31T08:00:00Z", since.read)
	flags.Func("until", "leave out what is later: a `span` ago or a time (default now)", until.read)
	flags.Func("user", "only of the `user` or group of this id, userName, displayName or externalId", set(q, "user"))
	flags.Func("status", "only answers of this `status`: a number, a class such as 4xx, or failed", set(q, "status"))
	limit := flags.Int("limit", 100, "most `entries` to show; 0 for all")
	return func(ctx context.Context, s *session, args []string) error {
		if *limit < 0 {
			return usageError("-limit must not be negative")
		}
		now := time.Now()
		if from, to := since.time(now), until.time(now); from.After(to) {
			return usageError(fmt.Sprintf("-since (24h unless given) must lie before -until, and %s is later than %s", moment(&from), moment(&to)))
		}
		q.Set("from", since.text(now))
		q.Set("to", until.text(now))
		page, err := s.log(ctx, tenantPath(args[0])+"/log?", q, *limit)
		if err != nil {
			return err
		}
		if page.Next != "" {
			s.say("these are the newest %d; there may be more: -limit 0 shows all\n", len(page.Entries))
		}
		return s.show(page, func(w io.Writer) { describeLog(w, page.Entries) })
	}
}

func set(q url.Values, name string) func(string) error {
	return func(v string) error {
		q.Set(name, v)
		return given(v)
	}
}

// point is a point in time that a flag names: absolute, or so long ago.
type point struct {
	at  time.Time
	ago time.Duration
}

func ago(d time.Duration) *point { return &point{ago: d} }

func (p *point) read(v string) error {
	if at, err := time.Parse(time.RFC3339, v); err == nil {
		p.at = at
		return nil
	}
	n, err := seconds(v)
	if err == nil && n < 0 {
		err = fmt.Errorf("%q lies ahead", v)
	}
	const most = 100 * 365 * day // no log goes back that far
	p.at, p.ago = time.Time{}, time.Duration(min(n, int64(most/time.Second)))*time.Second
	return err
}

func (p *point) time(now time.Time) time.Time {
	if p.at.IsZero() {
		return now.Add(-p.ago)
	}
	return p.at
}

func (p *point) text(now time.Time) string { return p.time(now).UTC().Format(time.RFC3339Nano) }

// log asks for pages until there are as many entries as are wanted.
func (s *session) log(ctx context.Context, path string, q url.Values, limit int) (admin.LogPage, error) {
	all := admin.LogPage{Entries: []provlog.Entry{}}
	for more := true; more; more = all.Next != "" && (limit == 0 || len(all.Entries) < limit) {
		q.Set("after", all.Next)
		if left := limit - len(all.Entries); 0 < left && left < 100 {
			q.Set("limit", strconv.Itoa(left))
		}
		var page admin.LogPage
		if err := s.client.do(ctx, http.MethodGet, path+q.Encode(), nil, &page); err != nil {
			return all, err
		}
		all.Entries, all.Next = append(all.Entries, page.Entries...), page.Next
	}
	return all, nil
}

// The most characters of cells that may be long.
const (
	maxNameShown = 40
	maxWhatShown = 64
)

func describeLog(w io.Writer, entries []provlog.Entry) {
	row(w, "TIME", "STATUS", "OPERATION", "RESOURCE", "NAME", "ID", "CREDENTIAL", "WHAT")
	for _, e := range entries {
		row(w, e.Time.Local().Format("2006-01-02 15:04:05"), e.Status, e.Operation, e.Kind, short(e.Name, maxNameShown), short(string(e.ID), maxNameShown), e.Credential, what(e))
	}
	none(w, len(entries))
}

// what says in short what an entry is about.
func what(e provlog.Entry) string {
	parts := []string{short(strings.Join(e.Changed, ", "), maxWhatShown)}
	if e.Failed() {
		parts = []string{strings.TrimSpace(e.Type + " " + gist(e.Detail))}
	}
	if len(e.Deviations) > 0 {
		parts = append(parts, "tolerated: "+short(strings.Join(e.Deviations, ", "), maxWhatShown))
	}
	return strings.Trim(strings.Join(parts, "; "), "; ")
}

// The parts of a detail: values stand in quotes, and may hold whatever the others look for.
var (
	quotedValue     = regexp.MustCompile(`"(\\.|[^"\\])*("|$)`)
	conflictRemark  = regexp.MustCompile(` \(conflict [a-z2-7]{12}\)`)
	behindSentences = regexp.MustCompile(`\. |\.$`)
)

// gist is the first sentence of a detail, and the conflicts that it names.
func gist(detail string) string {
	blind := quotedValue.ReplaceAllStringFunc(detail, func(v string) string { return strings.Repeat("_", len(v)) })
	remarks := conflictRemark.FindAllString(blind, -1)
	if at := behindSentences.FindStringIndex(blind); at != nil {
		detail, blind = detail[:at[0]], blind[:at[0]]
	}
	if at := conflictRemark.FindStringIndex(blind); at != nil {
		detail = detail[:at[0]] + detail[at[1]:]
	}
	return short(detail, maxWhatShown) + strings.Join(slices.Compact(remarks), "")
}
