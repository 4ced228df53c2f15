package server_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"scimserver/shared/server"
	"scimserver/shared/testkit"
)

func TestPasswords(t *testing.T) { // P-5-2, S-4.1.1-12
	var seen []string
	c := newClient(t, func(o *server.Options) {
		o.Passwords = func(clear string) (string, error) { seen = append(seen, clear); return "$hash$", nil }
	})
	a := c.create("ann", `,"password":"pass\u00a0wörd"`)
	path := "/Users/" + id(a)
	c.wants(c.send("PUT", path, user("ann", `,"password":"pass wo\u0308rd"`)), 200, "")
	if len(seen) != 2 || seen[0] != "pass wörd" || seen[1] != seen[0] {
		t.Errorf("hashed %q", seen)
	}
	b := c.send("GET", path, "")
	if strings.Contains(b.Text, "hash") || strings.Contains(b.Text, "pass") || b.Header.Get("ETag") != `W/"2"` {
		t.Errorf("%s", b.Text)
	}
	if b := c.send("PUT", path, user("ann", "")); b.Header.Get("ETag") != `W/"2"` { // P-3.5.1-16
		t.Errorf("a PUT without password moved the version: %s", b.Text)
	}
	for _, tt := range []struct{ operation, version string }{
		{`{"op":"replace","path":"title","value":"Dr"}`, `W/"3"`},
		{`{"op":"remove","path":"password"}`, `W/"4"`}, // P-3.5.2.2-2
		{`{"op":"remove","path":"password"}`, `W/"4"`}, // P-3.5.2.2-12
		{`{"op":"add","path":"password","value":"new"}`, `W/"5"`},
		{`{"op":"replace","value":{"password":null}}`, `W/"6"`},
		{`{"op":"replace","value":{"password":null}}`, `W/"6"`},
	} {
		if b := c.patch(a, "["+tt.operation+"]"); b.StatusCode != 200 || b.Header.Get("ETag") != tt.version {
			t.Errorf("%s: version %s, want %s: %s", tt.operation, b.Header.Get("ETag"), tt.version, b.Text)
		}
	}
	if len(seen) != 3 || seen[2] != "new" {
		t.Errorf("hashed %q", seen)
	}
}

// recorder keeps what is sent to DynamoDB.
type recorder struct {
	mu   sync.Mutex
	sent strings.Builder
}

func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	r.sent.Write(body)
	r.mu.Unlock()
	request.Body = io.NopCloser(bytes.NewReader(body))
	return http.DefaultTransport.RoundTrip(request)
}

// No answer, log line or stored item contains a password, only the stored user contains its hash, and
// no filter can test it.
func TestPasswordsStayInside(t *testing.T) { // S-4.1.1-10, S-7-14, S-7-16
	for _, store := range []func(string) (string, error){
		nil, func(string) (string, error) { return "$hash-canary", nil },
	} {
		table, sent := testkit.Table(t), &recorder{}
		c := newClient(t, func(o *server.Options) {
			o.Passwords = store
			o.Directory = open(t, table, sent)
		})
		a := c.create("ann", `,"password":"canary-1"`)
		answers := []answer{
			a, c.get(a), c.send("GET", "/Users", ""),
			// P-3.9-9
			c.send("GET", path(a)+"?attributes=password", ""), c.send("GET", "/Users?attributes=password,userName", ""),
			c.send("PUT", path(a), user("ann", `,"password":"canary-2"`)),
			c.patch(a, `[{"op":"replace","path":"password","value":"canary-3"}]`),
			c.patch(a, `[{"op":"add","value":{"password":"canary-4","active":"x"}}]`),
			c.send("POST", "/Users", user("ann", `,"password":"canary-5"`)),
			c.send("POST", "/Users", user("bob", `,"password":["canary-6"]`)),
		}
		// S-4.1.1-15, P-3.4.2.2-42, P-7.7-3
		for _, filter := range []string{
			`password eq "x"`, `password pr`, `password sw "c"`, `userName eq "ann" or password co "c"`,
		} {
			answers = append(answers, c.wants(c.search(filter), 400, "invalidFilter"))
		}
		for i, b := range answers {
			if strings.Contains(b.Text, "canary") || !b.Body.Get("password").IsEmpty() {
				t.Errorf("answer %d: %s", i, b.Text)
			}
		}
		// S-9.2-1
		if strings.Contains(sent.sent.String(), "canary-") ||
			strings.Contains(sent.sent.String(), "$hash") != (store != nil) {
			t.Errorf("sent to DynamoDB: %s", sent.sent.String())
		}
		if strings.Contains(c.log.String(), "canary") { // P-7.5.2-3
			t.Errorf("the log says %s", c.log)
		}
	}
}
