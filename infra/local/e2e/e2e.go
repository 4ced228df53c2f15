// Package e2e drives a running local stack as an identity provider does. The
// end-to-end tests are in the folders below, one for each subject; a test there
// starts one stack and gives each of its parts a tenant.
package e2e

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"scimserver/infra/local/stack"
	"scimserver/shared/directory"
	"scimserver/shared/directory/verify"
	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/tenant"
	"scimserver/shared/testkit"
)

// PatchOp is the start of a PATCH body; the operations and a brace follow.
const PatchOp = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":`

// User is the body of a user who has a userName only.
func User(name string) string {
	return fmt.Sprintf(`{"schemas":[%q],"userName":%q}`, scim.UserSchema, name)
}

// Client sends requests to a stack with the credential of one tenant.
type Client struct {
	testing.TB
	Stack  *stack.Stack
	Tenant tenant.ID
	HTTP   *http.Client
	Header http.Header
}

// Stack starts a stack for a test, with a table of its own in the engine of testkit.Run.
func Stack(tb testing.TB, o stack.Options) *stack.Stack {
	tb.Helper()
	o.Engine = testkit.Endpoint(tb)
	o.Name = cmp.Or(o.Name, "test-"+rand.Text())
	s, err := stack.Start(tb.Context(), o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(s.Stop)
	return s
}

// Start starts a stack for a test, and returns a client of its first tenant.
func Start(tb testing.TB, o stack.Options) *Client {
	tb.Helper()
	s := Stack(tb, o)
	c := &Client{TB: tb, Stack: s, Tenant: "local", Header: http.Header{}}
	c.HTTP = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256}, Timeout: 2 * time.Minute}
	c.Header.Set("Content-Type", "application/scim+json; charset=utf-8")
	return c.With("Bearer " + s.Token())
}

// In returns the client for a subtest, so that a failure is reported as the subtest's.
func (c *Client) In(tb testing.TB) *Client {
	other := *c
	other.TB = tb
	return &other
}

// NewTenant returns a client of a new tenant, for a subtest. headers are pairs of
// name and value. The tenant has the same limit of requests as the first tenant.
func (c *Client) NewTenant(tb testing.TB, id tenant.ID, p tenant.Profile, headers ...string) *Client {
	tb.Helper()
	limits := tenant.DefaultLimits()
	limits.RequestsPerSecond, limits.Burst = 2000, 4000
	token, err := c.Stack.AddTenant(tb.Context(), tenant.Tenant{ID: id, Name: string(id), Profile: p, Limits: limits})
	if err != nil {
		tb.Fatal(err)
	}
	other := c.In(tb).With("Bearer " + token)
	other.Tenant = id
	for i := 0; i < len(headers); i += 2 {
		other.Header.Set(headers[i], headers[i+1])
	}
	return other
}

// With sends another Authorization header, or no header if it is "".
func (c *Client) With(authorization string) *Client {
	other := *c
	other.Header = c.Header.Clone()
	other.Header.Set("Authorization", authorization)
	if authorization == "" {
		other.Header.Del("Authorization")
	}
	return &other
}

// Answer is a response, its body read and parsed.
type Answer struct {
	Status int
	Header http.Header
	Body   scim.Value
}

// Send sends a request below the base URL. It may be called by many goroutines.
func (c *Client) Send(method, path, body string) Answer {
	c.Helper()
	return c.SendTo(method, c.Stack.BaseURL()+path, body)
}

// SendTo is like Send, but takes a whole URL.
func (c *Client) SendTo(method, url, body string) Answer {
	c.Helper()
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		c.Fatal(err)
	}
	r.Header = c.Header
	res, err := c.HTTP.Do(r)
	if err != nil {
		c.Errorf("%s %s: %v", method, url, err)
		return Answer{}
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		c.Errorf("%s %s: %v", method, url, err)
	}
	a := Answer{Status: res.StatusCode, Header: res.Header}
	if len(text) > 0 {
		if a.Body, err = scim.ParseJSON(text); err != nil || res.Header.Get("Content-Type") != scim.MediaType {
			c.Errorf("%s %s: %d %s: %q", method, url, res.StatusCode, res.Header.Get("Content-Type"), text)
		}
	}
	if a.Status >= 400 && a.Body.Get("status").Text() != strconv.Itoa(a.Status) {
		c.Errorf("%s %s: %d with body %s", method, url, a.Status, text)
	}
	return a
}

// Want sends a request and stops the test unless the status is as given.
func (c *Client) Want(status int, method, path, body string) scim.Value {
	c.Helper()
	a := c.Send(method, path, body)
	if a.Status != status {
		c.Fatalf("%s %s: %d, want %d: %s", method, path, a.Status, status, a.Body.JSON())
	}
	return a.Body
}

// Operate sends a signed request to the operator API and decodes its answer,
// whose status must be 200 or 201.
func (c *Client) Operate(method, path, body string, out any) {
	c.Helper()
	r, err := http.NewRequestWithContext(c.Context(), method, c.Stack.AdminURL()+"/v1"+path, strings.NewReader(body))
	if err != nil {
		c.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	sum := sha256.Sum256([]byte(body))
	payload := hex.EncodeToString(sum[:])
	operator, region := c.Stack.Operator(), c.Stack.Region()
	err = v4.NewSigner().SignHTTP(c.Context(), operator, r, payload, "execute-api", region, time.Now())
	if err != nil {
		c.Fatal(err)
	}
	res, err := c.HTTP.Do(r)
	if err != nil {
		c.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err == nil {
		err = json.Unmarshal(text, out)
	}
	if err != nil || res.StatusCode >= 300 {
		c.Fatalf("%s %s: %d, %v: %s", method, path, res.StatusCode, err, text)
	}
}

// Directory opens the table directly, without the functions.
func (c *Client) Directory() *directory.Directory {
	c.Helper()
	d, err := directory.Open(directory.Options{Table: c.Stack.TableName(), Endpoint: c.Stack.EngineEndpoint()})
	if err != nil {
		c.Fatal(err)
	}
	return d
}

// Counts expects numbers of users and groups in the client's tenant.
func (c *Client) Counts(users, groups int) {
	c.Helper()
	of := c.Directory().For(c.Tenant)
	for kind, want := range map[directory.Kind]int{directory.UserKind: users, directory.GroupKind: groups} {
		if n, err := of.Count(c.Context(), kind); n != want || err != nil {
			c.Errorf("%d of kind %v, %v; want %d", n, kind, err, want)
		}
	}
}

// Verify checks the whole table directly. Nothing else may write meanwhile.
func (c *Client) Verify() verify.Report {
	c.Helper()
	db, err := table.Open(table.Options{Name: c.Stack.TableName(), Endpoint: c.Stack.EngineEndpoint()})
	if err != nil {
		c.Fatal(err)
	}
	report, err := verify.Table(c.Context(), db)
	if err != nil {
		c.Fatal(err)
	}
	for _, finding := range report.Findings {
		c.Error(finding)
	}
	return report
}
