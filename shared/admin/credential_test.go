package admin_test

import (
	"strings"
	"testing"
	"time"

	"scimserver/shared/tenant"
)

func (b *bench) acme(body string) {
	b.Helper()
	b.send(201, "POST", "/tenants", body)
}

// oldAcme creates a tenant two months ago: its log can have earlier entries than now.
func (b *bench) oldAcme() {
	b.Helper()
	now := b.now
	b.now = now.AddDate(0, -2, 0)
	b.acme(`{"id":"acme"}`)
	b.now = now
}

const acmeCredentials = "/tenants/acme/credentials"

func TestTokenWorks(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.acme(`{"id":"acme"}`)
	a := b.send(201, "POST", acmeCredentials, "")
	key, err := tenant.Parse(a.text("secret"))
	if err != nil || string(key) != a.text("key") || a.text("scopes") != "[read write]" || a.text("kind") != "token" {
		t.Fatalf("issued %v, %v", a, err)
	}
	c, err := b.dir.Tenants().Credential(t.Context(), key)
	if err != nil || !c.Proves(a.text("secret")) || c.Tenant != "acme" {
		t.Errorf("stored %+v, %v", c, err)
	}
	if list := b.send(200, "GET", acmeCredentials, ""); strings.Contains(list.text("credentials"), "secret") {
		t.Errorf("the list shows %v", list)
	}
}

// TestCredentialExpires: a credential expires unless the request says that it never does.
func TestCredentialExpires(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.acme(`{"id":"acme"}`)
	b.send(201, "POST", "/tenants", `{"id":"strict","limits":{"tokenAgeSeconds":3600}}`)
	b.send(201, "POST", "/tenants", `{"id":"long","limits":{"tokenAgeSeconds":63072000}}`)
	for _, tt := range []struct{ name, tenant, body, want string }{
		{"a year by default", "acme", ``, "2028-01-15T08:00:00Z"},
		{"as asked for", "acme", `{"expiresIn":86400}`, "2027-01-16T08:00:00Z"},
		{"never", "acme", `{"neverExpires":true}`, "<nil>"},
		{"the tenant's shorter limit", "strict", ``, "2027-01-15T09:00:00Z"},
		{"a year below a longer limit", "long", ``, "2028-01-15T08:00:00Z"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			made := b.send(201, "POST", "/tenants/"+tt.tenant+"/credentials", tt.body)
			if got := made.text("expires"); got != tt.want {
				t.Errorf("expires %s, want %s", got, tt.want)
			}
		})
	}
	b.send(400, "POST", "/tenants/strict/credentials", `{"neverExpires":true}`)
	b.send(400, "POST", acmeCredentials, `{"neverExpires":true,"expiresIn":5}`)
}

// TestCredentialIsRecognized: lists show the name and the maker, and a rotation keeps the name.
func TestCredentialIsRecognized(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.acme(`{"id":"acme"}`)
	made := b.send(201, "POST", acmeCredentials, `{"name":"Okta production"}`)
	rotated := b.send(201, "POST", acmeCredentials+"/"+made.text("key")+"/rotate", "")
	for _, shown := range []answer{made, b.send(200, "GET", acmeCredentials+"/"+rotated.text("new.key"), "")} {
		if shown.text("name") != "Okta production" || shown.text("createdBy") != "arn:operator" {
			t.Errorf("shown %v", shown)
		}
	}
	b.send(400, "POST", acmeCredentials, `{"name":"two\nlines"}`)
	if unnamed := b.send(201, "POST", acmeCredentials, `{"name":""}`); unnamed.get("name") != nil {
		t.Errorf("an empty name is shown: %v", unnamed)
	}
}

// TestWriteIncludesRead: the scope write includes read, and answers show both.
func TestWriteIncludesRead(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.acme(`{"id":"acme"}`)
	for _, scopes := range []string{`["write"]`, `["write","read"]`} {
		if a := b.send(201, "POST", acmeCredentials, `{"scopes":`+scopes+`}`); a.text("scopes") != "[read write]" {
			t.Errorf("%s: %v", scopes, a)
		}
	}
	client := b.send(201, "POST", acmeCredentials, `{"kind":"client","scopes":["write"]}`)
	second := b.send(201, "POST", acmeCredentials, `{"kind":"client","clientId":"`+client.text("key")+`"}`)
	if second.text("scopes") != "[read write]" {
		t.Errorf("a client's second secret: %v", second)
	}
}

func TestCredentialsThatCantBe(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.acme(`{"id":"acme","limits":{"tokenAgeSeconds":3600}}`)
	for _, body := range []string{
		`{"kind":"other"}`, `{"scopes":["admin"]}`, `{"scopes":["read","read"]}`, `{"expiresIn":0}`,
		`{"expiresIn":3601}`, `{"clientId":"x"}`,
		`{"subject":""}`, `{"clientId":""}`, `{"kind":"client","clientId":""}`, `{"scopes":[]}`,
		`{"subject":null}`, `{"kind":"client","subject":"ann"}`,
		`{"kind":"client","clientId":"x","scopes":["read"]}`,
	} {
		b.send(400, "POST", acmeCredentials, body)
	}
	b.send(404, "POST", acmeCredentials, `{"subject":"ann"}`)
	b.send(404, "POST", acmeCredentials, `{"kind":"client","clientId":"x"}`)
	b.send(404, "POST", "/tenants/globex/credentials", ``)
	b.send(404, "GET", "/tenants/globex/credentials", ``)
	if a := b.send(201, "POST", acmeCredentials, ""); a.text("expires") != "2027-01-15T09:00:00Z" {
		t.Errorf("the tenant's limit gives %v", a)
	}
}

func TestSubject(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.acme(`{"id":"acme"}`)
	b.send(201, "POST", "/tenants", `{"id":"globex"}`)
	id := string(b.newUser("acme", "Ann@example.com"))
	other := string(b.newUser("globex", "bob@example.com"))
	for _, who := range []string{id, "ann@EXAMPLE.com"} {
		a := b.send(201, "POST", acmeCredentials, `{"subject":"`+who+`"}`)
		if a.text("subject") != id || a.text("scopes") != "[read]" {
			t.Errorf("%s: %v", who, a)
		}
	}
	b.send(404, "POST", acmeCredentials, `{"subject":"`+other+`"}`)
	b.send(404, "POST", acmeCredentials, `{"subject":"bob@example.com"}`)
}

func TestClientHasSeveralSecrets(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.acme(`{"id":"acme"}`)
	first := b.send(201, "POST", acmeCredentials, `{"kind":"client","scopes":["read"]}`)
	if first.text("clientId") != first.text("key") {
		t.Errorf("first secret %v", first)
	}
	second := b.send(201, "POST", acmeCredentials, `{"kind":"client","clientId":"`+first.text("clientId")+`"}`)
	if second.text("clientId") != first.text("key") || second.text("key") == first.text("key") ||
		second.text("scopes") != "[read]" {
		t.Errorf("second secret %v", second)
	}
}

func TestRotation(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.acme(`{"id":"acme"}`)
	old := b.send(201, "POST", acmeCredentials, `{"scopes":["read"],"expiresIn":864000}`)
	path := acmeCredentials + "/" + old.text("key")
	a := b.send(201, "POST", path+"/rotate", "")
	if a.text("old.expires") != "2027-01-16T08:00:00Z" ||
		a.text("new.expires") != "2027-01-25T08:00:00Z" || a.text("new.scopes") != "[read]" {
		t.Errorf("rotated %v", a)
	}
	a = b.send(201, "POST", path+"/rotate", `{"overlapSeconds":60}`)
	if a.text("old.expires") != "2027-01-15T08:01:00Z" || a.text("new.expires") != "2027-01-25T08:00:00Z" {
		t.Errorf("rotated again %v", a)
	}
	b.now = b.now.Add(time.Minute)
	if a = b.send(200, "GET", path, ""); a.text("state") != "expired" {
		t.Errorf("after the overlap %v", a)
	}
	b.send(409, "POST", path+"/rotate", "")
}

func TestRevocation(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.acme(`{"id":"acme"}`)
	b.send(201, "POST", "/tenants", `{"id":"globex"}`)
	key := b.send(201, "POST", acmeCredentials, "").text("key")
	b.send(404, "DELETE", "/tenants/globex/credentials/"+key, "")
	b.send(404, "POST", "/tenants/globex/credentials/"+key+"/rotate", "")
	b.send(404, "GET", "/tenants/globex/credentials/"+key, "")
	a := b.send(200, "DELETE", acmeCredentials+"/"+key, "")
	if a.text("state") != "revoked" || a.text("worksForSeconds") != "60" {
		t.Errorf("revoked %v", a)
	}
	b.now = b.now.Add(45 * time.Second)
	a = b.send(200, "DELETE", acmeCredentials+"/"+key, "")
	if a.text("revoked") != "2027-01-15T08:00:00Z" || a.text("worksForSeconds") != "15" {
		t.Errorf("revoked again %v", a)
	}
}
