package main_test

import (
	"encoding/json"
	"strings"
	"time"
)

// persons exports a person who was renamed, and erases her while function changes may still hear of her.
func persons(b *bench) {
	b.run("tenant create privacy")
	token := b.json("credential create privacy")["secret"].(string)
	id := b.newUser(201, token, "annabel.born@privacy.example", "annabel@privacy.example")
	b.status(200, "PATCH", "/Users/"+id, token, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],`+
		`"Operations":[{"op":"replace","value":{"userName":"annabel@privacy.example"}}]}`)
	b.newUser(409, token, "annabel.other@privacy.example", "annabel@privacy.example")
	b.status(201, "POST", "/Groups", token, `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],`+
		`"displayName":"Quiet","members":[{"value":"`+id+`"}]}`)
	b.awaitEvent("privacy", "user.updated")
	b.exportedPerson(id)
	if r := b.exec("no\n", "person", "erase", "annabel@privacy.example", "-tenant", "privacy"); r.code != 1 ||
		!strings.Contains(r.err, "nothing is changed") ||
		!strings.Contains(r.err, "deletes user "+id+" of tenant privacy (annabel@privacy.example)") ||
		!strings.Contains(r.err, "creates the user again") {
		b.Errorf("a wrong answer: %+v", r)
	}
	report := b.json("person erase annabel@privacy.example -tenant privacy -yes")
	if list := report["deleted"].([]any); len(list) != 1 || report["conflicts"] != 1.0 ||
		report["entries"].(float64) < 1 || len(report["left"].([]any)) == 0 {
		b.Errorf("the report is %v", report)
	}
	b.awaitEvent("privacy", "user.deleted")
	for _, args := range []string{"log privacy -json", "event list privacy -json",
		"conflict list privacy -state all -json", "tenant export privacy"} {
		if out := b.run(args); strings.Contains(out, "annabel") {
			b.Errorf("scimctl %s: %s", args, out)
		}
	}
	b.fails(1, "tenant privacy holds nothing about", "person erase annabel@privacy.example -tenant privacy -yes")
	b.fails(1, `there is no tenant "nobody"`, "person erase annabel@privacy.example -tenant nobody")
	if r := b.exec("", "person", "erase", ""); r.code != 2 || !strings.Contains(r.err, "VALUE must not be empty") {
		b.Errorf("nobody: %+v", r)
	}
	if out := b.run("log privacy"); strings.Count(out, " erase ") != 2 || !strings.Contains(out, " export ") {
		b.Errorf("the actions in the log:\n%s", out)
	}
	b.fails(1, "holds nothing about", "person export annabel@privacy.example -tenant privacy")
	b.fails(1, `no tenant "nobody"`, "person export annabel@privacy.example -tenant nobody")
	b.erasedAccount(token)
	b.deletedPerson()
}

// exportedPerson checks the export of the renamed person.
func (b *bench) exportedPerson(id string) {
	b.Helper()
	var out struct {
		Persons []struct{ Person map[string]any }
		Records []struct{ Type string }
	}
	text := b.run("person export annabel.born@privacy.example -tenant privacy")
	if !strings.Contains(text, `"formerly": true`) || !strings.Contains(text, id) {
		b.Errorf("by the former name:\n%s", text)
	}
	text = b.run("person export annabel@privacy.example -tenant privacy")
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		b.Fatal(err)
	}
	types := map[string]int{}
	for _, r := range out.Records {
		types[r.Type]++
	}
	if len(out.Persons) != 1 || out.Persons[0].Person["id"] != id ||
		len(out.Persons[0].Person["groups"].([]any)) != 1 ||
		types["conflict"] != 1 || types["log"] < 1 || types["event"] < 2 || !strings.Contains(text, "annabel.born") {
		b.Errorf("%v in\n%s", types, text)
	}
}

// erasedAccount erases an account over all tenants. A tenant's conflict about another value of the account is erased,
// too.
func (b *bench) erasedAccount(token string) {
	b.Helper()
	id := b.json("account create annabel.alone -email annabel@alone.example")["id"].(string)
	b.newUser(409, token, "annabel.alone")
	if r := b.exec("annabel@alone.example\n", "person", "erase", "annabel@alone.example"); r.code != 0 ||
		!strings.Contains(r.out, "deleted: account "+id) {
		b.Errorf("the account: %+v", r)
	}
	b.fails(1, "", "account show "+id)
	if out := b.run("conflict list privacy -state all -json"); strings.Contains(out, "annabel") {
		b.Errorf("the conflict with the account: %s", out)
	}
}

// deletedPerson exports and erases by the id a user whom the provider has deleted.
func (b *bench) deletedPerson() {
	b.Helper()
	b.run("tenant create parted")
	token := b.json("credential create parted")["secret"].(string)
	id := b.newUser(201, token, "annabel@parted.example")
	b.status(204, "DELETE", "/Users/"+id, token, "")
	b.awaitEvent("parted", "user.deleted")
	if out := b.run("person export " + id + " -tenant parted"); !strings.Contains(out, "annabel@parted.example") {
		b.Errorf("exported by the id:\n%s", out)
	}
	if r := b.json("person erase " + id + " -tenant parted -yes"); r["events"] != 2.0 {
		b.Errorf("erased by the id: %v", r)
	}
	if out := b.run("event list parted -json"); strings.Contains(out, "annabel") || !strings.Contains(out, id) {
		b.Errorf("the events: %s", out)
	}
}

// awaitEvent waits until a tenant's feed has an event of a type.
func (b *bench) awaitEvent(tenant, kind string) {
	b.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		out := b.run("event list " + tenant)
		if strings.Contains(out, kind) {
			return
		}
		if time.Now().After(deadline) {
			b.Fatalf("no %s in\n%s", kind, out)
		}
	}
}
