package main_test

import (
	"strings"
	"time"

	"scimserver/shared/tenant"
)

// health: support sees in one command that a token is refused, and what to do.
func health(b *bench) {
	b.run("tenant create sick")
	made := b.json("credential create sick -name Okta")
	token, key := made["secret"].(string), made["key"].(string)
	b.newUser(201, token, "ann@sick.example")
	if h := b.json("tenant health sick"); h["verdict"] != "ok" || h["lastUse"] == nil {
		b.Errorf("a tenant that works: %v", h)
	}
	if out := b.run("tenant health sick"); !strings.Contains(out, "Z, accurate to the hour") {
		b.Errorf("the last use is not said to be accurate to the hour:\n%s", out)
	}
	b.run("credential revoke sick " + key)
	b.wants(401, token)
	out := b.run("tenant health sick")
	for _, words := range []string{"verdict", "failing", "has no valid credential",
		"-> scimctl credential create sick"} {
		if !strings.Contains(out, words) {
			b.Errorf("%q is not in\n%s", words, out)
		}
	}
	b.run("tenant create limited")
	readOnly := b.json("credential create limited -scopes read -name Report")["secret"].(string)
	b.newUser(403, readOnly, "ann@limited.example")
	out = b.run("tenant health limited")
	for _, words := range []string{
		"failing", "refused            1 x 403", "1 request got 403", "(Report) lacks a scope",
		"-> scimctl credential create limited -scopes write",
	} {
		if !strings.Contains(out, words) {
			b.Errorf("%q is not in\n%s", words, out)
		}
	}
	list := b.run("tenant health")
	for _, words := range []string{"TENANT", "LAST USE (TO THE HOUR)", "sick", "failing", "local"} {
		if !strings.Contains(list, words) {
			b.Errorf("%q is not in\n%s", words, list)
		}
	}
	b.healthWithoutUse()
	b.fails(2, "takes one tenant", "tenant health a b")
	b.fails(1, "no tenant", "tenant health nobody")
}

// healthWithoutUse: as long as no valid token has arrived, the health of a tenant says so, and names the tokens that no
// tenant has: one of them may be the customer's.
func (b *bench) healthWithoutUse() {
	b.Helper()
	refused := tenant.Refusal{
		Cause: tenant.UnknownCredential, Hour: time.Now().Truncate(time.Hour), Last: time.Now(), Count: 1,
	}
	if err := b.directory().Tenants().AddRefusal(b.Context(), refused); err != nil {
		b.Fatal(err)
	}
	b.run("tenant create unheard")
	r := b.exec("", "tenant", "health", "unheard")
	if !strings.Contains(r.out, "never: no request with a valid token has arrived") ||
		!strings.Contains(r.err, "got 401 in the last 24 hours") || !strings.Contains(r.err, "it is mistyped") {
		b.Errorf("%d %s%s", r.code, r.out, r.err)
	}
}
