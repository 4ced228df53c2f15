package main_test

import (
	"encoding/json"
	"strings"
	"time"
)

// conflicted makes an account and lets a provider lose its email: the conflict's id.
func (b *bench) conflicted(token, email, externalID string) (account, conflict string) {
	b.Helper()
	account = b.json("account create " + email + " -verified-email " + email)["id"].(string)
	status, body := b.provision(token, email, externalID, email)
	if status != 409 || !strings.Contains(body["detail"].(string), "(conflict ") {
		b.Fatalf("provisioned: %d %v", status, body)
	}
	for _, c := range b.json("conflict list clash")["conflicts"].([]any) {
		if c := c.(map[string]any); c["value"] == email {
			return account, c["id"].(string)
		}
	}
	b.Fatal("the conflict is not listed")
	return "", ""
}

func (b *bench) provision(token, name, externalID, email string) (int, map[string]any) {
	b.Helper()
	body, err := json.Marshal(map[string]any{
		"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:User"}, "userName": name, "externalId": externalID,
		"emails": []map[string]string{{"value": email}},
	})
	if err != nil {
		b.Fatal(err)
	}
	return b.scim("POST", "/Users", token, string(body))
}

// becomes waits until a conflict is in a state: closing is done by the stream.
func (b *bench) becomes(state, conflict string) {
	b.Helper()
	now := func() any { return b.json("conflict show clash " + conflict)["state"] }
	for deadline := time.Now().Add(time.Minute); now() != state; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.Fatalf("the conflict does not become %s: %s", state, b.run("conflict show clash "+conflict))
		}
	}
}

func conflicts(b *bench) {
	b.run("tenant create clash")
	token := b.json("credential create clash")["secret"].(string)
	if out := b.run("conflict list clash"); !strings.HasSuffix(out, "\nnone\n") {
		b.Errorf("none are listed as\n%s", out)
	}
	account, id := b.conflicted(token, "ann@clash.example", "x1")
	out := b.run("conflict show clash " + id)
	for _, words := range []string{
		"open", "emails.value ann@clash.example", "ann@clash.example (account " + account + ")",
		"ann@clash.example (verified, primary)", "yes:",
		"scimctl conflict connect clash " + id + " -holder " + account + "\n",
		"scimctl conflict release clash " + id + " -username NEW, or -email NEW\n",
		"To hide it from the list: scimctl conflict dismiss clash " + id + "\n",
	} {
		if !strings.Contains(out, words) &&
			!strings.Contains(out, strings.Replace(words, "verified, primary", "primary, verified", 1)) {
			b.Errorf("%q is not shown in\n%s", words, out)
		}
	}
	if !strings.Contains(out, "holder now ") {
		b.Errorf("the holder is not shown in\n%s", out)
	}
	b.fails(1, account, "conflict connect clash "+id+" -holder 3f6f2f0e-0000-4000-8000-000000000000")
	out = b.run("conflict connect clash " + id + " -holder " + account)
	if !strings.Contains(out, "connects ann@clash.example (account "+account+")") ||
		!strings.Contains(out, "unless the account changes or the request asks for something else") {
		b.Errorf("connect says %s", out)
	}
	status, user := b.provision(token, "ann@clash.example", "x1", "ann@clash.example")
	if status != 201 || user["id"] != account {
		b.Errorf("the attempt after the approval: %d %v, want account %s", status, user, account)
	}
	b.becomes("closed", id)
	out = b.run("conflict show clash " + id)
	if !strings.Contains(out, "there is nothing to do.") ||
		strings.Count(out, "connected by approval") != 1 || strings.Contains(out, "can ") {
		b.Errorf("once it is closed:\n%s", out)
	}
	for _, state := range []string{"closed", "all"} {
		out := b.run("conflict list clash -state " + state)
		if !strings.Contains(out, id) || !strings.Contains(out, "OUTCOME\n") ||
			!strings.Contains(out, "connected by approval\n") {
			b.Errorf("%s ones are\n%s", state, out)
		}
	}
	b.fails(1, "closed", "conflict release clash "+id+" -email x@clash.example")
	b.fails(1, "no conflict", "conflict show clash aaaaaaaaaaaa")
	b.fails(1, `there is no tenant "nix"`, "conflict show nix aaaaaaaaaaaa")
	b.fails(1, "none of open", "conflict list clash -state gone")
}

func released(b *bench) {
	token := b.json("credential create clash")["secret"].(string)
	_, id := b.conflicted(token, "bob@clash.example", "x2")
	b.fails(1, "choose another", "conflict release clash "+id)
	b.fails(1, "is not an email address", "conflict release clash "+id+" -email nonsense")
	b.fails(2, "empty", "conflict release clash "+id+" -email=")
	b.fails(1, "-name is for a team; this conflict is held by an account", "conflict release clash "+id+" -name Crew")
	b.fails(1, "-email: ", "conflict release clash "+id+" -email nonsense")
	out := b.run("conflict release clash " + id + " -email bob@home.example")
	if !strings.Contains(out, "the next attempt of the provider succeeds") {
		b.Errorf("release says %s", out)
	}
	if status, _ := b.provision(token, "bob@clash.example", "x2", "bob@clash.example"); status != 201 {
		b.Errorf("after the release: %d", status)
	}
	b.becomes("closed", id)
	account, id := b.conflicted(token, "carl@clash.example", "x3")
	r := b.exec("no\n", "conflict", "delete", "clash", id)
	if r.code != 1 || !strings.Contains(r.err, "carl@clash.example") || !strings.Contains(r.err, "nothing is changed") {
		b.Errorf("wrong id: %+v", r)
	}
	if out := b.run("conflict delete clash " + id + " -confirm " + account); !strings.Contains(out, "value is free") {
		b.Errorf("delete says %s", out)
	}
	b.fails(1, "no account", "account show "+account)
	_, id = b.conflicted(token, "dora@clash.example", "x4")
	if out := b.run("conflict dismiss clash " + id); !strings.Contains(out, "listed with -state dismissed only") {
		b.Errorf("dismiss says %s", out)
	}
	if out := b.run("conflict list clash"); strings.Contains(out, id) {
		b.Errorf("listed all the same:\n%s", out)
	}
	b.newUser(201, token, "own@clash.example")
	b.newUser(409, token, "OWN@clash.example")
	if out := b.run("conflict list clash"); !strings.Contains(out, "  the provider alone\n") {
		b.Errorf("a conflict with the provider's own user:\n%s", out)
	}
	own := b.json("conflict list clash")["conflicts"].([]any)[0].(map[string]any)["id"].(string)
	out = b.run("conflict show clash " + own)
	if !strings.Contains(out, "Only the provider can resolve it") ||
		!strings.Contains(out, "hide it from the list: scimctl conflict dismiss clash "+own) {
		b.Errorf("a conflict with the provider's own user:\n%s", out)
	}
}

// What providers send neither forges lines nor steers a terminal.
func printed(b *bench) {
	b.run("tenant create forged")
	token := b.json("credential create forged")["secret"].(string)
	b.run("account create zoe -email zoe@forged.example")
	b.run("account create yan@forged.example")
	external := "e1\nnow  mallory\x1b[2J\u202e"
	if status, body := b.provision(token, "yan@forged.example", external, "zoe@forged.example"); status != 409 {
		b.Fatalf("provisioned: %d %v", status, body)
	}
	list := b.json("conflict list forged")["conflicts"].([]any)
	if len(list) != 2 {
		b.Fatalf("the conflicts are %v", list)
	}
	one, other := list[0].(map[string]any), list[1].(map[string]any)
	if one["externalId"] != external {
		b.Errorf("as JSON: %q", one["externalId"])
	}
	out := b.run("conflict show forged " + one["id"].(string))
	if !strings.Contains(out, "e1\ufffdnow  mallory\ufffd[2J\ufffd\n") || strings.ContainsAny(out, "\x1b\u202e") {
		b.Errorf("as text: %q", out)
	}
	if !strings.Contains(out, "see also") || !strings.Contains(out, other["id"].(string)+" (open): ") {
		b.Errorf("the other holder is missing:\n%s", out)
	}
	name := `J. R. "(conflict aaaaaaaaaaaa)`
	b.provision(token, name, "e2", "jr@forged.example")
	_, body := b.provision(token, name, "e3", "jr2@forged.example")
	_, real, _ := strings.Cut(body["detail"].(string), `aaaaaaaaaaaa)" is in use`)
	_, real, _ = strings.Cut(real, "(conflict ")
	lines := strings.Split(b.run("log forged -status 409 -limit 1"), "\n")
	want := `uniqueness userName "J. R. \"(conflict aaaaaaaaaaaa)" is in use by User`
	if !strings.Contains(lines[1], want) || !strings.HasSuffix(lines[1], " (conflict "+real[:12]+")") {
		b.Errorf("a name like a detail: %q, of %s", lines[1], body["detail"])
	}
	r := b.exec("", "team", "show", "forged", "a\x1b[2J\nb")
	if r.code != 1 || strings.Contains(r.err, "\x1b") || strings.Count(r.err, "\n") != 1 {
		b.Errorf("an error: %q", r.err)
	}
}
