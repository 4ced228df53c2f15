package console_test

import (
	"fmt"
	"strings"
	"time"
)

const hostile = `"><script>alert(1)</script>`

// data is what the tests find in the directory.
type data struct {
	token, key string
	ann        string   // the id of a user
	group      string   // of ann
	conflicts  []string // open ones, each held by an account
	team       string
}

// seed fills the directory with a tenant of usual and of unusual names.
func (b *bench) seed() (d data) {
	b.Helper()
	b.ctl("tenant", "create", "acme", "-name", "Acme Inc.", "-profile", "okta", "-rps", "2000", "-burst", "2000")
	made := b.ctl("credential", "create", "acme", "-name", "Okta production")
	d.token, d.key = made["secret"].(string), made["key"].(string)
	_, ann := b.newUser(d.token, "ann@acme.example", "Ann Lee", "ann@acme.example")
	d.ann = ann["id"].(string)
	b.newUser(d.token, hostile, hostile, "mallory@acme.example")
	b.newUser(d.token, "دينا@acme.example", "دينا الأحمد", "dina@acme.example")
	b.newUser(d.token, strings.Repeat("a", 150)+"@acme.example", strings.Repeat("Wolfeschlegelstein", 8), "long@acme.example")
	_, group := b.scim(d.token, "POST", "/Groups", map[string]any{
		"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:Group"}, "displayName": "Engineering " + hostile,
		"members": []map[string]any{{"value": d.ann}},
	})
	d.group = group["id"].(string)
	for i := range 4 {
		email := fmt.Sprintf("taken%d@acme.example", i)
		b.ctl("account", "create", email, "-verified-email", email)
		status, body := b.newUser(d.token, email, "Taken", email)
		_, id, found := strings.Cut(fmt.Sprint(body["detail"]), "(conflict ")
		if status != 409 || !found {
			b.Fatalf("no conflict: %d %v", status, body)
		}
		d.conflicts = append(d.conflicts, id[:12])
	}
	d.team = b.ctl("team", "create", "acme", "Night Watch")["id"].(string)
	b.ctl("tenant", "create", "globex", "-name", "Globex")
	b.await("the changes to be in the log", func() bool {
		log := b.ctl("log", "acme", "-user", "ann@acme.example")
		return len(log["entries"].([]any)) > 0
	})
	return d
}

// await asks again and again until it is so.
func (b *bench) await(what string, so func() bool) {
	b.Helper()
	for deadline := time.Now().Add(time.Minute); !so(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.Fatalf("waited in vain for %s", what)
		}
	}
}
