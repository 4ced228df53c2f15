package admin

import (
	"net/http"
	"net/url"
	"strconv"
	"time"
)

const (
	maxEvents = 500
	// maxEventWait is in seconds. API Gateway waits 29 seconds for a function.
	maxEventWait = 20
)

func (h *handler) events(s *Service) {
	h.handle("GET /v1/tenants/{id}/events", tenantLabel, withoutBody(func(r *http.Request) (EventPage, error) {
		q, err := eventQuery(r.URL.Query())
		if err != nil {
			return EventPage{}, err
		}
		return s.Events(r.Context(), tenantOf(r), q)
	}), "after", "limit", "wait")
	h.handle("GET /v1/accounts/events", accountLabel, withoutBody(func(r *http.Request) (EventPage, error) {
		q, err := eventQuery(r.URL.Query())
		if err != nil {
			return EventPage{}, err
		}
		return s.AccountEvents(r.Context(), q)
	}), "after", "limit", "wait")
	h.handle("GET /v1/events/heads", tenantLabel,
		withPage(func(r *http.Request, after string, limit int) (EventHeads, error) {
			since, err := parseTime(r.URL.Query(), "since", time.Time{})
			if err != nil {
				return EventHeads{}, err
			}
			return s.EventHeads(r.Context(), since, after, limit)
		}), "since", "after", "limit")
}

// eventQuery reads the parameters of a request for events.
func eventQuery(values url.Values) (q EventQuery, err error) {
	after, err := wholeNumber(values, "after", 0, 0, 1<<53)
	if err != nil {
		return q, err
	}
	limit, err := wholeNumber(values, "limit", maxPage, 1, maxEvents)
	if err != nil {
		return q, err
	}
	wait, err := wholeNumber(values, "wait", 0, 0, maxEventWait)
	return EventQuery{After: after, Limit: int(limit), Wait: time.Duration(wait) * time.Second}, err
}

// wholeNumber reads a parameter that is a whole number between two bounds.
func wholeNumber(values url.Values, name string, otherwise, least, most int64) (int64, error) {
	text := values.Get(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < least || n > most {
		return 0, invalid("%s must be a whole number between %d and %d", name, least, most)
	}
	return n, nil
}
