package main

import (
	"context"
	"net/url"
	"strconv"
	"time"
)

// event is one entry of a tenant's feed, as far as this program uses it. The service sends
// the same JSON by pull and as the detail on the event bus.
type event struct {
	Type     string   // subject.verb, such as user.deactivated
	Sequence int64    // consecutive in the feed
	Version  int64    // of the resource; grows with each change of it
	Resource resource // as it is after the change
	Members  []member // who was added or removed
	// Truncated says that the event was too large to have all values: read the resource.
	Truncated bool
}

// resource is a user, group or team in short.
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

	// In the answers to reads.
	Name    string // of a group or team
	Version int64
}

// member is a user, or a group within a group.
type member struct{ ID string }

// email is the primary email, or else the first one, or "".
func (r resource) email() (email string) {
	for i, e := range r.Emails {
		if i == 0 || e.Primary {
			email = e.Value
		}
	}
	return email
}

// page is a part of a feed.
type page struct {
	Events []event
	Last   int64 // the position after these events
	Head   int64 // the newest position of the feed
}

// events reads the events after a position. If there is none, the service waits for one,
// for so long at most.
func (s *service) events(ctx context.Context, tenant string, after int64, wait time.Duration) (p page, err error) {
	query := url.Values{
		"after": {strconv.FormatInt(after, 10)}, "limit": {"500"}, "wait": {strconv.Itoa(int(wait.Seconds()))},
	}
	err = s.get(ctx, "/tenants/"+tenant+"/events", query, &p)
	return p, err
}

// head says how far the feed of a tenant has come.
type head struct {
	Tenant   string // "" is the feed of the accounts
	Sequence int64
	Time     time.Time
}

// heads reads the heads of all feeds that have moved since a time.
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
