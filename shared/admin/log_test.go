package admin_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"scimserver/shared/provlog"
	"scimserver/shared/scim"
)

// fail writes the entry of a request that failed.
func (b *bench) fail(at time.Time, request string, id scim.ID, name, externalID string, status int) {
	b.Helper()
	err := b.dir.For("acme").Log().Put(b.Context(), provlog.Entry{
		Time: at, Request: request, Credential: "k1", Operation: "create", Kind: "User", ID: id, Name: name,
		ExternalID: externalID, Status: status, Detail: "d",
	})
	if err != nil {
		b.Fatal(err)
	}
}

// logged reads all pages of the log and returns the requests.
func (b *bench) logged(parameters string) (requests []string) {
	b.Helper()
	for after, pages := "", 0; pages < 100; pages++ {
		a := b.send(200, "GET", "/tenants/acme/log?"+parameters+"&after="+url.QueryEscape(after), "")
		for _, e := range a["entries"].([]any) {
			requests = append(requests, fmt.Sprint(e.(map[string]any)["request"]))
		}
		if after = ""; a["next"] == nil {
			return requests
		}
		after = a.text("next")
	}
	b.Fatal("the pages do not end")
	return nil
}

func TestLog(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.send(404, "GET", "/tenants/acme/log", "")
	b.now = time.Now()
	b.oldAcme()
	if a := b.send(200, "GET", "/tenants/acme/log", ""); len(a["entries"].([]any)) != 0 || a["next"] != nil {
		t.Errorf("an empty log is %v", a)
	}
	// its day began two hours ago
	b.now = time.Now().UTC().Truncate(24 * time.Hour).Add(-24 * time.Hour).Add(2 * time.Hour)
	b.fail(b.now.Add(-time.Hour), "r1", "id-1", "Ann@acme.example", "x1", 409)
	b.fail(b.now.Add(-3*time.Hour), "r2", "", "ann@ACME.example", "X2", 400)
	b.fail(b.now.Add(-4*time.Hour), "r3", "id-3", "bob", "", 503)
	b.fail(b.now.Add(-25*time.Hour), "r4", "id-1", "Ann@acme.example", "x1", 412)
	b.fail(b.now.Add(-24*30*time.Hour), "r5", "id-1", "Ann@acme.example", "x1", 409)
	ago := func(d time.Duration) string { return b.now.Add(-d).Format(time.RFC3339) }
	for parameters, want := range map[string]string{
		"":                                   "r1 r2 r3",
		"limit=1":                            "r1 r2 r3",
		"from=" + ago(1000*day):              "r1 r2 r3 r4 r5",
		"from=" + ago(25*time.Hour):          "r1 r2 r3 r4",
		"to=" + ago(3*time.Hour):             "r3 r4",
		"to=" + ago(3*time.Hour-time.Second): "r2 r3 r4",
		"from=" + ago(4*time.Hour) + "&to=" + ago(2*time.Hour): "r2 r3",
		"user=ANN@acme.example":                                "r1 r2",
		"user=x2":                                              "r2",
		"user=ID-3":                                            "r3",
		"limit=1&from=2020-01-01T00:00:00Z&to=9999-01-01T00:00:00Z": "r1 r2 r3 r4 r5",
		"user=nobody":   "",
		"status=409":    "r1",
		"status=4xx":    "r1 r2",
		"status=5xx":    "r3",
		"status=2xx":    "",
		"status=failed": "r1 r2 r3",
		"status=4xx&user=x1&limit=1&from=" + ago(2*day): "r1 r4",
	} {
		if got := strings.Join(b.logged(parameters), " "); got != want {
			t.Errorf("%s: %s, want %s", parameters, got, want)
		}
	}
	a := b.send(200, "GET", "/tenants/acme/log?status=409", "")
	e := answer(a["entries"].([]any)[0].(map[string]any))
	if e.text("id") != "id-1" || e.text("name") != "Ann@acme.example" || e.text("externalId") != "x1" ||
		e.text("status") != "409" || e.text("resourceType") != "User" ||
		e.text("operation") != "create" || e.text("credential") != "k1" || e.text("detail") != "d" ||
		e.text("time") != b.now.Add(-time.Hour).Format(time.RFC3339) {
		t.Errorf("the entry is %v", e)
	}
}

const day = 24 * time.Hour

// TestLogGoesOnWhereItWas: the period of a query stays the same, however much time passes between two pages.
func TestLogGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.now = time.Now().UTC().Truncate(time.Millisecond)
	b.oldAcme()
	b.fail(b.now.Add(-time.Second), "r1", "", "", "", 409)
	b.fail(b.now.Add(-day), "r2", "", "", "", 409)
	a := b.send(200, "GET", "/tenants/acme/log?limit=1", "")
	b.now = b.now.Add(time.Minute)
	b.fail(b.now.Add(-time.Second), "r3", "", "", "", 409)
	a = b.send(200, "GET", "/tenants/acme/log?after="+url.QueryEscape(a.text("next")), "")
	if list := a["entries"].([]any); len(list) != 1 || list[0].(map[string]any)["request"] != "r2" {
		t.Errorf("the second page is %v", a)
	}
}

func TestLogParametersThatCantBe(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.send(201, "POST", "/tenants", `{"id":"acme"}`)
	for parameters, word := range map[string]string{
		"from=yesterday":          "from must be a time",
		"to=2026-13-01T00:00:00Z": "to must be a time",
		"from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z": "later",
		"status=none": "status must be", "status=99": "status must be", "status=6xx": "status must be",
		"status=4x": "status must be",
		"limit=0":   "limit must be", "limit=1000": "limit must be", "limit=x": "limit must be",
		"after=x":                         "after must be",
		"after=2026-01-01T00:00:00Z~":     "after must be",
		"after=~2026-01-01T00:00:00.000Z": "after must be",
		"after=2026-01-01T00:00:00Z~x%00": "after must be",
		"usr=ann":                         "no parameter", "user=a&user=b": "twice",
	} {
		a := b.send(400, "GET", "/tenants/acme/log?"+parameters, "")
		if a.text("error") != "invalid" || !strings.Contains(a.text("message"), word) {
			t.Errorf("%s: %v", parameters, a)
		}
	}
	b.send(405, "POST", "/tenants/acme/log", "")
}

// TestLogOfMemberships: the log has the ids of persons who joined and left a team, and shows their current
// names. A query for a person also finds these entries.
func TestLogOfMemberships(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.acme(`{"id":"acme"}`)
	zoe := b.send(201, "POST", "/accounts", `{"userName":"zoe"}`).text("id")
	ann := string(b.newUser("acme", "ann"))
	team := b.send(201, "POST", "/tenants/acme/teams", `{"name":"Crew"}`).text("id")
	b.send(200, "POST", "/tenants/acme/teams/"+team+"/members", `{"add":["`+zoe+`","`+ann+`"]}`)
	b.send(200, "POST", "/tenants/acme/teams/"+team+"/members", `{"add":["`+zoe+`"],"remove":["`+ann+`"]}`)
	b.now = b.now.Add(time.Second)
	page := b.send(200, "GET", "/tenants/acme/log?user=ann&group=crew", "")
	entries := page.text("entries")
	for _, want := range []string{
		"addedCount:2", "removed:[map[id:" + ann + " name:ann]]", "removedCount:1", "name:zoe",
	} {
		if !strings.Contains(entries, want) {
			t.Errorf("%q is not in %s", want, entries)
		}
	}
	if n := len(page.get("entries").([]any)); n != 2 {
		t.Errorf("%d entries, want those of both changes: %s", n, entries)
	}
	if got := page.text("subjects"); !strings.Contains(got, "name:ann") || !strings.Contains(got, "name:Crew") {
		t.Errorf("subjects are %s", got)
	}
	none := b.send(200, "GET", "/tenants/acme/log?user=nobody", "")
	if len(none.get("entries").([]any)) > 0 || none.get("subjects") != nil {
		t.Errorf("nobody has %v", none)
	}
}

// TestLogDays: the requests of each day are counted, without the actions of operators.
func TestLogDays(t *testing.T) {
	b := newBench(t)
	b.send(404, "GET", "/tenants/acme/log/days", "")
	b.now = time.Now().UTC().Add(-2 * day)
	b.acme(`{"id":"acme"}`)
	b.now = b.now.Add(2 * day)
	b.send(201, "POST", "/tenants/acme/teams", `{"name":"Crew"}`) // it has an entry, and is no request
	b.fail(b.now, "r1", "", "ann", "", 409)
	b.fail(b.now.Add(-day), "r2", "", "ann", "", 201)
	type counts struct{ Date, Changes, Failed, Created, Deleted any }
	var got []counts
	for _, one := range b.send(200, "GET", "/tenants/acme/log/days?days=2", "")["days"].([]any) {
		d := one.(map[string]any)
		got = append(got, counts{d["date"], d["changes"], d["failed"], d["usersCreated"], d["usersDeleted"]})
	}
	want := []counts{
		{b.now.Add(-day).Format(time.DateOnly), 1.0, 0.0, 1.0, 0.0}, {b.now.Format(time.DateOnly), 0.0, 1.0, 0.0, 0.0},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
	if all := b.send(200, "GET", "/tenants/acme/log/days", "")["days"].([]any); len(all) != 30 {
		t.Errorf("%d days", len(all))
	}
	for _, n := range []string{"0", "91", "x", "-1"} {
		a := b.send(400, "GET", "/tenants/acme/log/days?days="+n, "")
		if !strings.Contains(a.text("message"), "1 to 90") {
			t.Errorf("%s: %v", n, a)
		}
	}
}
