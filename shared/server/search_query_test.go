package server_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/server"
	"scimserver/shared/tenant"
	"scimserver/shared/testkit"
)

func TestQuery(t *testing.T) { // P-3.4.2-1, P-3.4.2-10
	c := newClient(t)
	for i := range 5 {
		c.create("u"+strconv.Itoa(i), "")
	}
	none, u, all := escape(`userName eq "none"`), escape(`userName sw "u"`), escape(`userName pr`)
	for query, want := range map[string]string{
		"":         `"totalResults":5,"startIndex":1,"itemsPerPage":5,"Resources":[{`, // P-3.4.2-5
		"?foo=bar": `"totalResults":5,"startIndex":1,"itemsPerPage":5,"Resources":[{`, // P-3.4.2-2
		// P-3.4.2-6, P-3.4.2-7, P-3.4.2.4-9
		"?count=2": `"totalResults":5,"startIndex":1,"itemsPerPage":2,"Resources":[{`,
		// P-3.4.2.4-10
		"?count=2&startIndex=5": `"totalResults":5,"startIndex":5,"itemsPerPage":1,"Resources":[{`,
		"?count=0":              `"totalResults":5,"startIndex":1,"itemsPerPage":0,"Resources":[]`,
		// P-3.4.2-8
		"?filter=" + none:              `"totalResults":0,"startIndex":1,"itemsPerPage":0,"Resources":[]`,
		"?count=2&filter=" + u:         `"totalResults":5,"startIndex":1,"itemsPerPage":2,"Resources":[{`,
		"?filter=" + u + "&x=y":        `"totalResults":5,"startIndex":1,"itemsPerPage":5,"Resources":[{`,
		"?startIndex=9&filter=" + all:  `"totalResults":5,"startIndex":9,"itemsPerPage":0,"Resources":[]`,
		"?startIndex=-1&filter=" + all: `"totalResults":5,"startIndex":1,"itemsPerPage":5,"Resources":[{`,
	} {
		if a := c.send("GET", "/Users"+query, ""); !strings.Contains(a.Text, want) {
			t.Errorf("%s: %.200s, want %s", query, a.Text, want)
		}
	}
}

// TestBlankParameters: a parameter without a value is ignored, except by the profile strict.
func TestBlankParameters(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.wants(c.send("GET", "/Users?filter=", ""), 400, "invalidFilter") // P-3.4.2.2-24, profile strict
	c.wants(c.send("GET", "/Schemas?filter=", ""), 403, "")
	c.origin.Caller.Profile = tenant.Generic
	c.create("ann", "")
	c.create("bob", "")
	blank := `{"schemas":["` + scim.SearchRequestMessage + `"],"filter":"","sortBy":"","sortOrder":"",` +
		`"attributes":[],"count":2}`
	for _, tt := range []struct{ method, path, body string }{
		{"GET", "/Users?filter=", ""},
		{"GET", "/Users?filter=&startIndex=1&count=100", ""},
		{"GET", "/Users?filter=%20", ""},
		{"GET", "/Users?filter=&startIndex=&count=&sortBy=&sortOrder=&attributes=&excludedAttributes=", ""},
		{"GET", "/Users?filter=&cursor=", ""},
		{"GET", "/Users?filter=&sortBy=userName", ""},
		{"POST", "/Users/.search", blank},
		{"POST", "/.search", blank},
	} {
		if a := c.wants(c.send(tt.method, tt.path, tt.body), 200, ""); a.Body.Get("totalResults").Text() != "2" {
			t.Errorf("%s %s: %s", tt.method, tt.path, a.Text)
		}
	}
	c.wants(c.send("GET", "/Schemas?filter=", ""), 200, "")
	c.wants(c.send("GET", "/Users?filter=&filter=id+pr", ""), 400, "invalidFilter")
	first := c.wants(c.send("GET", "/Users?filter=&cursor=&count=1", ""), 200, "").Body
	next := c.wants(c.send("GET", "/Users?count=1&cursor="+first.Get("nextCursor").Text(), ""), 200, "").Body
	one, two := first.Get("Resources").JSON(), next.Get("Resources").JSON()
	if one == two || len(next.Get("Resources").Items()) != 1 {
		t.Errorf("page 1 %s\npage 2 %s", one, two)
	}
	if !strings.Contains(c.log.String(), `"deviations":["empty-filter"]`) {
		t.Error("the log does not name the repair")
	}
}

// A backslash in a filter is written twice.
func TestBackslashInFilter(t *testing.T) { // P-3.4.2.2-25
	c := newClient(t)
	for _, profile := range []tenant.Profile{tenant.Strict, tenant.Generic} {
		c.origin.Caller.Profile = profile
		for _, filter := range []string{
			`userName eq "CORP\user.x"`, `userName eq "CORP\bob"`, `externalId eq "CORP\nancy"`,
			`emails[value eq "CORP\u0041\tom"]`,
		} {
			a := c.wants(c.search(filter), 400, "invalidFilter")
			if !strings.Contains(a.Body.Get("detail").Text(), "write each backslash") ||
				!strings.Contains(a.Text, "twice") {
				t.Errorf("%s: %s", filter, a.Text)
			}
		}
	}
	c.create(`CORP\\bob`, "")
	if a := c.search(`userName eq "CORP\\bob"`); a.Body.Get("totalResults").Text() != "1" {
		t.Errorf("written twice: %s", a.Text)
	}
}

// Pages that are fetched in any order together have all users, with a filter and without.
func TestPages(t *testing.T) { // P-3.4.2.4-13, P-3.4.2.4-1, P-3.4.2.4-9, P-3.4.2-7
	c := newClient(t)
	want := map[string]bool{}
	for i := range 5 {
		want[id(c.create("u"+strconv.Itoa(i), ""))] = true
	}
	for _, filter := range []string{"", "&filter=" + escape(`userName sw "u"`)} {
		got, order := map[string]bool{}, []int{5, 1, 3}
		for _, start := range order {
			a := c.send("GET", "/Users?count=2&startIndex="+strconv.Itoa(start)+filter, "")
			page := a.Body.Get("Resources").Items()
			if len(page) != min(2, 6-start) {
				t.Errorf("page at %d%s has %d", start, filter, len(page))
			}
			for _, user := range page {
				got[user.Get("id").Text()] = true
			}
		}
		if !maps.Equal(got, want) {
			t.Errorf("pages%s hold %v, want %v", filter, got, want)
		}
	}
}

// many makes a tenant of one user look endless: every page of users has that user a thousand times,
// and a next page.
type many struct {
	next http.RoundTripper
	mu   sync.Mutex
	page []byte
}

func (m *many) RoundTrip(r *http.Request) (*http.Response, error) {
	sent, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(sent))
	m.mu.Lock()
	defer m.mu.Unlock()
	if !strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".Query") || !bytes.Contains(sent, []byte(`"T#acme#USER"`)) {
		return m.next.RoundTrip(r)
	}
	if m.page == nil {
		if err := m.multiply(r); err != nil {
			return nil, err
		}
	}
	header := http.Header{"Content-Type": {"application/x-amz-json-1.0"}}
	return &http.Response{
		StatusCode: http.StatusOK, Header: header, Body: io.NopCloser(bytes.NewReader(m.page)), Request: r,
	}, nil
}

// multiply makes the page from the real one.
func (m *many) multiply(r *http.Request) error {
	answer, err := m.next.RoundTrip(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	var found struct{ Items []map[string]any }
	if err := json.NewDecoder(answer.Body).Decode(&found); err != nil {
		return err
	}
	one := found.Items[0]
	m.page, err = json.Marshal(map[string]any{
		"Items":            slices.Repeat(found.Items, directory.MaxResults),
		"LastEvaluatedKey": map[string]any{"PK": one["PK"], "SK": one["SK"]},
	})
	return err
}

func TestTooMany(t *testing.T) { // P-3.4.2.1-3, P-3.12-17
	table := testkit.Table(t)
	c := newClient(t, func(o *server.Options) { o.Directory = open(t, table, &many{next: http.DefaultTransport}) })
	c.create("ann", "")
	a := c.wants(c.search(`title co "x"`), 400, "tooMany")
	detail := a.Body.Get("detail").Text()
	if !strings.Contains(detail, strconv.Itoa(directory.MaxScanned)) || !strings.Contains(detail, "userName eq") {
		t.Errorf("detail %q", detail)
	}
	if !a.Body.Get("Resources").IsEmpty() || a.Body.Get("schemas").JSON() != `["`+scim.ErrorMessage+`"]` {
		t.Errorf("%s", a.Text)
	}
}
