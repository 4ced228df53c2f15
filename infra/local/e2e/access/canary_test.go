package access_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"scimserver/infra/local/e2e"
	"scimserver/infra/local/stack"
	"scimserver/shared/tenant"
)

// The values that no log line may hold: of attributes, in texts of all kinds, and
// of passwords. Tokens and secrets join them as they are made.
const (
	value    = "Kanari1VALUE"
	password = "Kanari2PASSWORD"
)

// TestNoSecretIsLogged runs the whole service, well and badly, and looks at every
// line that any function wrote.
func TestNoSecretIsLogged(t *testing.T) { // P-7.5.2-3, S-9.2-1
	var broken atomic.Bool
	var log bytes.Buffer
	p := newIDP(t, stack.Options{
		Log:        &log,
		Parameters: map[string]string{"PasswordStorage": "store", "LogLevel": "DEBUG", "AuthorizerCacheSeconds": "0"},
		Transport: func(next http.RoundTripper) http.RoundTripper {
			return roundTripper(func(r *http.Request) (*http.Response, error) {
				if broken.Load() && stack.Caller(r) == "UsersFunction" {
					return invalid(r), nil
				}
				return next.RoundTrip(r)
			})
		},
	})
	secrets := append(p.credentials(), value, password)
	p.requests(http.StatusInternalServerError - 1)
	broken.Store(true)
	p.requests(http.StatusServiceUnavailable)
	if err := p.Stack.RunSchedules(t.Context()); err != nil {
		t.Error(err)
	}
	p.Stack.Stop()
	for _, name := range []string{"users |", "groups |", "me |", "authorizer |", "token |", "admin |", "changes |"} {
		if !strings.Contains(log.String(), name) {
			t.Errorf("no line of %s: the test did not see what it should", name)
		}
	}
	for line := range strings.Lines(log.String()) {
		for _, secret := range secrets {
			if holds(line, secret) {
				t.Errorf("%q is in the line %s", secret, line)
			}
		}
	}
}

// holds reports whether a line has a secret in it, as it is or encoded.
func holds(line, secret string) bool {
	for _, form := range []string{
		secret, base64.StdEncoding.EncodeToString([]byte(secret))[:len(secret)],
		hex.EncodeToString([]byte(secret)), url.QueryEscape(secret),
	} {
		if strings.Contains(strings.ToLower(line), strings.ToLower(form)) {
			return true
		}
	}
	return false
}

// invalid is an answer by which DynamoDB refuses a call that it does not understand.
func invalid(r *http.Request) *http.Response {
	return &http.Response{
		StatusCode: http.StatusBadRequest, Request: r,
		Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}},
		Body: io.NopCloser(strings.NewReader(`{"__type":"com.amazon.coral.validate#ValidationException",` +
			`"message":"no"}`)),
	}
}

// secretPart is what of a token nobody may know: a key id is in every line.
func secretPart(token string) string {
	if signature := strings.LastIndex(token, "."); signature >= 0 {
		return token[signature+1:]
	}
	return token[strings.LastIndex(token, "_")+1:]
}

// credentials uses all kinds of credentials, good and bad ones, and returns the secrets in them.
func (p *idp) credentials() (secrets []string) {
	p.Helper()
	note := func(text string) string {
		secrets = append(secrets, secretPart(text))
		return text
	}
	expired, _ := p.issue(tenant.Credential{Expires: time.Now().Add(-time.Hour)})
	unknown, _ := tenant.Issue("local", nil, time.Now(), time.Time{})
	secret, c := p.issue(tenant.Credential{Kind: tenant.ClientSecret})
	_, signed := p.exchange(string(c.Client), note(secret), "")
	forged := signed[:len(signed)-8] + "AAAAAAAA"
	made := p.makeToken(`{"scopes":["read"]}`)
	for _, token := range []string{p.Stack.Token(), expired, unknown, secret, signed, forged, made} {
		p.With("Bearer "+note(token)).Send("GET", "/Users?count=1", "")
	}
	p.exchange(string(c.Client), note(unknown), "")
	p.exchange(value, secret, value)
	p.With("Basic "+value).Send("GET", "/Users", "")
	return secrets
}

// makeToken makes a credential by the operator API and returns its token.
func (p *idp) makeToken(body string) string {
	p.Helper()
	var made struct{ Secret string }
	p.Operate("POST", "/tenants/local/credentials", body, &made)
	if made.Secret == "" {
		p.Fatal("no secret in the answer")
	}
	return made.Secret
}

// requests sends values in every place that a request has for them. No answer is
// worse than a status, but 501.
func (p *idp) requests(worst int) {
	p.Helper()
	full := `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],` +
		`"userName":"` + value + `","externalId":"` + value + `","password":"` + password +
		`","title":"` + value + `","name":{"familyName":"` + value + `"},"emails":[{"value":"` + value +
		`@example.com"}],"unknown ` + value + `":"` + value + `"}` // the log names what can be an attribute
	id := p.Send("POST", "/Users", full).Body.Get("id").Text()
	group := `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],` +
		`"displayName":"` + value + `","members":[{"value":"` + id + `","display":"` + value + `"}]}`
	circle := p.Send("POST", "/Groups", group).Body.Get("id").Text()
	filter := url.QueryEscape(`userName eq "` + value + `" and title co "` + value + `"`)
	for _, c := range [][3]string{
		{"POST", "/Users", full},
		{"POST", "/Users", `{"userName":"` + value},
		{"POST", "/Users", `{"active":"` + value + `"}`},
		{"PUT", "/Users/" + id, full},
		{"PATCH", "/Users/" + id, e2e.PatchOp + `[{"op":"replace","path":"password","value":"` + password + `"}]}`},
		{"PATCH", "/Users/" + id, e2e.PatchOp + `[{"op":"` + value + `","path":"` + value + `[","value":"` + value +
			`"}]}`},
		{"GET", "/Users?filter=" + filter, ""},
		{"GET", "/Groups?filter=displayName+eq+%22" + value + "%22", ""},
		{"GET", "/Users?filter=" + value + "+xx+%22" + value, ""},
		{"GET", "/Users?attributes=" + value + "&count=" + value, ""},
		{"GET", "/Users/" + value, ""},
		{"GET", "/" + value, ""},
		{"GET", "/../" + value, ""},
		{value, "/Users", full},
		{"POST", "/Groups", group},
		{"GET", "/Me?" + value, full},
		{"POST", "/Bulk", full},
		{"POST", "/Users/.search", full},
		{"PATCH", "/Groups/" + circle, e2e.PatchOp + `[{"op":"add","path":"members","value":[{"value":"` + value +
			`"}]}]}`},
		{"DELETE", "/Groups/" + circle, ""},
		{"GET", "/Schemas/" + value, ""},
		{"GET", "/ResourceTypes?filter=" + value, ""},
		{"GET", "/ServiceProviderConfig?" + value, ""},
	} {
		a := p.Send(c[0], c[1], c[2])
		if strings.Contains(a.Body.JSON(), password) || a.Status > worst && a.Status != http.StatusNotImplemented {
			p.Errorf("%s %s: %d %s", c[0], c[1], a.Status, a.Body.JSON())
		}
	}
	odd := p.With(p.Header.Get("Authorization"))
	for _, header := range []string{"Content-Type", "If-Match", "If-None-Match", "Accept", "X-" + value, "User-Agent"} {
		odd.Header.Set(header, value)
	}
	odd.Send("PUT", "/Users/"+id, full)
	p.Send("DELETE", "/Users/"+id, "")
}
