package main_test

import (
	"fmt"
	"strings"
	"time"
)

func tenants(b *bench) {
	made := b.json("tenant create acme -name Acme -profile okta -domains acme.example,acme.test -users 3 " +
		"-token-age 90d")
	limits := made["limits"].(map[string]any)
	if made["profile"] != "okta" || fmt.Sprint(made["domains"]) != "[acme.example acme.test]" ||
		limits["users"] != 3.0 || limits["tokenAgeSeconds"] != 7776000.0 {
		b.Errorf("created %v", made)
	}
	b.fails(1, `there is a tenant "acme" already`, "tenant create acme")
	b.fails(1, "no tenant", "tenant show globex")
	b.fails(1, "verified for another tenant: acme.example", "tenant create globex -domains acme.example")
	out := b.run("tenant update acme -rps 30 -token-age 0s")
	if !strings.Contains(out, "30 per second, 100 at once") || !strings.Contains(out, "no limit") {
		b.Errorf("updated: %s", out)
	}
	list := b.run("tenant list")
	for _, words := range []string{"ID ", "acme ", "local ", "2000"} {
		if !strings.Contains(list, words) {
			b.Errorf("%q is not in the list:\n%s", words, list)
		}
	}
}

func switches(b *bench) {
	made := b.json("tenant create wired -connect automatic -reactivate -domains wired.example")
	if made["connect"] != "automatic" || made["reactivate"] != true {
		b.Errorf("created %v", made)
	}
	shown := func(connect, reactivate string) {
		b.Helper()
		out := strings.Join(strings.Fields(b.run("tenant show wired")), " ")
		if !strings.Contains(out, "connect "+connect+" reactivate "+reactivate) {
			b.Errorf("shown, not %s and %s:\n%s", connect, reactivate, out)
		}
	}
	shown("automatic", "true")
	idle := b.exec("", "tenant", "update", "wired")
	if idle.code != 0 || !strings.Contains(idle.err, "no flag changes anything") {
		b.Errorf("without a flag: %+v", idle)
	}
	b.run("tenant update wired -name Wired")
	shown("automatic", "true")
	r := b.exec("", "tenant", "create", "domainless", "-connect", "automatic")
	if r.code != 0 || !strings.Contains(r.err, "no verified domains") {
		b.Errorf("made without domains: %+v", r)
	}
	b.run("tenant update wired -connect approval -reactivate=false")
	shown("approval", "false")
	b.fails(1, "must be approval or automatic", "tenant update wired -connect always")
	b.fails(2, "neither true nor false", "tenant update wired -reactivate=maybe")
	shown("approval", "false")
	for _, domains := range []string{"", "wired.example"} { // none, then one again
		r := b.exec("", "tenant", "update", "wired", "-connect", "automatic", "-domains", domains)
		if warned := strings.Contains(r.err, "no verified domains"); r.code != 0 || warned != (domains == "") {
			b.Errorf("with domains %q: %+v", domains, r)
		}
	}
}

func invitations(b *bench) {
	b.run("tenant create invited")
	made := b.json("tenant invite invited -for 36h -role view")
	link, id := made["url"].(string), made["id"].(string)
	if !strings.Contains(link, "/setup#setup.invited.") || made["role"] != "view" {
		b.Errorf("invited: %v", made)
	}
	if out := b.run("tenant invite invited"); !strings.Contains(out, "works once") || !strings.Contains(out, "setup") {
		b.Errorf("invited:\n%s", out)
	}
	if out := b.run("tenant uninvite invited " + id); !strings.Contains(out, "is revoked") {
		b.Errorf("uninvited: %s", out)
	}
	if out := b.run("tenant invitations invited"); !strings.Contains(out, "revoked") ||
		!strings.Contains(out, "open") ||
		strings.Contains(out, link) {
		b.Errorf("listed:\n%s", out)
	}
	b.fails(1, "expiresIn must be between", "tenant invite invited -for 31d")
	b.fails(1, "role must be setup or view", "tenant invite invited -role admin")
}

func credentials(b *bench) {
	b.run("tenant create creds")
	made := b.json("credential create creds -scopes read")
	token, key := made["secret"].(string), made["key"].(string)
	b.wants(200, token)
	b.newUser(403, token, "nobody")
	if out := b.run("credential create creds -scopes write"); !strings.Contains(out, "read, write") {
		b.Errorf("write includes read, but it printed:\n%s", out)
	}
	b.run("tenant suspend creds")
	b.wants(401, token)
	if r := b.exec("", "credential", "create", "creds"); !strings.Contains(r.err, "warning: the tenant is suspended") {
		b.Errorf("a credential of a suspended tenant: %+v", r)
	}
	b.run("tenant resume creds")
	b.wants(200, token)
	if out := b.run("credential list creds"); !strings.Contains(out, key) || strings.Contains(out, token) {
		b.Errorf("listed:\n%s", out)
	}
	if out := b.run("credential list creds -json"); !strings.Contains(out, `"userAgent": "Go-http-client/1.1"`) {
		b.Errorf("the list does not name the client:\n%s", out)
	}
	out := b.run("credential create creds -client")
	if !strings.Contains(out, "client id") || !strings.Contains(out, "can't be shown again") {
		b.Errorf("client: %s", out)
	}
	b.fails(1, "has no credential", "credential rotate local "+key)
	if out := b.run("credential revoke creds " + key); !strings.Contains(out, "is refused from now on") {
		b.Errorf("revoked: %s", out)
	}
	b.wants(401, token)
	if out := b.run("credential list creds"); !strings.Contains(out, "revoked") {
		b.Errorf("listed after the revocation:\n%s", out)
	}
}

func rotation(b *bench) {
	b.run("tenant create turns")
	old := b.json("credential create turns -expires 30d")
	out := b.run("credential rotate turns " + b.json("credential create turns")["key"].(string))
	if !strings.Contains(out, "Enter the new one at the provider before then.") {
		b.Errorf("rotated: %s", out)
	}
	rotated := b.json("credential rotate turns " + old["key"].(string) + " -overlap 1s")
	b.wants(200, rotated["new"].(map[string]any)["secret"].(string))
	time.Sleep(1100 * time.Millisecond)
	b.wants(401, old["secret"].(string))
	if expires := rotated["new"].(map[string]any)["expires"]; expires == rotated["old"].(map[string]any)["expires"] {
		b.Errorf("the new one expires with the old one, %v", expires)
	}
}

func subject(b *bench) {
	b.run("tenant create people")
	all := b.json("credential create people")["secret"].(string)
	id := b.newUser(201, all, "Ann@people.example")
	own := b.json("credential create people -subject ann@people.example")
	if own["subject"] != id {
		b.Errorf("subject %v, want %s", own["subject"], id)
	}
	b.fails(1, "no user", "credential create people -subject bob")
	if status, me := b.scim("GET", "/Me", own["secret"].(string), ""); status != 200 || me["id"] != id {
		b.Errorf("/Me: %d %v", status, me)
	}
	b.wants(403, own["secret"].(string))
}

func limits(b *bench) {
	b.run("tenant create small -users 1 -groups 1 -emails 2")
	token := b.json("credential create small")["secret"].(string)
	b.newUser(400, token, "a@small.example", "1@small.example", "2@small.example", "3@small.example")
	b.newUser(201, token, "a@small.example", "1@small.example", "2@small.example")
	b.newUser(403, token, "b@small.example")
	group := func(name string) int {
		status, _ := b.scim("POST", "/Groups", token,
			`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"`+name+`"}`)
		return status
	}
	if first, second := group("one"), group("two"); first != 201 || second != 403 {
		b.Errorf("groups: %d, %d", first, second)
	}
	b.run("tenant update small -users 0")
	b.newUser(201, token, "b@small.example")
}

// doom makes a tenant and begins to delete it early, because the deletion waits for requests that were
// let in before.
func (b *bench) doom() (token string, deleted <-chan result) {
	b.run("tenant create doomed -domains doomed.example")
	token = b.json("credential create doomed")["secret"].(string)
	for i := range 3 {
		b.newUser(201, token, fmt.Sprintf("u%d@doomed.example", i))
	}
	if r := b.exec("doom\n", "tenant", "delete", "doomed"); r.code != 1 ||
		!strings.Contains(r.err, "3 users and 0 groups") || !strings.Contains(r.err, "nothing is changed") {
		b.Errorf("wrong id: %+v", r)
	}
	end := make(chan result, 1)
	go func() { end <- b.exec("doomed\n", "tenant", "delete", "doomed") }()
	return token, end
}

func deletion(b *bench, token string, deleted <-chan result) {
	r := <-deleted
	if r.code != 0 || !strings.Contains(r.out, "tenant doomed is deleted") {
		b.Fatalf("deleted: %+v", r)
	}
	b.fails(1, "no tenant", "tenant show doomed")
	b.wants(401, token)
	b.run("tenant create heir -domains doomed.example") // the id itself can be used again a minute later
	heir := b.json("credential create heir")["secret"].(string)
	b.newUser(201, heir, "u0@doomed.example")
}

func provisioningLog(b *bench) {
	b.run("tenant create logged")
	made := b.json("credential create logged")
	token, key := made["secret"].(string), made["key"].(string)
	id := b.newUser(201, token, "Ann@logged.example")
	b.newUser(409, token, "ann@LOGGED.example")
	created := func() int { return len(b.json("log logged -status 201")["entries"].([]any)) }
	for deadline := time.Now().Add(time.Minute); created() < 2; time.Sleep(200 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.Fatal("the create is not in the log")
		}
	}
	out := b.run("log logged -since 1h")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != 4 || !strings.HasPrefix(lines[0], "TIME ") {
		b.Fatalf("the log is\n%s", out)
	}
	for i, words := range [][]string{
		1: {
			" 409 ", "create", "User", "ann@LOGGED.example", key,
			"uniqueness userName \"ann@LOGGED.example\" is in use", " (conflict ",
		},
		2: {" 201 ", "create", "User", "Ann@logged.example", id, key, "userName"},
		3: {" 201 ", "create", "Credential", key, "local"},
	} {
		for _, word := range words {
			if !strings.Contains(lines[i], word) {
				b.Errorf("%q is not in %s", word, lines[i])
			}
		}
	}
	for args, want := range map[string]int{
		"-user " + id: 1, "-user ANN@logged.example": 2, "-user bob": 0, "-status failed": 1,
		"-status 4xx -user " + id: 0,
		"-limit 1":                1, "-limit 0": 3,
	} {
		if got := len(b.json("log logged " + args)["entries"].([]any)); got != want {
			b.Errorf("log %s: %d entries, want %d", args, got, want)
		}
	}
	for limit, more := range map[string]bool{"1": true, "0": false, "100": false} {
		r := b.exec("", "log", "logged", "-limit", limit)
		if r.code != 0 || strings.Contains(r.err, "-limit 0 shows all") != more {
			b.Errorf("-limit %s: %+v", limit, r)
		}
	}
	if strings.Contains(lines[1], "Then provision") || len(lines[1]) > 240 {
		b.Errorf("the details are too long: %s", lines[1])
	}
	if out := b.run("log logged -user nobody"); !strings.HasSuffix(out, "\nnone\n") {
		b.Errorf("an empty log is\n%s", out)
	}
	b.fails(1, "status must be a number", "log logged -status none")
	b.fails(1, "no tenant", "log nobody")
}

// logByTime: -since and -until take a duration, a date, which means the whole day, or a
// time. It reads the log that provisioningLog has filled.
func logByTime(b *bench) {
	entries := b.json("log logged")["entries"].([]any)
	oldest, err := time.Parse(time.RFC3339, entries[len(entries)-1].(map[string]any)["time"].(string))
	if err != nil {
		b.Fatal(err)
	}
	oldest = oldest.Local()
	now, yesterday := time.Now(), oldest.AddDate(0, 0, -1).Format(time.DateOnly)
	today := now.Format(time.DateOnly)
	for args, want := range map[string]int{
		"-since 1h":           3,
		"-since 90d":          3,
		"-until 1h":           0,
		"-since " + yesterday: 3,
		"-since yesterday":    3,
		"-until yesterday":    0,
		"-since " + yesterday + " -until " + today:                  3,
		"-until " + now.Add(time.Minute).UTC().Format(time.RFC3339): 3,
		"-since 2026-01-01T00:00:00Z -until 2026-01-02T00:00:00Z":   0,
		"-since 2026-01-01 -until 2026-01-01":                       0,
	} {
		b.sub(args, func(b *bench) {
			got := len(b.json("log logged " + args)["entries"].([]any))
			if isSameDay := oldest.Day() == time.Now().Day(); got != want && isSameDay {
				b.Errorf("%d entries, want %d", got, want)
			}
		})
	}
	if r := b.exec("", "log", "logged", "-since", "91d"); !strings.Contains(r.err, "keeps the entries of 90 days") {
		b.Errorf("-since 91d: %+v", r)
	}
	minute := oldest.Add(-time.Minute).Format("2006-01-02 15:04")
	if r := b.exec("", "log", "logged", "-since", minute); r.code != 0 || strings.Count(r.out, "\n") != 4 {
		b.Errorf("-since %q: %+v", minute, r)
	}
}
