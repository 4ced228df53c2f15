package admin_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"scimserver/shared/admin"
	"scimserver/shared/tenant"
)

func TestTenantLife(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	a := b.send(201, "POST", "/tenants",
		`{"id":"acme","profile":"okta","domains":["B.example","a.example","b.example"],"limits":{"users":5}}`)
	if a.text("domains") != "[a.example b.example]" || a.text("name") != "acme" || a.text("state") != "active" ||
		a.text("limits.users") != "5" || a.text("limits.requestsPerSecond") != "50" || a.text("limits.burst") != "100" {
		t.Errorf("created %v", a)
	}
	b.send(409, "POST", "/tenants", `{"id":"acme"}`)
	a = b.send(200, "PATCH", "/tenants/acme", `{"name":"Acme","limits":{"burst":7}}`)
	if a.text("name") != "Acme" || a.text("limits.burst") != "7" || a.text("limits.users") != "5" ||
		a.text("profile") != "okta" {
		t.Errorf("changed %v", a)
	}
	b.newUser("acme", "ann")
	if a = b.send(200, "GET", "/tenants/acme", ""); a.text("users") != "1" || a.text("groups") != "0" {
		t.Errorf("shown %v", a)
	}
	b.send(404, "GET", "/tenants/globex", "")
	b.send(404, "PATCH", "/tenants/globex", `{}`)
	a = b.send(200, "POST", "/tenants/acme/suspend", "")
	if a.text("state") != "suspended" || a.text("inactiveSince") != "2027-01-15T08:00:00Z" {
		t.Errorf("suspended %v", a)
	}
	if a = b.send(200, "POST", "/tenants/acme/resume", ""); a.text("state") != "active" {
		t.Errorf("resumed %v", a)
	}
}

func TestTenantsAreListedInPages(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, id := range []string{"c", "a", "b"} {
		b.send(201, "POST", "/tenants", `{"id":"`+id+`"}`)
	}
	first := b.send(200, "GET", "/tenants?limit=2", "")
	second := b.send(200, "GET", "/tenants?limit=2&after="+first.text("next"), "")
	if first.text("next") != "b" || second.get("next") != nil || len(first.get("tenants").([]any)) != 2 ||
		len(second.get("tenants").([]any)) != 1 {
		t.Errorf("pages %v and %v", first, second)
	}
	b.send(400, "GET", "/tenants?limit=0", "")
}

func TestTenantsThatCantBe(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.send(201, "POST", "/tenants", `{"id":"acme","domains":["acme.example"]}`)
	for _, body := range []string{
		``, `{"id":""}`, `{"id":"A"}`, `{"id":"a#b"}`, `{"id":"-a"}`, `{"id":"x","profile":"other"}`,
		`{"id":"x","name":""}`, `{"id":"x","name":"a\u0000b"}`,
		`{"id":"x","domains":["no domain"]}`, `{"id":"x","domains":["exämple.org"]}`,
		`{"id":"x","domains":["org"]}`, `{"id":"x","limits":{"burst":0}}`,
		`{"id":"x","limits":{"emailsPerUser":41}}`, `{"id":"x","limits":{"users":-1}}`,
		`{"id":"x","limits":{"tokenAgeSeconds":9223372036854775807}}`,
	} {
		b.send(400, "POST", "/tenants", body)
	}
	b.send(409, "POST", "/tenants", `{"id":"x","domains":["ACME.example"]}`)
	b.send(404, "GET", "/tenants/x", "")
}

func TestSwitchesOfATenant(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	wants := func(a answer, connect, reactivate string) {
		t.Helper()
		if a.text("connect") != connect || a.text("reactivate") != reactivate {
			t.Errorf("connect and reactivate are not %s and %s: %v", connect, reactivate, a)
		}
	}
	wants(b.send(201, "POST", "/tenants", `{"id":"plain"}`), "approval", "false")
	wants(b.send(201, "POST", "/tenants", `{"id":"acme","connect":"automatic","reactivate":true}`), "automatic", "true")
	wants(b.send(200, "PATCH", "/tenants/acme", `{"name":"Acme"}`), "automatic", "true")
	wants(b.send(200, "PATCH", "/tenants/acme", `{"reactivate":false}`), "automatic", "false")
	wants(b.send(200, "PATCH", "/tenants/acme", `{"connect":"approval","reactivate":true}`), "approval", "true")
	for _, change := range []string{
		`"connect":""`, `"connect":"Automatic"`, `"connect":"never"`, `"connect":true`, `"connect":null`,
		`"reactivate":"true"`, `"reactivate":1`, `"reactivate":null`,
	} {
		b.send(400, "PATCH", "/tenants/acme", "{"+change+"}")
		b.send(400, "POST", "/tenants", `{"id":"other",`+change+"}")
	}
	wants(b.send(200, "GET", "/tenants/acme", ""), "approval", "true")
	b.send(404, "GET", "/tenants/other", "")
}

func TestDeletion(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.send(201, "POST", "/tenants", `{"id":"acme"}`)
	rotate := "/tenants/acme/credentials/" + b.send(201, "POST", "/tenants/acme/credentials", "").text("key") +
		"/rotate"
	b.newUser("acme", "ann")
	b.send(400, "DELETE", "/tenants/acme", "")
	b.send(400, "DELETE", "/tenants/acme?confirm=acm", "")
	b.send(409, "DELETE", "/tenants/acme?confirm=acme", "")
	b.send(200, "POST", "/tenants/acme/suspend", "")
	a := b.send(200, "DELETE", "/tenants/acme?confirm=acme", "")
	if a.text("done") != "false" || a.text("users") != "0" || a.text("waitSeconds") != "90" {
		t.Errorf("first %v", a)
	}
	b.send(409, "POST", "/tenants/acme/resume", "")
	for _, path := range []string{"/tenants/acme/credentials", rotate, "/tenants"} {
		a := b.send(409, "POST", path, map[string]string{"/tenants": `{"id":"acme"}`}[path])
		if !strings.Contains(a.text("message"), "is being deleted") {
			b.Errorf("POST %s: %v", path, a)
		}
	}
	b.now = b.now.Add(90 * time.Second)
	if a := b.send(200, "DELETE", "/tenants/acme?confirm=acme", ""); a.text("done") != "true" {
		t.Errorf("then %v", a)
	}
	b.send(404, "DELETE", "/tenants/acme?confirm=acme", "")
	b.now = b.now.Add(18 * time.Second)
	a = b.send(409, "POST", "/tenants", `{"id":"acme"}`)
	if !strings.Contains(a.text("message"), "create the tenant again in 42 seconds") {
		t.Errorf("created again: %v", a)
	}
	b.now = b.now.Add(42 * time.Second)
	b.send(201, "POST", "/tenants", `{"id":"acme"}`)
}

// keys is a fake API Gateway that can fail. A tenant has a key for each of the limits that it had, until
// the key is deleted.
type keys struct {
	broken bool
	of     map[tenant.ID][]tenant.APIKey
}

func (k *keys) Ensure(_ context.Context, id tenant.ID, l tenant.Limits) (tenant.APIKey, error) {
	if k.broken {
		return tenant.APIKey{}, errors.New("out of order")
	}
	key := tenant.APIKey{ID: fmt.Sprint(id, l.Burst), Value: fmt.Sprint("value-", id, l.Burst)}
	if !slices.Contains(k.of[id], key) {
		k.of[id] = append(k.of[id], key)
	}
	return key, nil
}

func (k *keys) DeleteAllBut(_ context.Context, id tenant.ID, keep tenant.APIKey) error {
	k.of[id] = slices.DeleteFunc(k.of[id], func(key tenant.APIKey) bool { return key != keep })
	return nil
}

func TestKeyOfThrottlingIsRetried(t *testing.T) {
	t.Parallel()
	k := &keys{broken: true, of: map[tenant.ID][]tenant.APIKey{}}
	b := newBench(t, func(o *admin.Options) { o.Keys = k })
	if a := b.send(201, "POST", "/tenants", `{"id":"acme"}`); a.text("ownThrottle") != "false" ||
		a.get("warning") == nil {
		t.Errorf("without a key: %v", a)
	}
	if !strings.Contains(b.log.String(), `"warning":"API Gateway does not throttle it by its own limits yet`) {
		t.Errorf("the log, which an alarm reads, lacks the warning: %s", b.log.String())
	}
	k.broken = false
	a := b.send(200, "PATCH", "/tenants/acme", `{"limits":{"burst":9}}`)
	if a.text("ownThrottle") != "true" || a.get("warning") != nil {
		t.Errorf("with a key: %v", a)
	}
	if key := b.keyOf("acme"); key.Value != "value-acme9" {
		t.Errorf("the record has %+v", key)
	}
	b.send(200, "POST", "/tenants/acme/suspend", "")
	b.send(200, "DELETE", "/tenants/acme?confirm=acme", "")
	if len(k.of["acme"]) != 0 {
		t.Errorf("left %v", k.of)
	}
}

// keyOf is the key in the record of a tenant.
func (b *bench) keyOf(id tenant.ID) tenant.APIKey {
	b.Helper()
	record, err := b.dir.Tenants().Tenant(b.Context(), id)
	if err != nil {
		b.Fatal(err)
	}
	return record.Key
}

// TestAChangeOfLimitsLeavesNoGap: cached answers of the authorizer name the previous key until they
// expire, so it works until then. If the new key can't be made, the old one stays.
func TestAChangeOfLimitsLeavesNoGap(t *testing.T) {
	t.Parallel()
	k := &keys{of: map[tenant.ID][]tenant.APIKey{}}
	b := newBench(t, func(o *admin.Options) { o.Keys, o.CacheTime = k, time.Minute })
	b.send(201, "POST", "/tenants", `{"id":"acme","limits":{"burst":8}}`)
	old := b.keyOf("acme")
	k.broken = true
	b.send(200, "PATCH", "/tenants/acme", `{"limits":{"burst":9}}`)
	if b.keyOf("acme") != old {
		t.Errorf("after a failure the record has %v, want %v", b.keyOf("acme"), old)
	}
	k.broken = false
	for _, again := range []bool{false, true} { // another change within that time deletes nothing either
		b.send(200, "PATCH", "/tenants/acme", `{"limits":{"burst":9}}`)
		if b.keyOf("acme") == old || !slices.Contains(k.of["acme"], old) {
			t.Errorf("again %v: the record has %v; the keys are %v", again, b.keyOf("acme"), k.of)
		}
	}
	b.now = b.now.Add(91 * time.Second)
	b.send(200, "PATCH", "/tenants/acme", `{"name":"Acme"}`)
	if !slices.Equal(k.of["acme"], []tenant.APIKey{b.keyOf("acme")}) {
		t.Errorf("later the keys are %v", k.of)
	}
}
