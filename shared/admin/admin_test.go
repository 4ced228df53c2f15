package admin_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"scimserver/shared/admin"
	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/tenant"
	"scimserver/shared/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

// bench is the API with a table of its own and a clock that the test sets.
type bench struct {
	*testing.T
	table string
	dir   *directory.Directory
	api   http.Handler
	now   time.Time
	log   bytes.Buffer
	sent  int // requests
}

func newBench(t *testing.T, change ...func(*admin.Options)) *bench {
	t.Helper()
	return newBenchOf(t, directory.SystemScope, change...)
}

// newBenchOf is newBench for a table with a scope of uniqueness.
func newBenchOf(t *testing.T, scope directory.Scope, change ...func(*admin.Options)) *bench {
	t.Helper()
	b := &bench{T: t, table: testkit.Table(t), now: time.Unix(1_800_000_000, 0).UTC()}
	at := func() time.Time { return b.now }
	var err error
	if b.dir, err = directory.Open(directory.Options{
		Table: b.table, Scope: scope, Endpoint: testkit.Endpoint(t), Now: at,
	}); err != nil {
		t.Fatal(err)
	}
	o := admin.Options{Directory: b.dir, CacheTime: time.Minute, Now: at}
	for _, f := range change {
		f(&o)
	}
	who := func(context.Context) admin.Operator {
		return admin.Operator{ARN: "arn:operator", RequestID: fmt.Sprintf("request-%d", b.sent)}
	}
	b.api = admin.Handler(admin.New(o), slog.New(slog.NewJSONHandler(&b.log, nil)), who)
	return b
}

// answer is a decoded body.
type answer map[string]any

func (a answer) get(path string) any {
	var v any = map[string]any(a)
	for part := range strings.SplitSeq(path, ".") {
		m, _ := v.(map[string]any)
		v = m[part]
	}
	return v
}

func (a answer) text(path string) string { return fmt.Sprint(a.get(path)) }

// send sends a request and expects a status.
func (b *bench) send(status int, method, path, body string) answer {
	b.Helper()
	w := httptest.NewRecorder()
	b.sent++
	b.api.ServeHTTP(w, httptest.NewRequestWithContext(b.Context(), method, "/v1"+path, strings.NewReader(body)))
	var a answer
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil {
		b.Fatalf("%s %s: %v in %q", method, path, err, w.Body)
	}
	if w.Code != status {
		b.Fatalf("%s %s: %d %s, want %d", method, path, w.Code, w.Body, status)
	}
	if w.Code >= 400 && (a.text("error") == "" || a.text("message") == "") {
		b.Errorf("%s %s: the error is %s", method, path, w.Body)
	}
	if w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("Content-Type") != "application/json" {
		b.Errorf("%s %s: header %v", method, path, w.Header())
	}
	return a
}

func (b *bench) newUser(id tenant.ID, name string) scim.ID {
	b.Helper()
	doc := scim.Map(scim.Member{Name: "schemas", Value: scim.Texts(scim.UserSchema)},
		scim.Member{Name: "userName", Value: scim.Text(name)})
	u, err := b.dir.For(id).Users().Create(b.Context(), directory.Content{Doc: doc})
	if err != nil {
		b.Fatal(err)
	}
	return u.ID
}

func TestUnknownPathsAndMethods(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.send(404, "GET", "/nothing", "")
	b.send(404, "GET", "/tenants/none/", "")
	if a := b.send(405, "PUT", "/tenants/none", ""); !strings.Contains(a.text("message"), "PATCH") {
		t.Errorf("405 says %v", a)
	}
}

// A path that net/http would clean and redirect is answered like any other unknown path.
func TestPathsThatAreNotClean(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, path := range []string{
		"//tenants", "/./tenants", "/x/../tenants", "/tenants/", "/accounts/..", "/accounts/../tenants",
		"/tenants//teams",
	} {
		for _, method := range []string{"GET", "POST", "DELETE"} {
			if a := b.send(404, method, path, ""); !strings.Contains(a.text("message"), "no such path") {
				t.Errorf("%s %s: %v", method, path, a)
			}
		}
	}
	b.send(404, "GET", "/accounts/%2e%2e", "")
}

// An id that is longer than any key is not found.
func TestNamesThatAreNoKeys(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.send(201, "POST", "/tenants", `{"id":"acme"}`)
	for _, long := range []string{strings.Repeat("a", 129), strings.Repeat("a", 3000), "%ff", "%00"} {
		for _, path := range []string{
			"/accounts/", "/tenants/", "/tenants/acme/teams/", "/tenants/acme/groups/",
			"/tenants/acme/conflicts/", "/tenants/acme/credentials/",
		} {
			if a := b.send(404, "GET", path+long, ""); !strings.Contains(a.text("message"), "there is no ") {
				t.Errorf("%s: %v", path, a)
			}
		}
		b.send(404, "GET", "/tenants/"+long+"/teams", "")
		b.send(404, "PATCH", "/accounts/"+long, `{"displayName":"x"}`)
		b.send(404, "POST", "/tenants/acme/credentials/"+long+"/rotate", "")
	}
	for _, path := range []string{
		"/tenants", "/tenants/acme/credentials", "/tenants/acme/teams", "/tenants/acme/groups",
		"/tenants/acme/conflicts",
	} {
		b.send(400, "GET", path+"?after="+strings.Repeat("a", 3000), "")
	}
}

// A misspelled parameter must not widen a search or a change.
func TestParametersThatThereAreNot(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.send(201, "POST", "/tenants", `{"id":"acme"}`)
	account, team := "/accounts/"+b.newAccount("ann"), b.newTeam("Crew")
	key := "/tenants/acme/credentials/" + b.send(201, "POST", "/tenants/acme/credentials", "").text("key")
	group := "/tenants/acme/groups/" + b.newGroup("acme", "Staff")
	for _, target := range []string{
		"GET /tenants", "GET /tenants/acme", "PATCH /tenants/acme", "DELETE /tenants/acme", "POST /tenants",
		"POST /tenants/acme/suspend",
		"GET /accounts", "POST /accounts", "GET " + account, "PATCH " + account, "DELETE " + account,
		"GET /tenants/acme/credentials", "POST /tenants/acme/credentials", "GET " + key, "DELETE " + key,
		"POST " + key + "/rotate",
		"GET /tenants/acme/teams", "POST /tenants/acme/teams", "GET " + team, "PATCH " + team, "DELETE " + team,
		"GET " + team + "/members", "POST " + team + "/members",
		"GET /tenants/acme/groups", "GET " + group, "GET /tenants/acme/conflicts",
		"POST /tenants/acme/conflicts/aaaaaaaaaaaa/connect",
	} {
		method, path, _ := strings.Cut(target, " ")
		for query, words := range map[string]string{
			"verison=0": "no parameter \"verison\"", "username=x": "no parameter", "x=%zz": "can't be read",
			"a;b": "can't be read",
		} {
			if a := b.send(400, method, path+"?"+query, ""); !strings.Contains(a.text("message"), words) {
				t.Errorf("%s?%s: %v", target, query, a)
			}
		}
	}
	b.send(400, "GET", "/accounts?limit=1&limit=2", "")
	b.send(400, "DELETE", account+"?version=1&version=1", "")
	b.send(200, "GET", account, "")
	b.send(200, "GET", team, "")
}

func TestBodiesThatCantBe(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, body := range []string{
		"[]", "{", "null", `"x"`, `{"id":"a"} {}`, `{"id":"a","nme":"x"}`, `{"id":7}`,
		`{"id":"a","limits":{"burst":"x"}}`, `{"id":"a","limits":{"burst":1.5}}`,
		`{"id":"a","id":"b"}`, `{"id":"a","ID":"b"}`, "{\"id\":\"a\",\"name\":\"\xff\"}",
		`{"id":"a","name":null}`, `{"id":"a","limits":{"users":null}}`, `{"id":"a","domains":"x"}`,
	} {
		a := b.send(400, "POST", "/tenants", body)
		for _, word := range []string{"Go ", "struct", "json:", "tenant.", "admin.", "TenantChange"} {
			if strings.Contains(a.text("message"), word) {
				t.Errorf("%s: %v", body, a)
			}
		}
	}
	b.send(413, "POST", "/tenants", `{"id":"`+strings.Repeat("a", 70_000)+`"}`)
	b.send(201, "POST", "/tenants", `{"id":"acme"}`)
	key := b.send(201, "POST", "/tenants/acme/credentials", "").text("key")
	for _, path := range []string{"/suspend", "/resume", "/credentials/" + key + "/rotate"} {
		b.send(400, "POST", "/tenants/acme"+path, `{"x":1}`)
		b.send(400, "POST", "/tenants/acme"+path, `garbage`)
	}
	b.send(200, "POST", "/tenants/acme/suspend", "{}")
	if a := b.send(201, "POST", "/tenants/acme/credentials", ""); !strings.Contains(a.text("warning"), "suspended") {
		t.Errorf("a credential of a suspended tenant: %v", a)
	}
}

func TestLogLine(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.send(201, "POST", "/tenants", `{"id":"acme","name":"Canary Name"}`)
	secret := b.send(201, "POST", "/tenants/acme/credentials", "").text("secret")
	for _, part := range []string{
		`"operator":"arn:operator"`, `"request":"request-1"`, `"operation":"POST /v1/tenants/{id}/credentials"`,
		`"tenant":"acme"`, `"status":201`,
	} {
		if !strings.Contains(b.log.String(), part) {
			t.Errorf("the log lacks %s: %s", part, b.log.String())
		}
	}
	if strings.Contains(b.log.String(), secret) || strings.Contains(b.log.String(), "Canary") {
		t.Errorf("the log holds a secret or a name: %s", b.log.String())
	}
}
