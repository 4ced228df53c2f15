package main_test

import (
	"encoding/json"
	"fmt"
	"strings"
)

// reads shows users and groups, and finds persons over all tenants and accounts.
func reads(b *bench) {
	for _, id := range []string{"reads", "other"} {
		b.run("tenant create " + id)
	}
	token := b.json("credential create reads")["secret"].(string)
	ann := b.newUser(201, token, "Ann@reads.example", "ann@mail.example")
	bob := b.newUser(201, b.json("credential create other")["secret"].(string), "bob@other.example")
	b.status(200, "PATCH", "/Users/"+ann, token,
		`{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add",`+
			`"value":{"externalId":"E 7","active":false}}]}`)
	account := b.json("account create cid@reads.example")["id"].(string)
	group := fmt.Sprint(b.status(201, "POST", "/Groups", token,
		`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Sea Staff",`+
			`"members":[{"value":"`+ann+`"}]}`)["id"])
	b.run("team create reads Crew")
	b.run("team add reads Crew ann@reads.example")
	whoFinds(b, ann, bob, account)
	userCommands(b, ann)
	groupCommands(b, ann, group)
	terminal(b, token)
}

func whoFinds(b *bench, ann, bob, account string) {
	b.Helper()
	for value, words := range map[string]string{
		"ANN@reads.example": "user reads " + ann + " Ann@reads.example no 1 ann@mail.example E 7 userName",
		"ann@mail.example":  "user reads " + ann + " Ann@reads.example no 1 ann@mail.example E 7 email",
		"E 7":               "user reads " + ann + " Ann@reads.example no 1 ann@mail.example E 7 externalId",
		bob:                 "user other " + bob + " bob@other.example yes 0 - - id",
		account:             "account - " + account + " cid@reads.example - - - - id",
	} {
		r := b.exec("", "who", value)
		if r.code != 0 || !strings.HasPrefix(r.out, "KIND ") ||
			!strings.HasSuffix(strings.Join(strings.Fields(r.out), " "), words) {
			b.Errorf("who %s: %+v, want %s", value, r, words)
		}
	}
	var list []map[string]any
	err := json.Unmarshal([]byte(b.run("who ann@mail.example -json")), &list)
	if err != nil || len(list) != 1 || list[0]["tenant"] != "reads" || list[0]["groups"] != 1.0 {
		b.Errorf("who -json: %v, %v", list, err)
	}
	b.fails(1, "no user and no account has", "who nobody@reads.example")
	b.fails(2, "who takes VALUE", "who")
}

func userCommands(b *bench, ann string) {
	b.Helper()
	for _, who := range []string{ann, "ann@READS.example", "ann@mail.example"} {
		out := strings.Join(strings.Fields(b.run("user show reads "+who)), " ")
		for _, words := range []string{
			"id " + ann, "tenant reads", "externalId E 7", "active no", "groups 1 group ", "Sea Staff direct",
			"teams 1 team ", "Crew tenant reads",
		} {
			if !strings.Contains(out, words) {
				b.Errorf("user show %s lacks %q:\n%s", who, words, out)
			}
		}
	}
	if out := b.run("user list reads"); !strings.HasPrefix(out, "ID ") || !strings.Contains(out, ann) {
		b.Errorf("user list:\n%s", out)
	}
	list := b.json("user list reads")["users"].([]any)
	if len(list) != 1 || list[0].(map[string]any)["attributes"].(map[string]any)["externalId"] != "E 7" {
		b.Errorf("user list -json: %v", list)
	}
	b.fails(1, `no user of tenant "other" has the id, userName or email`, "user show other "+ann)
	b.fails(1, "no tenant", "user list nowhere")
	b.fails(2, "USER must not be", "user show reads ..")
}

func groupCommands(b *bench, ann, group string) {
	b.Helper()
	for _, name := range []string{group, "SEA STAFF"} {
		r := b.exec("", "group", "show", "reads", name)
		out := strings.Join(strings.Fields(r.out), " ")
		if r.code != 0 || !strings.HasSuffix(out, "members 1 user "+ann+" Ann@reads.example") {
			b.Errorf("group show %s: %+v", name, r)
		}
	}
	if out := b.run("group list reads"); !strings.Contains(out, group) || !strings.Contains(out, "Sea Staff") {
		b.Errorf("group list:\n%s", out)
	}
	if out := b.run("group list other"); !strings.HasSuffix(out, "\nnone\n") {
		b.Errorf("no groups are listed as\n%s", out)
	}
	b.fails(1, `no group of tenant "other" has the id or displayName`, "group show other "+group)
}

// terminal: no character that a provider sends may control the terminal of an operator.
func terminal(b *bench, token string) {
	b.Helper()
	b.status(201, "POST", "/Users", token,
		`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"esc@reads.example",`+
			`"externalId":"\u001b[31mred\u009b2J","displayName":"a\u202eb\u007f"}`)
	for _, args := range []string{
		"user list reads", "user show reads esc@reads.example", "who esc@reads.example",
		"user list reads -json", "user show reads esc@reads.example -json", "who esc@reads.example -json",
	} {
		out := b.run(args)
		if strings.ContainsAny(out, "\u001b\u009b\u202e\u007f") || !strings.Contains(out, "[31mred") {
			b.Errorf("scimctl %s printed %q", args, out)
		}
	}
}

// status sends a SCIM request that is to be answered with a status.
func (b *bench) status(want int, method, path, token, body string) map[string]any {
	b.Helper()
	got, answer := b.scim(method, path, token, body)
	if got != want {
		b.Fatalf("%s %s: %d %v, want %d", method, path, got, answer, want)
	}
	return answer
}
