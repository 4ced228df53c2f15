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

// bench is the API over a table of its own, at a time that the test moves.
type bench struct {
	*testing.T
	table string
	dir   *directory.Directory
	api   http.Handler
	now   time.Time
	log   bytes.Buffer
}

func newBench(t *testing.T, change ...func(*admin.Options)) *bench {
	t.Helper()
	b := &bench{T: t, table: testkit.Table(t), now: time.Unix(1_800_000_000, 0).UTC()}
	at := func() time.Time { return b.now }
	var err error
	if b.dir, err = directory.Open(t.Context(), directory.Options{Table: b.table, Endpoint: testkit.Endpoint(t), Now: at}); err != nil {
		t.Fatal(err)
	}
	o := admin.Options{Directory: b.dir, CacheTime: time.Minute, Now: at}
	for _, f := range change {
		f(&o)
	}
	who := func(context.Context) admin.Operator {
		return admin.Operator{ARN: "arn:operator", RequestID: "request-1"}
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

// send sends a request that is to be answered with a status.
func (b *bench) send(status int, method, path, body string) answer {
	b.Helper()
	w := httptest.NewRecorder()
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
	doc := scim.Map(scim.Member{Name: "schemas", Value: scim.Texts(scim.UserSchema)}, scim.Member{Name: "userName", Value: scim.Text(name)})
	u, err := b.dir.For(id).CreateUser(b.Context(), directory.Content{Doc: doc})
	if err != nil {
		b.Fatal(err)
	}
	return u.ID
}

func TestUnknownPathsAndMethods(t *testing.T) {
	b := newBench(t)
	b.send(404, "GET", "/nothing", "")
	b.send(404, "GET", "/tenants/none/", "")
	if a := b.send(405, "PUT", "/tenants/none", ""); !strings.Contains(a.text("message"), "PATCH") {
		t.Errorf("405 says %v", a)
	}
}

func TestBodiesThatCantBe(t *testing.T) {
	b := newBench(t)
	for _, body := range []string{
		"[]", "{", "null", `"x"`, `{"id":"a"} {}`, `{"id":"a","nme":"x"}`, `{"id":7}`, `{"id":"a","limits":{"burst":"x"}}`, `{"id":"a","limits":{"burst":1.5}}`,
		`{"id":"a","id":"b"}`, `{"id":"a","ID":"b"}`, "{\"id\":\"a\",\"name\":\"\xff\"}", `{"id":"a","name":null}`, `{"id":"a","limits":{"users":null}}`, `{"id":"a","domains":"x"}`,
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
}

func TestLogLine(t *testing.T) {
	b := newBench(t)
	b.send(201, "POST", "/tenants", `{"id":"acme","name":"Canary Name"}`)
	secret := b.send(201, "POST", "/tenants/acme/credentials", "").text("secret")
	for _, part := range []string{`"operator":"arn:operator"`, `"request":"request-1"`, `"operation":"POST /v1/tenants/{id}/credentials"`, `"tenant":"acme"`, `"status":201`} {
		if !strings.Contains(b.log.String(), part) {
			t.Errorf("the log lacks %s: %s", part, b.log.String())
		}
	}
	if strings.Contains(b.log.String(), secret) || strings.Contains(b.log.String(), "Canary") {
		t.Errorf("the log holds a secret or a name: %s", b.log.String())
	}
}
