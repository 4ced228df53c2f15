package stack_test

import (
	"net/http"
	"testing"
	"time"

	"scimserver/infra/local/stack"
	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

// account makes an account of the application whose username is its email.
func (p *idp) account(email string) scim.ID {
	p.Helper()
	doc, err := scim.ParseJSON([]byte(mailed(email, email, "")))
	if err != nil {
		p.Fatal(err)
	}
	a, err := p.directory().Accounts().Create(p.Context(), directory.AccountContent{Content: directory.Content{Doc: doc}})
	if err != nil {
		p.Fatal(err)
	}
	return a.ID
}

func mailed(name, email, externalID string) string {
	return `{"schemas":["` + scim.UserSchema + `"],"userName":"` + name + `","externalId":"` + externalID + `","emails":[{"value":"` + email + `"}]}`
}

// conflict finds the open conflict about a value, as operators see it.
func (p *idp) conflict(value string) (path string) {
	p.Helper()
	var list struct{ Conflicts []struct{ ID, Value string } }
	operate(p, p.stack, http.MethodGet, "/tenants/local/conflicts?state=open", &list)
	for _, c := range list.Conflicts {
		if c.Value == value {
			return "/tenants/local/conflicts/" + c.ID
		}
	}
	p.Fatalf("no conflict about %s in %+v", value, list)
	return ""
}

// closes waits until a conflict is closed.
func (p *idp) closes(path string) {
	p.Helper()
	var c struct{ State, Outcome string }
	for deadline := time.Now().Add(time.Minute); c.State != "closed"; time.Sleep(50 * time.Millisecond) {
		if operate(p, p.stack, http.MethodGet, path, &c); time.Now().After(deadline) {
			p.Fatalf("%s: %+v", path, c)
		}
	}
}

// A provider loses a value; an operator decides; the provider's next attempt succeeds,
// and the stream closes the conflict.
func TestConflictsThroughTheStack(t *testing.T) {
	processesOnly(t)
	for mode, transport := range modes {
		t.Run(mode, func(t *testing.T) {
			p := newIDP(t, stack.Options{Transport: transport})
			var settled []string
			for name, decide := range map[string]func(path, email string) string{
				"connect": func(path, email string) string {
					operate(p, p.stack, http.MethodPost, path+"/connect", &struct{}{})
					return mailed(email, email, "connect")
				},
				"free": func(_, email string) string {
					a, err := p.directory().Accounts().ByEmail(t.Context(), email)
					if err == nil {
						err = p.directory().Accounts().Delete(t.Context(), a.ID, nil)
					}
					if err != nil {
						t.Fatal(err)
					}
					return mailed(email, email, "free")
				},
				"rename": func(_, _ string) string { return mailed("other@x.org", "other@x.org", "rename") },
			} {
				email := name + "@x.org"
				id := p.account(email)
				p.want(http.StatusConflict, "POST", "/Users", mailed(email, email, name))
				path := p.conflict(email)
				u := p.want(http.StatusCreated, "POST", "/Users", decide(path, email))
				if same := u.Get("id").Text() == string(id); same != (name == "connect") {
					t.Errorf("%s: user %s, account %s", name, u.Get("id").Text(), id)
				}
				settled = append(settled, path)
			}
			for _, path := range settled {
				p.closes(path)
			}
			if report := p.verify(); report.Users != 3 || report.Accounts != 1 {
				t.Errorf("%+v", report)
			}
		})
	}
}
