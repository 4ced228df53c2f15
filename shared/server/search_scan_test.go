package server_test

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"

	"scimserver/shared/testkit"
	"scimserver/shared/testkit/canned"
)

// gauge measures the memory of the process during calls: after every few calls it counts the live
// objects.
type gauge struct {
	next  http.RoundTripper
	mu    sync.Mutex
	calls int
	peak  uint64
}

func (g *gauge) RoundTrip(r *http.Request) (*http.Response, error) {
	g.mu.Lock()
	if g.calls++; g.calls%16 == 0 {
		g.peak = max(g.peak, alive())
	}
	g.mu.Unlock()
	return g.next.RoundTrip(r)
}

// alive returns the bytes of the live objects.
func alive() uint64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// The memory of a search is limited by the page and by the calls in progress, not by the number of
// users: 30,000 users take 42 MB as stored, and several times that when parsed.
func TestMemoryOfScans(t *testing.T) { // not in parallel: others would use memory, too
	if testing.Short() {
		t.Skip("under the race detector a scan takes longer than it may, and other memory")
	}
	const bound = 64 // MB: the users of four calls, as stored, received, parsed and matched
	users := testkit.Size(100_000, 30_000)
	throng := newThrong(t, users)
	for _, path := range []string{
		// holds the ids before
		fmt.Sprint("/Users?count=100&startIndex=", users-99, "&filter=") + escape(`title eq "Tour Guide"`),
		"/Users?count=100&sortBy=userName&sortOrder=descending&cursor=",
	} {
		g := &gauge{next: canned.Transport(throng.answer)}
		s := serve(t, g)
		fetch(t, s, "/Users?count=0")
		before := alive()
		body := string(fetch(t, s, path+"&excludedAttributes=groups"))
		if !strings.Contains(body, fmt.Sprint(`"totalResults":`, users)) &&
			!strings.Contains(body, `"totalResults":0`) {
			t.Errorf("%s: %.200s", path, body)
		}
		if held := g.peak - min(g.peak, before); g.calls < users/1000 || held > bound<<20 {
			t.Errorf("%s: holds %d MB in %d calls, want at most %d MB", path, held>>20, g.calls, bound)
		} else {
			t.Logf("%s: holds %d MB in %d calls", path, held>>20, g.calls)
		}
	}
}

// A search that would read too many users is refused before it reads them.
func TestTooManyToScan(t *testing.T) { // P-3.4.2.1-3
	throng := newThrong(t, 300_000)
	c := newClient(t)
	c.server = serve(t, canned.Transport(throng.answer))
	for _, query := range []string{
		"?sortBy=title", "?filter=" + escape(`title eq "x"`), "?cursor=&filter=" + escape(`title eq "x"`),
	} {
		a := c.wants(c.send("GET", "/Users"+query, ""), 400, "tooMany")
		if calls := throng.take()["Query USER"]; calls > 160 {
			t.Errorf("%s: %d calls", query, calls)
		}
		if detail := a.Body.Get("detail").Text(); !strings.Contains(detail, "userName eq") {
			t.Errorf("detail %q", detail)
		}
	}
	fetch(t, c.server, "/Users?count=10&startIndex=250000")
}

// A union of equalities is found by keys.
func TestUnions(t *testing.T) { // P-3.4.2.2-17
	c := newClient(t)
	users, low, high, _ := c.nested()
	isB, isC := `id eq "`+users[1]+`"`, `id eq "`+users[2]+`"`
	const aOrB = `userName eq "a" or userName eq "b"`
	inLow, inHigh := `groups.value eq "`+id(low)+`"`, `groups.value eq "`+id(high)+`"`
	for filter, want := range map[string]string{
		aOrB:                                 "ab keys userName",
		`userName eq "a" or userName eq "A"`: "a keys userName",
		`(userName eq "a" or emails eq "x@y.z" or externalId eq "e") and active pr`: " keys userName emails externalId",
		`userName eq "a" or (title eq "x" and ` + isB + `)`:                         "a keys userName id",
		`userName eq "a" or (not (title eq "x") and ` + isB + `)`:                   "ab keys userName id",
		`id eq "` + users[0] + `" or ` + isB + ` or id eq "none"`:                   "ab keys id",
		`emails[value eq "x@y.z" or value eq "y@y.z"]`:                              " keys emails",
		inLow + ` or ` + inHigh:                                                     "abc keys groups",
		inLow + ` or userName eq "c"`:                                               "abc keys groups userName",
		inHigh + ` and (userName eq "c" or userName eq "none")`:                     "c keys userName",
		`groups[value eq "` + id(low) + `" or value eq "none"]`:                     "ab keys groups",
		`userName eq "a" or title eq "x"`:                                           "a scan",
		`not (userName eq "a")`:                                                     "bc scan",
		`userName sw "a"`:                                                           "a scan",
		`meta.resourceType eq "Group" and userName eq "a"`:                          " nothing",
		`userName eq "a" and meta.resourceType eq "User"`:                           "a keys userName",
		`meta.resourceType eq "User"`:                                               "abc scan",
		aOrB + ` or userName eq "c" and not (` + isC + `)`:                          "ab keys userName",
	} {
		names := map[string]string{users[0]: "a", users[1]: "b", users[2]: "c"}
		found := map[string]bool{}
		for _, id := range c.found("/Users?filter=", filter) {
			found[names[id]] = true
		}
		got := ""
		for _, name := range []string{"a", "b", "c"} {
			if found[name] {
				got += name
			}
		}
		if got += " " + c.cost().Plan; got != want {
			t.Errorf("%s: %s, want %s", filter, got, want)
		}
		for _, paging := range []string{"&count=1&startIndex=2", "&count=1&sortBy=userName", "&count=1&cursor="} {
			a := c.wants(c.send("GET", "/Users?filter="+escape(filter)+paging, ""), 200, "")
			if total := a.Body.Get("totalResults").Text(); total != fmt.Sprint(len(found)) {
				t.Errorf("%s%s: totalResults %s of %d", filter, paging, total, len(found))
			}
		}
	}
}
