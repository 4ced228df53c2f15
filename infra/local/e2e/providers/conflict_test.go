package providers_test

import (
	"net/http"
	"testing"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// account makes an account of the application whose username is its email.
func (p client) account(email string) scim.ID {
	p.Helper()
	doc, err := scim.ParseJSON([]byte(mailed(email, email, "")))
	if err != nil {
		p.Fatal(err)
	}
	a, err := p.Directory().Accounts().Create(p.Context(),
		directory.AccountContent{Content: directory.Content{Doc: doc}})
	if err != nil {
		p.Fatal(err)
	}
	return a.ID
}

func mailed(name, email, externalID string) string {
	return `{"schemas":["` + scim.UserSchema + `"],"userName":"` + name + `","externalId":"` + externalID +
		`","emails":[{"value":"` + email + `"}]}`
}

func (p client) conflicts() string { return "/tenants/" + string(p.Tenant) + "/conflicts" }

// conflict finds the open conflict about a value, as operators see it.
func (p client) conflict(value string) (path string) {
	p.Helper()
	var list struct{ Conflicts []struct{ ID, Value string } }
	p.Operate(http.MethodGet, p.conflicts()+"?state=open", "", &list)
	for _, c := range list.Conflicts {
		if c.Value == value {
			return p.conflicts() + "/" + c.ID
		}
	}
	p.Fatalf("no conflict about %s in %+v", value, list)
	return ""
}

// closes waits until a conflict is closed.
func (p client) closes(path string) {
	p.Helper()
	var c struct{ State, Outcome string }
	for deadline := time.Now().Add(time.Minute); c.State != "closed"; time.Sleep(50 * time.Millisecond) {
		if p.Operate(http.MethodGet, path, "", &c); time.Now().After(deadline) {
			p.Fatalf("%s: %+v", path, c)
		}
	}
}

// conflicts: a provider loses a value; an operator decides; the provider's next
// attempt succeeds, and the stream closes the conflict.
func conflicts(t *testing.T, s suite, id tenant.ID) {
	p := client{s.NewTenant(t, id, tenant.Generic)}
	domain := "@" + string(id) + ".example"
	var settled []string
	for name, decide := range map[string]func(path, email string) string{
		"connect": func(path, email string) string {
			p.Operate(http.MethodPost, path+"/connect", "", &struct{}{})
			return mailed(email, email, "connect")
		},
		"free": func(_, email string) string {
			p.removeAccount(email)
			return mailed(email, email, "free")
		},
		"rename": func(_, _ string) string { return mailed("other"+domain, "other"+domain, "rename") },
	} {
		email := name + domain
		account := p.account(email)
		p.Want(http.StatusConflict, "POST", "/Users", mailed(email, email, name))
		path := p.conflict(email)
		u := p.Want(http.StatusCreated, "POST", "/Users", decide(path, email))
		if same := u.Get("id").Text() == string(account); same != (name == "connect") {
			t.Errorf("%s: user %s, account %s", name, u.Get("id").Text(), account)
		}
		settled = append(settled, path)
	}
	for _, path := range settled {
		p.closes(path)
	}
	p.Counts(3, 0)
	if _, err := p.Directory().Accounts().ByEmail(t.Context(), "rename"+domain); err != nil {
		t.Errorf("the account that nobody touched: %v", err)
	}
}

func (p client) removeAccount(email string) {
	p.Helper()
	a, err := p.Directory().Accounts().ByEmail(p.Context(), email)
	if err == nil {
		err = p.Directory().Accounts().Delete(p.Context(), a.ID, nil)
	}
	if err != nil {
		p.Fatal(err)
	}
}
