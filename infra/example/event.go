package main

import (
	"context"
	"net/url"
	"strconv"
	"time"
)

// event is an event of a tenant's feed, with the fields that this program uses. The service
// sends the same JSON in the feed and on the event bus.
type event struct {
	Type     string   // subject.verb, such as user.deactivated
	Sequence int64    // consecutive in the feed
	Version  int64    // of the resource; grows with each change of it
	Resource resource // as it is after the change
	Members  []member // who was added or removed
	// Truncated means that the event lacks values because it was too large: read the resource.
	Truncated bool
}

// resource is an extract of a user, group or team.
type resource struct {
	ID          string
	ExternalID  string
	UserName    string
	DisplayName string
	Emails      []struct {
		Value   string
		Primary bool
	}
	Active bool

	// Only in responses to reads:
	Name    string // of a group or team
	Version int64
}

// member is a user, or a group within a group.
type member struct{ ID string }

// email returns the primary email, or the first one, or "".
func (r resource) email() (email string) {
	for i, e := range r.Emails {
		if i == 0 || e.Primary {
			email = e.Value
		}
	}
	return email
}

// page is a page of a feed.
type page struct {
	Events []event
	Last   int64 // the position after these events
	Head   int64 // the newest position of the feed
}

// events reads the events after a position. If there is none, the service waits for the next
// event, up to a given time.
func (s *service) events(ctx context.Context, tenant string, after int64, wait time.Duration) (p page, err error) {
	query := url.Values{
		"after": {strconv.FormatInt(after, 10)}, "limit": {"500"}, "wait": {strconv.Itoa(int(wait.Seconds()))},
	}
	err = s.get(ctx, "/tenants/"+tenant+"/events", query, &p)
	return p, err
}

// head is the newest position of a tenant's feed.
type head struct {
	Tenant   string // "" stands for the accounts
	Sequence int64
	Time     time.Time
}

// heads reads the heads of all feeds that have new events since a time.
func (s *service) heads(ctx context.Context, since time.Time) (all []head, err error) {
	query := url.Values{"since": {since.UTC().Format(time.RFC3339)}, "limit": {"100"}}
	for {
		var p struct {
			Heads []head
			Next  string
		}
		if err := s.get(ctx, "/events/heads", query, &p); err != nil {
			return nil, err
		}
		all = append(all, p.Heads...)
		if p.Next == "" {
			return all, nil
		}
		query.Set("after", p.Next)
	}
}
