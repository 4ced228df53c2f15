package admin

import (
	"net/http"
	"net/url"
	"scimserver/shared/provlog"
	"strconv"
	"time"
)

// LogQuery asks for entries of a provisioning log.
type LogQuery struct {
	From, To time.Time // from From on, and older than To
	User     string    // an id, userName, displayName or externalId; "" for all
	Limit    int

	status statuses
	before string // where the page before ended
}

// statuses are those from the least to the most.
type statuses struct{ least, most int }

func (s statuses) covers(status int) bool { return s.least <= status && status <= s.most }

// logQuery reads the parameters of a request for the log.
func logQuery(r *http.Request, now time.Time) (q LogQuery, err error) {
	values := r.URL.Query()
	after, limit, err := pageOf(r)
	if err != nil {
		return q, err
	}
	q.Limit, q.User = limit, values.Get("user")
	if q.To, err = instant(values, "to", now); err != nil {
		return q, err
	}
	if q.From, err = instant(values, "from", q.To.Add(-24*time.Hour)); err != nil {
		return q, err
	}
	if after != "" {
		err = q.resumed(after)
	} else if q.From.After(q.To) {
		err = invalid("from is later than to")
	}
	if err != nil {
		return q, err
	}
	q.From = later(q.From, now.Add(-provlog.Retention))
	if future := now.Add(time.Hour); q.To.After(future) { // clocks may differ that much
		q.To = future
	}
	q.status, err = statusesOf(values.Get("status"))
	return q, err
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func instant(values url.Values, name string, otherwise time.Time) (time.Time, error) {
	text := values.Get(name)
	if text == "" {
		return otherwise, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return at, invalid("%s must be a time such as 2026-01-31T08:00:00Z", name)
	}
	return at, nil
}

// statusesOf reads a status, a class of them or failed.
func statusesOf(text string) (statuses, error) {
	switch n, err := strconv.Atoi(text); {
	case text == "":
		return statuses{0, 599}, nil
	case text == "failed":
		return statuses{400, 599}, nil
	case err == nil && 100 <= n && n <= 599:
		return statuses{n, n}, nil
	case len(text) == 3 && '1' <= text[0] && text[0] <= '5' && text[1:] == "xx":
		least := 100 * int(text[0]-'0')
		return statuses{least, least + 99}, nil
	}
	return statuses{}, invalid("status must be a number such as 409, a class such as 4xx, or failed")
}
