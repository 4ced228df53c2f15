package console_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"scimserver/shared/provlog"
	"scimserver/shared/scim"
	"scimserver/shared/table"
)

const hostile = `"><script>alert(1)</script>`

// data is what the tests find in the directory.
type data struct {
	token, key string
	ann        string   // the id of a user
	group      string   // of ann
	conflicts  []string // open ones, each held by an account
	team       string
	long       string // the id of a user with long names
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
	endless := strings.Repeat("Wolfeschlegelstein", 8)
	_, long := b.newUser(d.token, endless+"@acme.example", endless, "long@acme.example")
	d.long = long["id"].(string)
	_, group := b.scim(d.token, "POST", "/Groups", map[string]any{
		"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:Group"}, "displayName": "Engineering " + hostile,
		"members": []map[string]any{{"value": d.ann}},
	})
	d.group = group["id"].(string)
	for _, name := range []string{"taken0", "taken1", "taken2", "taken3", "keyboard"} {
		email := name + "@acme.example"
		b.ctl("account", "create", email, "-verified-email", email)
		d.conflicts = append(d.conflicts, b.newConflict(d.token, email))
	}
	b.addHistory()
	d.team = b.ctl("team", "create", "acme", "Night Watch")["id"].(string)
	b.ctl("tenant", "create", "globex", "-name", "Globex")
	b.await("the changes to be in the log", func() bool {
		log := b.ctl("log", "acme", "-user", "ann@acme.example")
		return len(log["entries"].([]any)) > 0
	})
	return d
}

// newConflict asks for a user whose email another holds, and returns the conflict. On a busy machine the
// service may not have the time to record it at first.
func (b *bench) newConflict(token, email string) (id string) {
	b.Helper()
	b.await("a conflict", func() bool {
		status, body := b.newUser(token, email, "Taken", email)
		_, rest, found := strings.Cut(fmt.Sprint(body["detail"]), "(conflict ")
		if status != http.StatusConflict {
			b.Fatalf("no conflict: %d %v", status, body)
		}
		if found {
			id = rest[:12]
		}
		return found
	})
	return id
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

// addHistory gives the log the requests of a month, and the tenant an earlier birthday.
func (b *bench) addHistory() {
	b.Helper()
	key := b.stack.Operator()
	cfg := aws.Config{
		Region: b.stack.Region(), BaseEndpoint: aws.String(b.stack.EngineEndpoint()),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return key, nil }),
	}
	db, err := table.Open(table.Options{Name: b.stack.TableName(), Config: &cfg})
	if err != nil {
		b.Fatal(err)
	}
	log, now := provlog.New(db, "acme"), time.Now()
	created := table.Item{"created": scim.FormatTime(now.AddDate(0, -2, 0))}
	earlier := table.Update(table.Key{PK: "TENANT", SK: "acme"}, created)
	if err := db.Write(b.Context(), func(table.Stamp) table.Write { return earlier }); err != nil {
		b.Fatal(err)
	}
	for ago := 1; ago < 30; ago++ {
		for i := range 1 + ago*7%5 {
			e := provlog.Entry{
				Time: now.AddDate(0, 0, -ago), Request: fmt.Sprintf("history-%d-%d", ago, i), Kind: "User",
				Operation: "replace", Status: 200, Name: "ann@acme.example",
			}
			if ago%6 == 0 && i == 0 {
				e.Status, e.Type, e.Detail = 400, "invalidValue", "emails.value is not an email address."
			}
			if err := log.Put(b.Context(), e); err != nil {
				b.Fatal(err)
			}
		}
	}
}
