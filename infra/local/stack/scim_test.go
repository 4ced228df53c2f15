package stack_test

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"testing"

	"scimserver/infra/local/stack"
	"scimserver/shared/directory/verify"
	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// idp sends requests to a running stack as an identity provider does.
type idp struct {
	testing.TB
	stack  *stack.Stack
	client *http.Client
	header http.Header
}

func newIDP(tb testing.TB, o stack.Options, headers ...string) *idp {
	tb.Helper()
	s, err := stack.Start(tb.Context(), o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(s.Stop)
	p := &idp{TB: tb, stack: s, header: http.Header{}, client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256}}}
	p.header.Set("Authorization", "Bearer "+s.Token())
	p.header.Set("Content-Type", "application/scim+json; charset=utf-8")
	for i := 0; i < len(headers); i += 2 {
		p.header.Set(headers[i], headers[i+1])
	}
	return p
}

// answer is a response, its body read and parsed.
type answer struct {
	status int
	header http.Header
	body   scim.Value
}

// send sends a request. It may be called by many goroutines.
func (p *idp) send(method, path, body string) answer {
	p.Helper()
	r, err := http.NewRequest(method, p.stack.BaseURL()+path, bytes.NewReader([]byte(body)))
	if err != nil {
		p.Fatal(err)
	}
	r.Header = p.header
	res, err := p.client.Do(r)
	if err != nil {
		p.Errorf("%s %s: %v", method, path, err)
		return answer{}
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		p.Errorf("%s %s: %v", method, path, err)
	}
	a := answer{status: res.StatusCode, header: res.Header}
	if len(text) > 0 {
		if a.body, err = scim.ParseJSON(text); err != nil || res.Header.Get("Content-Type") != scim.MediaType {
			p.Errorf("%s %s: %d %s: %q", method, path, res.StatusCode, res.Header.Get("Content-Type"), text)
		}
	}
	if a.status >= 400 && a.body.Get("status").Text() != strconv.Itoa(a.status) {
		p.Errorf("%s %s: %d with body %s", method, path, a.status, text)
	}
	return a
}

// want sends a request and stops the test unless the status is as given.
func (p *idp) want(status int, method, path, body string) scim.Value {
	p.Helper()
	a := p.send(method, path, body)
	if a.status != status {
		p.Fatalf("%s %s: %d, want %d: %s", method, path, a.status, status, a.body.JSON())
	}
	return a.body
}

// verify checks the whole table past the functions, and returns what it counted.
func (p *idp) verify() verify.Report {
	p.Helper()
	db, err := table.Open(table.Options{Name: p.stack.TableName(), Endpoint: p.stack.EngineEndpoint()})
	if err != nil {
		p.Fatal(err)
	}
	report, err := verify.Table(p.Context(), db)
	if err != nil {
		p.Fatal(err)
	}
	for _, problem := range report.Problems {
		p.Error(problem)
	}
	return report
}
