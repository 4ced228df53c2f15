package server_test

import (
	"fmt"
	"math"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"scimserver/shared/scim"
	"scimserver/shared/server"
	"scimserver/shared/table"
	"scimserver/shared/testkit"
)

// rounds counts rounds of parallel calls: it holds calls back until no more arrive, and then lets all of
// them continue. On a busy machine it may count too many rounds, but never too few.
type rounds struct {
	next    http.RoundTripper
	mu      sync.Mutex
	waiting []chan struct{}
	timer   *time.Timer
	n       int
}

func (s *rounds) RoundTrip(r *http.Request) (*http.Response, error) {
	released := make(chan struct{})
	s.mu.Lock()
	s.waiting = append(s.waiting, released)
	if s.timer != nil {
		s.timer.Stop()
	}
	s.timer = time.AfterFunc(50*time.Millisecond, s.release)
	s.mu.Unlock()
	<-released
	return s.next.RoundTrip(r)
}

func (s *rounds) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.waiting) == 0 {
		return
	}
	s.n++
	for _, one := range s.waiting {
		close(one)
	}
	s.waiting = nil
}

// A page of users with their groups takes four rounds of calls at any depth, three without groups, and
// fewer if there is less to read.
func TestRounds(t *testing.T) { // design: round trips and capacity
	name := testkit.Table(t)
	ids := seed(t, name, 600)
	c := newClient(t, func(o *server.Options) { o.Directory = open(t, name, http.DefaultTransport) })
	c.createGroup("g", `,"members":`+value(ids[0], ids[150], ids[350]))
	c.people("ann", "bob")
	s := &rounds{next: http.DefaultTransport}
	c = newClient(t, func(o *server.Options) { o.Directory = open(t, name, s) })
	c.send("GET", "/Users?count=0", "") // reads the settings
	for _, tt := range []struct {
		query string
		want  int
	}{
		{"?count=100", 3},
		{"?count=100&startIndex=101", 4},
		{"?count=100&startIndex=201", 3}, // nobody is in a group,
		{"?count=100&startIndex=301", 4},
		{"?count=100&cursor=", 3},
		{"?count=100&excludedAttributes=groups", 2},
		{"?count=100&excludedAttributes=groups&startIndex=101", 3},
		{"?count=0", 1},
		{"?count=0&startIndex=101", 1},
		{"?excludedAttributes=groups&filter=" + escape(`userName eq "ann"`), 2},
		{"?excludedAttributes=groups&filter=" +
			escape(`userName eq "ann" or userName eq "bob" or externalId eq "x"`), 2},
		{"?excludedAttributes=groups&filter=" + escape(`title eq "t1"`), 1},
	} {
		least := math.MaxInt
		for tries := 0; least > tt.want && tries < 40; tries++ {
			s.n = 0
			c.wants(c.send("GET", "/Users"+tt.query, ""), 200, "")
			least = min(least, s.n)
		}
		if least != tt.want {
			t.Errorf("%s takes %d calls one after the other, want %d", tt.query, least, tt.want)
		}
	}
}

// The log has the cost of a search.
func TestPlanInTheLog(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.people("a", "b", "c")
	for query, want := range map[string]string{
		"":                                     `"plan":"list","read":3,"matched":3`,
		"?count=2":                             `"plan":"list","read":2,"matched":2`,
		"?filter=" + escape(`userName sw "a"`): `"plan":"scan","read":3,"matched":1`,
		"?filter=" + escape(`userName eq "a"`): `"plan":"keys userName","read":1,"matched":1`,
		"?sortBy=userName":                     `"plan":"scan","read":3,"matched":3`,
		"?filter=" + escape(`groups.value eq "x" and userName pr`): `"plan":"keys groups","read":0,"matched":0`,
	} {
		c.log.Reset()
		c.wants(c.send("GET", "/Users"+query, ""), 200, "")
		if !strings.Contains(c.log.String(), want) {
			t.Errorf("%s: %s, want %s", query, c.log, want)
		}
	}
}

// The next page continues after a page that was limited by its size.
func TestWalkOfCutPages(t *testing.T) { // P-3.4.2.4-9
	name := testkit.Table(t)
	ids := seed(t, name, 300)
	db, err := table.Open(table.Options{Name: name, Endpoint: testkit.Endpoint(t)})
	if err != nil {
		t.Fatal(err)
	}
	for i, id := range ids[20:280] {
		doc := fmt.Sprintf(`{"schemas":[%q],"userName":"user%d","title":"%0*d"}`, scim.UserSchema, i, 30_000, i)
		err := db.Write(t.Context(), func(table.Stamp) table.Write {
			return table.Update(table.Key{PK: "T#acme#USER", SK: id}, table.Item{"doc": doc})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	c := newClient(t, func(o *server.Options) { o.Directory = open(t, name, http.DefaultTransport) })
	w, pages := c.walker(200), 0
	for ; !w.done; pages++ {
		w.step()
	}
	if w.sees(ids); pages < 3 {
		t.Errorf("%d pages", pages)
	}
	for _, query := range []string{
		"?count=200&sortBy=userName", "?count=200&filter=" + escape("title pr"),
		"?count=200&startIndex=50&filter=" + escape("title pr"),
	} {
		a := c.wants(c.send("GET", "/Users"+query, ""), 200, "")
		n := len(a.Body.Get("Resources").Items())
		if n >= 200 || fmt.Sprint(n) != a.Body.Get("itemsPerPage").Text() || len(a.Text) > 4_500_000 {
			t.Errorf("%s: %d in %d bytes", query, n, len(a.Text))
		}
	}
}
