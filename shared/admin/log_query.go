package admin

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"scimserver/shared/provlog"
)

// LogQuery selects entries of a provisioning log.
type LogQuery struct {
	From, To time.Time // From is inclusive, To exclusive
	// User is an id, userName, displayName, email or externalId; "" means all. It selects entries
	// about a user or group and those about its memberships.
	User  string
	Group string // the same for a group or team, but only the entries about it; "" means all
	Limit int

	status statusRange
	before string // where the previous page ended
}

// statusRange is a range of HTTP statuses, both ends included.
type statusRange struct{ least, most int }

func (s statusRange) covers(status int) bool { return s.least <= status && status <= s.most }

// logQuery reads the parameters of a request for the log.
func logQuery(r *http.Request, now time.Time) (q LogQuery, err error) {
	values := r.URL.Query()
	after, limit, err := pageOf(r)
	if err != nil {
		return q, err
	}
	q.Limit, q.User, q.Group = limit, values.Get("user"), values.Get("group")
	if q.To, err = parseTime(values, "to", now); err != nil {
		return q, err
	}
	if q.From, err = parseTime(values, "from", q.To.Add(-24*time.Hour)); err != nil {
		return q, err
	}
	if after != "" {
		err = q.continueAfter(after)
	} else if q.From.After(q.To) {
		err = invalid("from is later than to")
	}
	if err != nil {
		return q, err
	}
	q.From = latest(q.From, now.Add(-provlog.Retention))
	if future := now.Add(time.Hour); q.To.After(future) { // clocks may differ
		q.To = future
	}
	q.status, err = parseStatusRange(values.Get("status"))
	return q, err
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func parseTime(values url.Values, name string, otherwise time.Time) (time.Time, error) {
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

// parseStatusRange reads a status such as 409, a class such as 4xx, or failed.
func parseStatusRange(text string) (statusRange, error) {
	switch n, err := strconv.Atoi(text); {
	case text == "":
		return statusRange{0, 599}, nil
	case text == "failed":
		return statusRange{400, 599}, nil
	case err == nil && 100 <= n && n <= 599:
		return statusRange{n, n}, nil
	case len(text) == 3 && '1' <= text[0] && text[0] <= '5' && text[1:] == "xx":
		least := 100 * int(text[0]-'0')
		return statusRange{least, least + 99}, nil
	}
	return statusRange{}, invalid("status must be a number such as 409, a class such as 4xx, or failed")
}
