// Package trace stores SCIM requests of a tenant with their answers, while an operator looks for the
// cause of a problem. Passwords and other values that a schema says are never returned are not
// stored. Values of other attributes in the tenant's schemas are stored only if the operator asked for
// them. Of all other values, a stored request shows only the type and length. It always shows attribute
// names, operators and paths. Stored requests expire after a day.
package trace

import (
	"net/http"
	"net/url"
	"time"

	"scimserver/shared/tenant"
)

const (
	// MaxRequests is the number of requests that one trace stores at most.
	MaxRequests = 200
	// Retention is how long stored requests are kept.
	Retention = 24 * time.Hour
	// MaxDuration is the longest time for which a trace can be switched on.
	MaxDuration = 24 * time.Hour
	// MaxBody is the size in bytes at which a stored body is cut, after its values are replaced.
	MaxBody = 16 << 10
	// MaxParsed is the size in bytes above which a body is not read: only its size is stored.
	MaxParsed = 1 << 20
)

// Request is a stored request with its answer.
type Request struct {
	// Position is the value of after for the requests that follow. It is not stored in the record.
	Position     string       `json:"position"`
	Time         time.Time    `json:"time"`    // of the request's arrival
	ID           string       `json:"request"` // the id that API Gateway gave
	Credential   tenant.KeyID `json:"credential,omitempty"`
	Method       string       `json:"method"`
	Path         string       `json:"path"`
	Query        string       `json:"query,omitempty"` // without percent-encoding
	Status       int          `json:"status"`
	Milliseconds float64      `json:"ms"`
	Sent         Message      `json:"sent"`
	Answer       Message      `json:"answer"`
}

// recorded is the time at which a request was stored, by the clock of the function that stored it.
func (r Request) recorded() time.Time {
	return r.Time.Add(time.Duration(r.Milliseconds * float64(time.Millisecond)))
}

// Message is what is stored of a request or an answer.
type Message struct {
	Headers map[string]string `json:"headers,omitempty"`
	Size    int               `json:"size"` // of the original body, in bytes
	Body    string            `json:"body,omitempty"`
	Cut     bool              `json:"cut,omitempty"`  // Body ends after MaxBody bytes
	Note    string            `json:"note,omitempty"` // why there is no body
}

// Exchange is a request and its answer as a function saw them.
type Exchange struct {
	Time         time.Time
	Took         time.Duration
	ID           string
	Credential   tenant.KeyID
	Method       string
	URL          *url.URL
	Header       http.Header
	Body         []byte // may end after MaxParsed bytes
	Size         int    // of the whole body
	Status       int
	AnswerHeader http.Header
	Answer       []byte
}

// Record returns what is stored of an exchange. Values and values in filters are replaced unless
// values is set. Secrets are always replaced. So are the values of attributes that names does not
// define, because no schema says whether they are secrets.
func Record(x Exchange, names Names, values bool) Request {
	r := &redactor{Names: names, values: values, left: maxWork}
	out := Request{
		Time: x.Time.UTC().Truncate(time.Millisecond), ID: x.ID, Credential: x.Credential,
		Method: MethodName(x.Method), Path: r.path(x.URL.Path), Query: r.query(x.URL.RawQuery),
		Status: x.Status, Milliseconds: float64(x.Took.Microseconds()) / 1000,
	}
	out.Sent = r.message(x.Body, x.Size)
	out.Sent.Headers = r.headers(x.Header, sentHeaders)
	r.answer, r.left = true, maxWork
	out.Answer = r.message(x.Answer, len(x.Answer))
	out.Answer.Headers = r.headers(x.AnswerHeader, answerHeaders)
	return out
}

// MethodName returns a standard method's name, and "other" for names that clients invent.
func MethodName(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
		http.MethodOptions:
		return method
	}
	return "other"
}
