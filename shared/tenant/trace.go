package tenant

import (
	"strconv"
	"strings"
	"time"
)

// Trace says that a tenant's requests are recorded. The zero value says that they are not.
type Trace struct {
	Began  time.Time // accurate to the millisecond; identifies the trace within the tenant
	End    time.Time // accurate to the second
	Values bool      // values are recorded as well, except secrets
}

// On reports whether requests are recorded at now.
func (t Trace) On(now time.Time) bool { return !t.End.IsZero() && now.Before(t.End) }

// String returns the trace as text, for the tenant's record and the authorizer's context. It is ""
// for the zero value. ParseTrace reads it.
func (t Trace) String() string {
	if t.End.IsZero() {
		return ""
	}
	text := strconv.FormatInt(t.Began.UnixMilli(), 10) + " " + strconv.FormatInt(t.End.Unix(), 10)
	if t.Values {
		text += " " + traceValues
	}
	return text
}

const traceValues = "values"

// ParseTrace reads what String wrote. It returns the zero value for any other text.
func ParseTrace(s string) Trace {
	if s == "" {
		return Trace{}
	}
	began, rest, _ := strings.Cut(s, " ")
	end, option, _ := strings.Cut(rest, " ")
	from, err := strconv.ParseInt(began, 10, 64)
	if err != nil {
		return Trace{}
	}
	to, err := strconv.ParseInt(end, 10, 64)
	if err != nil {
		return Trace{}
	}
	return Trace{Began: time.UnixMilli(from).UTC(), End: time.Unix(to, 0).UTC(), Values: option == traceValues}
}
