package server_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"testing"

	"golang.org/x/sync/errgroup"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/server"
	"scimserver/shared/testkit"
	"scimserver/shared/testkit/fault"
)

// walker pages through users by index as providers do: the next page begins after the resources of the
// previous one, until as many resources as totalResults were read.
type walker struct {
	*client
	count, start int
	seen         []string
	done         bool
}

func (c *client) walker(count int) *walker { return &walker{client: c, count: count, start: 1} }

// step reads a page and returns its ids.
func (w *walker) step() {
	w.Helper()
	path := fmt.Sprintf("/Users?attributes=id&count=%d&startIndex=%d", w.count, w.start)
	a := w.wants(w.send("GET", path, ""), 200, "")
	page := a.Body.Get("Resources").Items()
	for _, v := range page {
		w.seen = append(w.seen, v.Get("id").Text())
	}
	total, _ := strconv.Atoi(a.Body.Get("totalResults").Text())
	w.start += len(page)
	w.done = len(page) == 0 || w.start > total
}

// sees fails the test unless the pages showed each of some ids exactly once.
func (w *walker) sees(ids []string) {
	w.Helper()
	times := map[string]int{}
	for _, id := range w.seen {
		times[id]++
	}
	for _, id := range ids {
		if times[id] != 1 {
			w.Errorf("%s was shown %d times by a walk of %d in pages of %d", id, times[id], len(w.seen), w.count)
		}
	}
}

// patient disables the time limits of calls. The server gives up saving a page mark after half a second,
// which may be too short on a busy machine. The next page is then found by counting, and may show users
// twice.
type patient struct{ next http.RoundTripper }

func (p patient) RoundTrip(r *http.Request) (*http.Response, error) {
	return p.next.RoundTrip(r.WithContext(context.WithoutCancel(r.Context())))
}

// seeded makes a client of a tenant with many users, whose ids it returns in order.
func seeded(t *testing.T, users int, change ...func(*directory.Options)) (*client, []string, *directory.Tenant) {
	t.Helper()
	name := testkit.Table(t)
	dir := open(t, name, patient{http.DefaultTransport}, change...)
	c := newClient(t, func(o *server.Options) { o.Directory = dir })
	return c, seed(t, name, users), dir.For("acme")
}

// A hundred pages, while users are created and deleted, show each user that stays once.
func TestWalkAmongChanges(t *testing.T) { // P-3.4.2.4-13
	if testing.Short() {
		t.Skip("it is long, and one request after the other as far as a race detector sees")
	}
	users := testkit.Size(20_000, 400)
	c, ids, acme := seeded(t, users)
	changes := users / 20
	order := rand.Perm(len(ids))
	var stay []string
	for _, i := range order[changes:] {
		stay = append(stay, ids[i])
	}
	var created, deleted int
	w := c.walker(users / 100)
	for !w.done {
		due := min(changes, changes*(w.start+w.count)/len(ids))
		var work errgroup.Group
		work.SetLimit(8)
		for ; created < due; created++ {
			name := fmt.Sprint("new", created)
			work.Go(func() error {
				_, err := acme.Users().Create(t.Context(), directory.Content{Doc: document(name)})
				return err
			})
		}
		for ; deleted < due; deleted++ {
			id := scim.ID(ids[order[deleted]])
			work.Go(func() error { return acme.Users().Delete(t.Context(), id, nil) })
		}
		w.step()
		if err := work.Wait(); err != nil {
			t.Fatal(err)
		}
	}
	// The walk may end one page earlier if users after its position are deleted.
	if created < changes*3/4 || deleted < changes*3/4 {
		t.Errorf("%d created, %d deleted", created, deleted)
	}
	w.sees(stay)
}

func document(name string) scim.Value {
	return scim.Map(scim.Member{Name: "schemas", Value: scim.Texts(scim.UserSchema)},
		scim.Member{Name: "userName", Value: scim.Text(name)})
}

// Parallel walks do not disturb each other, with equal or different pages.
func TestInterleavedWalks(t *testing.T) { // P-3.4.2.4-13
	c, ids, _ := seeded(t, 500)
	slow, fast, other := c.walker(20), c.walker(20), c.walker(33)
	for !slow.done || !fast.done || !other.done {
		for i, w := range []*walker{slow, fast, fast, other} {
			if !w.done && (i > 0 || rand.N(2) == 0) {
				w.step()
			}
		}
	}
	for _, w := range []*walker{slow, fast, other} {
		if w.sees(ids); !slices.IsSorted(w.seen) {
			t.Errorf("not in order")
		}
	}
}

// change deletes and creates a few users that are not in ids.
func (c *client) change(ids []string) {
	c.Helper()
	for _, id := range c.found("/Users?count=1000&attributes=id&filter=", `userName sw "extra"`) {
		c.wants(c.send("DELETE", "/Users/"+id, ""), 204, "")
	}
	for i := range 6 {
		c.create(fmt.Sprintf("extra%d-%d", i, rand.Int()), "")
	}
}

// Walks during changes. If their page sizes differ, or one was given up before the other came that far,
// each shows every user that stays once. Parallel walks that can't be distinguished show every user that
// stays at least once.
func TestInterleavedWalksAmongChanges(t *testing.T) { // P-3.4.2.4-13
	c, ids, _ := seeded(t, testkit.Size(150, 36))
	c.change(nil)
	a, b := c.walker(10), c.walker(7)
	for !a.done || !b.done {
		for _, w := range []*walker{a, b} {
			if c.change(ids); !w.done {
				w.step()
			}
		}
	}
	a.sees(ids)
	b.sees(ids)

	// A walk counts as abandoned once another one of the same kind has come to its index and has
	// read three pages. A second walk that comes there earlier may show users twice.
	abandoned, whole := c.walker(len(ids)/5), c.walker(len(ids)/5)
	for range 3 {
		abandoned.step()
	}
	for ; !whole.done; whole.step() {
		c.change(ids)
	}
	whole.sees(ids)

	alike := []*walker{c.walker(13), c.walker(13)}
	for !alike[0].done || !alike[1].done {
		if w := alike[rand.N(2)]; !w.done {
			c.change(ids)
			w.step()
		}
	}
	for _, w := range alike {
		slices.Sort(w.seen)
		w.seen = slices.Compact(w.seen)
		w.sees(ids)
	}
}

// A page far from the start that no earlier request has reached is found by counting. It is found
// without counting when it is requested again.
func TestRandomStartIndex(t *testing.T) { // P-3.4.2.4-10, P-3.4.2.4-11, P-3.4.2.4-13
	users := testkit.Size(3000, 1200)
	c, ids, acme := seeded(t, users)
	for range 6 {
		start := 1 + rand.N(len(ids))
		path := fmt.Sprintf("/Users?attributes=id&count=50&startIndex=%d", start)
		var calls []int
		for range 2 {
			a := c.wants(c.send("GET", path, ""), 200, "")
			var got []string
			for _, v := range a.Body.Get("Resources").Items() {
				got = append(got, v.Get("id").Text())
			}
			want := ids[start-1 : min(start+49, len(ids))]
			if !slices.Equal(got, want) || a.Body.Get("totalResults").Text() != fmt.Sprint(users) ||
				a.Body.Get("startIndex").Text() != fmt.Sprint(start) {
				t.Errorf("at %d: %.300s, want %v", start, a.Text, want)
			}
			calls = append(calls, c.cost().Calls)
		}
		if calls[1] > 4 {
			t.Errorf("%v calls at %d", calls, start)
		}
	}
	past := fmt.Sprint("/Users?startIndex=", users+1)
	behind := c.send("GET", past, "")
	if behind.Body.Get("totalResults").Text() != fmt.Sprint(users) ||
		len(behind.Body.Get("Resources").Items()) != 0 || c.cost().Calls > 2 {
		t.Errorf("%s", behind.Text)
	}
	_, err := acme.Users().Create(t.Context(), directory.Content{Doc: document("late")})
	if last := c.send("GET", past, ""); err != nil || len(last.Body.Get("Resources").Items()) != 1 {
		t.Errorf("%s %v", last.Text, err)
	}
}

// A walk ends only when all users were shown, even if users before the page were deleted and
// totalResults is less than the index.
func TestTotalOfShrinkingTenant(t *testing.T) { // P-3.4.2.4-8
	c, ids, _ := seeded(t, 40)
	w := c.walker(10)
	for !w.done {
		w.step()
		for _, id := range ids[max(0, w.start-11) : w.start-1] {
			c.wants(c.send("DELETE", "/Users/"+id, ""), 204, "")
		}
	}
	if !slices.Equal(w.seen, ids) {
		t.Errorf("the walk shows %d of %d", len(w.seen), len(ids))
	}
}

// If a page mark can't be saved, the answers stay the same: the next page is found by counting.
func TestWalkWithoutMarks(t *testing.T) {
	t.Parallel()
	name := testkit.Table(t)
	ids := seed(t, name, 90)
	broken := fault.Script(http.DefaultTransport,
		fault.Rule{Operation: "PutItem", Calls: func(int) bool { return true }, Fault: fault.Throttled})
	c := newClient(t, func(o *server.Options) { o.Directory = open(t, name, broken) })
	ready := open(t, name, http.DefaultTransport)
	if err := ready.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	w := c.walker(20)
	for !w.done {
		w.step()
	}
	w.sees(ids)
}
