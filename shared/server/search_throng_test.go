package server_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
	"scimserver/shared/server"
	"scimserver/shared/tenant"
	"scimserver/shared/testkit/canned"
)

// throng is a transport that answers DynamoDB's calls about a tenant of many users. It makes each user
// when it is read, so that only the service uses memory.
type throng struct {
	users  int
	before string // of an item, up to its id
	name   string // from there to its name
	after  string // and the rest

	mu    sync.Mutex
	calls map[string]int // by operation and section of the table
	put   []kept
}

// kept is a stored item.
type kept struct {
	id   string
	item json.RawMessage
}

func newThrong(tb testing.TB, users int) *throng {
	tb.Helper()
	registry, err := schema.Standard()
	if err != nil {
		tb.Fatal(err)
	}
	const name = `"userName":"barbara.jensen@example.com"`
	v, err := scim.ParseJSON([]byte(strings.Replace(canned.User, name, `"userName":"NAME"`, 1)))
	if err != nil {
		tb.Fatal(err)
	}
	doc, err := registry.Type("User").Normalize(v, schema.Rules{})
	if err != nil {
		tb.Fatal(err)
	}
	quoted, err := json.Marshal(doc.JSON())
	if err != nil {
		tb.Fatal(err)
	}
	c := &throng{users: users, calls: map[string]int{}}
	c.before = `{"PK":{"S":"T#acme#USER"},"version":{"N":"1"},"created":{"S":"2026-11-23T13:20:14.154Z"},` +
		`"modified":{"S":"2026-11-23T13:20:14.154Z"},"SK":{"S":"`
	front, back, _ := strings.Cut(string(quoted), "NAME")
	c.name, c.after = `"},"doc":{"S":`+front, back+`}}`
	return c
}

// id returns the id of a user. The ids are evenly distributed and in order.
func (c *throng) id(i int) string {
	return fmt.Sprintf("%08x-0000-4000-8000-000000000000", uint64(i)<<32/uint64(c.users))
}

// from returns the number of the first user whose id is greater than a key.
func (c *throng) from(key string) int {
	return sort.Search(c.users, func(i int) bool { return c.id(i) > key })
}

func (c *throng) answer(call canned.Call) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls[strings.TrimSpace(call.Operation+" "+call.Section)]++
	switch call.Operation + call.Section {
	case "GetItem":
		return `{"Item":{"fold":{"N":"1"},"scope":{"S":"SYSTEM"},"secret":{"B":"c2VjcmV0"}}}`, nil
	case "QueryUSER":
		return c.query(call), nil
	case "QueryCOUNT":
		return fmt.Sprintf(`{"Items":[{"n":{"N":"%d"}}]}`, c.users), nil
	case "QueryPAGE":
		return c.latest(call.Limit), nil
	case "PutItem":
		c.keep(call.Item)
	}
	return "{}", nil
}

// keep stores an item.
func (c *throng) keep(item json.RawMessage) {
	var key struct{ SK struct{ S string } }
	_ = json.Unmarshal(item, &key) // the SDK sends no broken JSON
	c.put = slices.DeleteFunc(c.put, func(k kept) bool { return k.id == key.SK.S })
	c.put = append(c.put, kept{key.SK.S, item})
	slices.SortFunc(c.put, func(a, b kept) int { return strings.Compare(b.id, a.id) })
}

// latest returns the stored items with the greatest keys.
func (c *throng) latest(n int) string {
	var items []string
	for _, k := range c.put[:min(n, len(c.put))] {
		items = append(items, string(k.item))
	}
	return `{"Items":[` + strings.Join(items, ",") + `]}`
}

// query answers as DynamoDB does: with at most 1 MB, and at most the requested number of items.
func (c *throng) query(in canned.Call) string {
	from, to := 0, c.users
	if low, ok := in.ExpressionAttributeValues[":from"]; ok {
		from, to = c.from(low.S+"!"), c.from(in.ExpressionAttributeValues[":to"].S)
	}
	if after, ok := in.ExclusiveStartKey["SK"]; ok {
		from = c.from(after.S)
	}
	const megabyte = 1 << 20
	most := megabyte / 1400
	if in.Limit > 0 {
		most = min(in.Limit, most)
	}
	end := max(from, min(to, from+most))
	var b bytes.Buffer
	b.Grow(megabyte)
	b.WriteString(`{"Items":[`)
	for i := from; i < end; i++ {
		if i > from {
			b.WriteByte(',')
		}
		if in.ProjectionExpression != "" {
			b.WriteString(`{"SK":{"S":"` + c.id(i) + `"}}`)
			continue
		}
		b.WriteString(c.before + c.id(i) + c.name + "user" + strconv.Itoa(i) + c.after)
	}
	b.WriteString(`]`)
	if end < to {
		b.WriteString(`,"LastEvaluatedKey":{"PK":{"S":"T#acme#USER"},"SK":{"S":"` + c.id(end-1) + `"}}`)
	}
	b.WriteString(`}`)
	return b.String()
}

// take returns the calls since the last time.
func (c *throng) take() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	calls := c.calls
	c.calls = map[string]int{}
	return calls
}

// serve makes a server of users on a transport.
func serve(tb testing.TB, transport http.RoundTripper, change ...func(*directory.Options)) *server.Server {
	tb.Helper()
	registry, err := schema.Standard()
	if err != nil {
		tb.Fatal(err)
	}
	o := directory.Options{Table: "t", Endpoint: "http://127.0.0.1:1", Client: &http.Client{Transport: transport}}
	for _, f := range change {
		f(&o)
	}
	dir, err := directory.Open(o)
	if err != nil {
		tb.Fatal(err)
	}
	return server.New(server.Options{Registry: registry, Directory: dir, Log: slog.New(slog.DiscardHandler)},
		server.Users, server.Bulk)
}

// fetch sends a GET as tenant acme and returns the body.
func fetch(tb testing.TB, s *server.Server, path string) []byte {
	tb.Helper()
	r := httptest.NewRequest("GET", base+path, nil)
	origin := server.Origin{
		BaseURL: base,
		Caller: tenant.Caller{
			Tenant: "acme", Credential: "k1", Profile: tenant.Generic, Scopes: []tenant.Scope{tenant.Read},
		},
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r.WithContext(server.WithOrigin(r.Context(), origin)))
	if w.Code != http.StatusOK {
		tb.Fatalf("%s: %d %.300s", path, w.Code, w.Body)
	}
	return w.Body.Bytes()
}
