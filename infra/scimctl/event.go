package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/urfave/cli/v3"

	"scimserver/infra/scimctl/apiclient"
	"scimserver/infra/scimctl/wording"
	"scimserver/shared/admin"
)

// accountFeed names the feed of the accounts where a command takes a tenant's id. No tenant can have this id,
// because it has upper-case letters.
const accountFeed = "ACCOUNTS"

// eventWait is how long one request waits for an event, in seconds.
const eventWait = 20

// eventRange has the values of the event commands' flags.
type eventRange struct {
	after, until int64
	limit        int
}

func eventCommands() *cli.Command {
	return group("event", "read the events that applications consume",
		listEvents(),
		tailEvents(),
		replayEvents(),
		command("heads", "", "list the feeds of the tenants and of the accounts, with the sequence of the newest event",
			listHeads),
	)
}

func listEvents() *cli.Command {
	var in eventRange
	return command("list", "TENANT", "show the events of a tenant, or of the accounts (TENANT is ACCOUNTS)",
		func(ctx context.Context, s *session, args []string) error {
			if in.limit < 0 {
				return usageError("-limit must not be negative")
			}
			all := []json.RawMessage{}
			err := s.readEvents(ctx, args[0], in, func(page []json.RawMessage) error {
				all = append(all, page...)
				return nil
			})
			if err != nil {
				return err
			}
			return s.print(all, func(w io.Writer) {
				row(w, eventHeader...)
				for _, e := range all {
					row(w, eventCells(e)...)
				}
				noRows(w, len(all))
			})
		}, in.afterFlag(),
		&cli.IntFlag{Name: "limit", Usage: "maximum `NUMBER` of events; 0 for all", Value: 100, Destination: &in.limit})
}

func tailEvents() *cli.Command {
	var in eventRange
	fromNow := true
	after := valueFlag("after", "begin after the event with this `SEQUENCE` (default: with the next event)",
		func(v string) (err error) {
			fromNow = false
			if in.after, err = strconv.ParseInt(v, 10, 64); err != nil {
				err = errors.New("not a whole number")
			}
			return err
		})
	return command("tail", "TENANT", "print new events as they come, until Ctrl-C; -json prints one line per event",
		func(ctx context.Context, s *session, args []string) error {
			if fromNow {
				page, err := s.eventPage(ctx, args[0], url.Values{"limit": {"1"}})
				if err != nil && !apiclient.HasStatus(err, http.StatusGone) {
					return err
				}
				in.after = page.Head
			}
			return s.tail(ctx, args[0], in.after)
		}, after)
}

func replayEvents() *cli.Command {
	var in eventRange
	return command("replay", "TENANT", "print events as JSON lines, for a consumer that missed them",
		func(ctx context.Context, s *session, args []string) error {
			if in.until != 0 && in.until < in.after {
				return usageError("-until must not be smaller than -after")
			}
			return s.readEvents(ctx, args[0], in, func(page []json.RawMessage) error {
				return printLines(s.out, page)
			})
		}, in.afterFlag(),
		&cli.Int64Flag{Name: "until", Usage: "end with the event with this `SEQUENCE` (default: the newest)",
			HideDefault: true, Destination: &in.until})
}

func (in *eventRange) afterFlag() cli.Flag {
	return &cli.Int64Flag{Name: "after", HideDefault: true, Destination: &in.after,
		Usage: "begin after the event with this `SEQUENCE` (default: with the first event of the feed)"}
}

// eventPath is the path of a feed. feed is the id of a tenant, or accountFeed.
func eventPath(feed string) string {
	if feed == accountFeed {
		return "/accounts/events"
	}
	return tenantPath(feed) + "/events"
}

func (s *session) eventPage(ctx context.Context, feed string, query url.Values) (page admin.EventPage, err error) {
	err = s.client.Do(ctx, http.MethodGet, eventPath(feed)+"?"+query.Encode(), nil, &page)
	return page, err
}

// readEvents calls take with the events of a range, page by page.
func (s *session) readEvents(
	ctx context.Context, feed string, in eventRange, take func([]json.RawMessage) error,
) error {
	for taken := 0; ; {
		n := 500
		if in.limit > 0 {
			n = min(n, in.limit-taken)
		}
		if in.until > 0 {
			n = int(min(int64(n), in.until-in.after))
		}
		if n <= 0 {
			return nil
		}
		page, err := s.eventPage(ctx, feed, url.Values{
			"after": {strconv.FormatInt(in.after, 10)}, "limit": {strconv.Itoa(n)},
		})
		if err != nil || len(page.Events) == 0 {
			return err
		}
		if err := take(page.Events); err != nil {
			return err
		}
		taken, in.after = taken+len(page.Events), page.Last
	}
}

// tail prints events until the context ends.
func (s *session) tail(ctx context.Context, feed string, after int64) error {
	for {
		page, err := s.eventPage(ctx, feed, url.Values{
			"after": {strconv.FormatInt(after, 10)}, "wait": {strconv.Itoa(eventWait)},
		})
		if err := s.survives(ctx, err); err != nil || ctx.Err() != nil {
			return err
		}
		if err != nil {
			apiclient.Sleep(ctx, time.Second)
			continue
		}
		if err := s.printEvents(page.Events); err != nil {
			return err
		}
		after = page.Last
	}
}

func (s *session) printEvents(events []json.RawMessage) error {
	if s.json {
		return printLines(s.out, events)
	}
	for _, e := range events {
		d := wording.DecodeEvent(e)
		if _, err := fmt.Fprintf(s.out, "%d  %s  %s  %s  %s\n", d.Sequence, wording.Second(d.Time), d.Type,
			formatCell(d.Name()), formatCell(d.Summary())); err != nil {
			return err
		}
	}
	return nil
}

func printLines(w io.Writer, events []json.RawMessage) error {
	for _, e := range events {
		if _, err := fmt.Fprintf(w, "%s\n", e); err != nil {
			return err
		}
	}
	return nil
}

func listHeads(ctx context.Context, s *session, _ []string) error {
	all, err := apiclient.ListAll(ctx, s.client, "/events/heads", url.Values{},
		func(p admin.EventHeads) ([]admin.EventHead, string) { return p.Heads, p.Next })
	if err != nil {
		return err
	}
	return s.print(admin.EventHeads{Heads: all}, func(w io.Writer) {
		row(w, "FEED", "SEQUENCE", "LAST EVENT")
		for _, h := range all {
			name := string(h.Tenant)
			if name == "" {
				name = accountFeed
			}
			row(w, name, h.Sequence, wording.Minute(&h.Time))
		}
		noRows(w, len(all))
	})
}
