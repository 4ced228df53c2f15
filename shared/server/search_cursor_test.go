package server_test

import (
	"fmt"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"scimserver/shared/scim"
	"scimserver/shared/server"
	"scimserver/shared/table"
	"scimserver/shared/tenant"
)

// page requests a page by cursor, with further parameters in the URL of a GET, or further members
// in the message of a POST.
func (c *client) page(method, endpoint, more, cursor string, count int) answer {
	c.Helper()
	if method == "GET" {
		return c.send("GET", fmt.Sprintf("%s?count=%d&cursor=%s%s", endpoint, count, cursor, more), "")
	}
	return c.post(endpoint, fmt.Sprintf(`,"count":%d,"cursor":%q%s`, count, cursor, more))
}

// next returns the cursor of the next page, "" on the last page.
func next(a answer) string { return a.Body.Get("nextCursor").Text() }

// walk reads all pages by cursor. It returns the ids in the order of the pages, and the number of
// pages.
func (c *client) walk(method, endpoint, more string, count int) (ids []string, pages int) {
	c.Helper()
	unreserved := regexp.MustCompile(`^[A-Za-z0-9._~-]+$`)
	for cursor := ""; ; pages++ {
		a := c.wants(c.page(method, endpoint, more, cursor, count), 200, "")
		page := a.Body.Get("Resources")
		for _, r := range page.Items() {
			ids = append(ids, r.Get("id").Text())
		}
		n := len(page.Items())
		// C-2-5, C-2-10
		if a.Body.Get("itemsPerPage").Text() != strconv.Itoa(n) || n > count || page.Kind() != scim.Array {
			c.Errorf("page %d: %s", pages+1, a.Text)
		}
		if a.Body.Get("startIndex").Kind() != scim.Null {
			c.Errorf("page %d has a startIndex: %s", pages+1, a.Text)
		}
		if strings.Contains(a.Text, `"previousCursor"`) { // C-2-8
			c.Errorf("page %d has a previous cursor: %s", pages+1, a.Text)
		}
		if cursor = next(a); cursor == "" {
			if strings.Contains(a.Text, "nextCursor") {
				c.Errorf("the last page: %s", a.Text)
			}
			return ids, pages + 1
		}
		if !unreserved.MatchString(cursor) || pages > 100 { // C-2-2
			c.Fatalf("page %d: cursor %q", pages+1, cursor)
		}
	}
}

// crowd creates users, of whom each three have the same title, and returns their sorted ids.
func (c *client) crowd(n int) []string {
	c.Helper()
	var all []string
	for i := range n {
		all = append(all, id(c.create(fmt.Sprintf("u%02d", i), fmt.Sprintf(`,"title":"t%d"`, i/3))))
	}
	slices.Sort(all)
	return all
}

func TestCursorWalk(t *testing.T) { // C-2-12
	c := newClient(t)
	want := c.crowd(12)
	for _, both := range [][2]string{
		{"", ""},
		{"&filter=" + escape(`userName sw "u"`), `,"filter":` + enclose(`userName sw "u"`)},
		{"&sortBy=title", `,"sortBy":"title"`}, // C-2.2-1
		{
			"&sortBy=title&sortOrder=descending&attributes=userName",
			`,"sortBy":"title","sortOrder":"descending","attributes":["userName"]`,
		},
		{"&sortBy=nickName&filter=" + escape(`title pr`), `,"sortBy":"nickName","filter":"title pr"`},
	} {
		unpaged := strings.Fields(namesOf(c.send("GET", "/Users?"+strings.TrimPrefix(both[0], "&"), ""), "id"))
		for count, pages := range map[int]int{1: 12, 4: 3, 5: 3, 11: 2, 12: 1, 100: 1} {
			for method, more := range map[string]string{"GET": both[0], "POST": both[1]} { // C-3-1
				got, n := c.walk(method, "/Users", more, count)
				if !slices.Equal(got, unpaged) || n != pages { // C-2-6, C-2-7
					t.Errorf("%s %s by %d: %d in %d pages: %v, want %v", method, more, count, len(got), n, got, unpaged)
				}
			}
		}
		if slices.Sort(unpaged); !slices.Equal(unpaged, want) {
			t.Errorf("%s: unpaged %v", both[0], unpaged)
		}
	}
	// C-2-1, C-4-2
	for _, query := range []string{"?cursor&count=2", "?cursor=&count=2", "?count=2&cursor="} {
		a := c.wants(c.send("GET", "/Users"+query, ""), 200, "")
		if len(a.Body.Get("Resources").Items()) != 2 || next(a) == "" {
			t.Errorf("%s: %s", query, a.Text)
		}
	}
	if got, _ := c.walk("GET", "/Groups", "", 2); len(got) != 0 {
		t.Errorf("groups %v", got)
	}
}

func TestCursorCounts(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.crowd(5)
	// C-2-3, C-2-4
	for _, query := range []string{
		"?cursor=&count=0", "?cursor=&count=-1", "?cursor=&count=0&filter=" + escape("title pr"),
	} {
		a := c.wants(c.send("GET", "/Users"+query, ""), 200, "")
		if a.Body.Get("totalResults").Text() != "5" || a.Body.Get("itemsPerPage").Text() != "0" ||
			len(a.Body.Get("Resources").Items()) != 0 || strings.Contains(a.Text, "nextCursor") {
			t.Errorf("%s: %s", query, a.Text)
		}
	}
	for _, query := range []string{
		"?cursor=&count=2", "?cursor=&count=2&filter=" + escape(`title eq "t0"`),
		"?cursor=&count=2&sortBy=title",
	} {
		counted := c.send("GET", "/Users?count=0&"+strings.TrimPrefix(query, "?cursor=&count=2"), "")
		want := counted.Body.Get("totalResults").Text()
		first := c.send("GET", "/Users"+query, "")
		second := c.send("GET", "/Users"+strings.Replace(query, "cursor=", "cursor="+next(first), 1), "")
		for _, a := range []answer{first, second} {
			if total := a.Body.Get("totalResults"); total.Kind() != scim.Null && total.Text() != want { // C-2-9
				t.Errorf("%s: totalResults %s, want %s or none", query, total.Text(), want)
			}
		}
	}
	for _, query := range []string{"", "?count=2", "?startIndex=2"} { // C-2.4-1, C-2.4-2, C-4-3
		a := c.send("GET", "/Users"+query, "")
		if a.Body.Get("startIndex").Kind() != scim.Number || strings.Contains(a.Text, "nextCursor") {
			t.Errorf("%s: %s", query, a.Text)
		}
	}
}

func TestCursorErrors(t *testing.T) { // C-2.1-1
	c := newClient(t)
	c.crowd(6)
	const query = "/Users?count=2&sortBy=title&filter=title+pr&cursor="
	cursor := next(c.wants(c.send("GET", query, ""), 200, ""))
	again := c.wants(c.send("GET", query+cursor, ""), 200, "")
	for changed, scimType := range map[string]string{
		"/Users?count=2&sortBy=title&filter=userName+pr&cursor=":                   "invalidCursor", // C-2-11
		"/Users?count=2&sortBy=title&cursor=":                                      "invalidCursor",
		"/Users?count=2&filter=title+pr&cursor=":                                   "invalidCursor",
		"/Users?count=2&sortBy=userName&filter=title+pr&cursor=":                   "invalidCursor",
		"/Users?count=2&sortBy=title&sortOrder=descending&filter=title+pr&cursor=": "invalidCursor",
		"/Groups?count=2&sortBy=title&filter=title+pr&cursor=":                     "",
		"/Groups?count=2&cursor=":                                                  "invalidCursor",
		"/Users?count=3&sortBy=title&filter=title+pr&cursor=":                      "invalidCount", // C-2.1-4
		"/Users?count=2&startIndex=1&sortBy=title&filter=title+pr&cursor=":         "invalidValue", // C-2-14
		"/Users?count=two&sortBy=title&filter=title+pr&cursor=":                    "invalidCount",
		"/Users?count=99999999999999999999&sortBy=title&filter=title+pr&cursor=":   "invalidCount",
		"/Users?count=2&sortBy=title&filter=title+xx&cursor=":                      "invalidFilter",
	} {
		a := c.send("GET", changed+cursor, "")
		if a.StatusCode != 400 || scimType != "" && a.Body.Get("scimType").Text() != scimType {
			t.Errorf("%s: %d %s, want %s", changed, a.StatusCode, a.Text, scimType)
		}
	}
	c.wants(c.post("", `,"count":2,"cursor":"`+cursor+`"`), 400, "invalidCursor")
	// C-2.1-2
	for _, wrong := range []string{
		"x", cursor[:len(cursor)-1], cursor[1:], cursor + "A", strings.Repeat("A", 5000), "%00", "%22",
		strings.ToLower(cursor),
	} {
		c.wants(c.send("GET", query+wrong, ""), 400, "invalidCursor")
	}
	if a := c.send("GET", "/Users?cursor=&count=100000", ""); a.StatusCode != 200 { // cut to the maximum
		t.Errorf("%s", a.Text)
	}
	const noCount = "/Users?sortBy=title&filter=title+pr&cursor=" // is that of the first page
	if a := c.send("GET", noCount+cursor, ""); withoutCursor(a) != withoutCursor(again) {
		t.Errorf("%s", a.Text)
	}
	if now := c.send("GET", query+cursor, ""); withoutCursor(now) != withoutCursor(again) {
		t.Errorf("again %s, before %s", now.Text, again.Text)
	}
}

// TestCursorsAreNotKept: the service does not store cursors, so any number of them costs nothing.
func TestCursorsAreNotKept(t *testing.T) {
	c := newClient(t)
	c.crowd(3)
	for _, query := range []string{"?count=2&cursor=", "?count=2&sortBy=title&cursor="} {
		ctx, meter := table.WithMeter(t.Context())
		w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "https://any.host/scim/v2/Users"+query, nil)
		c.server.ServeHTTP(w, r.WithContext(server.WithOrigin(ctx, c.origin)))
		used := meter.Usage()
		if !strings.Contains(w.Body.String(), `"nextCursor"`) || used.Reads == 0 || used.Writes > 0 { // C-5.3-1
			t.Errorf("%s: used %+v for %s", query, used, w.Body)
		}
	}
}

func TestCursorForgery(t *testing.T) { // C-5.2-1, C-5.2-4, C-5.2-5, C-2.1-2
	c := newClient(t)
	c.crowd(4)
	const query = "/Users?count=2&cursor="
	cursor := next(c.send("GET", query, ""))
	invented := c.wants(c.send("GET", query+strings.Repeat("A", len(cursor)), ""), 400, "invalidCursor")
	for i := range cursor {
		other := "A"
		if cursor[i] == 'A' {
			other = "B"
		}
		if a := c.send("GET", query+cursor[:i]+other+cursor[i+1:], ""); a.Text != invented.Text || a.StatusCode != 400 {
			t.Errorf("character %d: %d %s", i, a.StatusCode, a.Text)
		}
	}
	mine := c.origin.Caller
	for _, other := range []tenant.Caller{
		{Tenant: "other", Credential: mine.Credential},
		{Tenant: mine.Tenant, Credential: "k2"},
	} {
		c.origin.Caller.Tenant, c.origin.Caller.Credential = other.Tenant, other.Credential
		if a := c.send("GET", query+cursor, ""); a.Text != invented.Text || a.StatusCode != 400 {
			t.Errorf("%v: %d %s", other, a.StatusCode, a.Text)
		}
	}
	c.origin.Caller = mine
	if strings.Contains(cursor, string(mine.Tenant)) || strings.Contains(c.log.String(), cursor) {
		t.Errorf("cursor %s", cursor)
	}
}

// Every page checks again what the caller may see.
func TestCursorRights(t *testing.T) { // C-5.2-2, C-5.2-3
	c := newClient(t)
	c.crowd(4)
	const query = "/Users?count=2&cursor="
	cursor := next(c.send("GET", query, ""))
	c.create("late", "")
	total := c.wants(c.send("GET", query+cursor, ""), 200, "").Body.Get("totalResults")
	if total.Kind() != scim.Null && total.Text() != "5" {
		t.Errorf("totalResults %s of 5", total.Text())
	}
	c.origin.Caller.Scopes = nil
	c.wants(c.send("GET", query+cursor, ""), 403, "")
	c.origin.Caller.Scopes, c.origin.Caller.Expires = []tenant.Scope{tenant.Read}, time.Now().Add(-time.Second)
	c.wants(c.send("GET", query+cursor, ""), 401, "")
}

func TestCursorExpiry(t *testing.T) { // C-2.1-3, C-4-4
	c := newClient(t)
	c.crowd(4)
	const query = "/Users?count=2&cursor="
	timeout, err := strconv.Atoi(c.config().Get("pagination").Get("cursorTimeout").Text())
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	c.server.Now = func() time.Time { return start }
	cursor := next(c.send("GET", query, ""))
	c.server.Now = func() time.Time { return start.Add(time.Duration(timeout-1) * time.Second) }
	c.wants(c.send("GET", query+cursor, ""), 200, "")
	c.server.Now = func() time.Time { return start.Add(time.Duration(timeout+1) * time.Second) }
	c.wants(c.send("GET", query+cursor, ""), 400, "expiredCursor")
	c.wants(c.send("GET", query+cursor[1:], ""), 400, "invalidCursor")
	c.wants(c.send("GET", query, ""), 200, "")
}

// A resource that nobody changes is on exactly one page.
func TestCursorWalkAmongChanges(t *testing.T) { // C-2-13
	for _, more := range []string{
		"", "&filter=" + escape(`userName sw "u"`), "&sortBy=userName", "&sortBy=title&sortOrder=descending",
	} {
		c := newClient(t)
		stays := map[string]int{}
		var goes []string
		for i, one := range c.crowd(15) {
			if stays[one] = 0; i%3 == 0 {
				goes = append(goes, one)
				delete(stays, one)
			}
		}
		cursor := ""
		for i := 0; i == 0 || cursor != ""; i++ {
			a := c.wants(c.page("GET", "/Users", more, cursor, 3), 200, "")
			for _, r := range a.Body.Get("Resources").Items() {
				stays[r.Get("id").Text()]++
			}
			if cursor = next(a); i < len(goes) {
				c.wants(c.send("DELETE", "/Users/"+goes[i], ""), 204, "")
				c.create(fmt.Sprintf("u%02dx", i*3), `,"title":"t2"`)
			}
		}
		for _, one := range goes {
			delete(stays, one)
		}
		for one, times := range stays {
			if times != 1 {
				t.Errorf("%s: %s came %d times", more, one, times)
			}
		}
	}
}

func TestPaginationConfig(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	config := c.config()
	// C-4-1, C-4-2, C-4-3
	want := `{"cursor":true,"index":true,"defaultPaginationMethod":"index","defaultPageSize":100,` +
		`"maxPageSize":1000,"cursorTimeout":3600}`
	if got := config.Get("pagination").JSON(); got != want {
		t.Errorf("%s", got)
	}
	// P-3.4.2.4-6
	if config.Get("pagination").Get("maxPageSize").Text() != config.Get("filter").Get("maxResults").Text() {
		t.Errorf("%s", config.JSON())
	}
	crowd := c.crowd(101)
	// P-3.4.2.4-7
	a := c.send("GET", "/Users", "")
	if a.Body.Get("itemsPerPage").Text() != "100" || a.Body.Get("totalResults").Text() != "101" {
		t.Errorf("%.200s", a.Text)
	}
	if got, pages := c.walk("GET", "/Users", "", 100); pages != 2 || !slices.Equal(got, crowd) {
		t.Errorf("%d users in %d pages", len(got), pages)
	}
}
