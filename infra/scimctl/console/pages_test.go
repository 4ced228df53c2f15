package console_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// shows expects words on a page.
func (c *client) shows(path string, words ...string) {
	c.Helper()
	body := c.view(path)
	for _, w := range words {
		if !strings.Contains(body, w) {
			c.Errorf("%s does not show %q:\n%s", path, w, body)
		}
	}
}

// answers expects a status and words of an answer.
func (c *client) answers(p page, status int, words ...string) {
	c.Helper()
	if p.status != status {
		c.Errorf("%s: %d, want %d:\n%s", p.at, p.status, status, p.body)
	}
	for _, w := range words {
		if !strings.Contains(p.body, w) {
			c.Errorf("%s lacks %q:\n%s", p.at, w, p.body)
		}
	}
}

func listsAndSearches(c *client, d data) {
	c.shows("/", "Acme Inc.")
	c.shows("/tenants", "Acme Inc.", "Globex", "Local tenant")
	c.shows("/tenants?prefix=glo", "Globex")
	if strings.Contains(c.view("/tenants?prefix=glo"), "Acme") {
		c.Error("a prefix finds other tenants")
	}
	c.shows("/tenants?prefix=nobody", "No tenant&#39;s id begins with nobody")
	c.shows("/tenants/acme", "open conflicts", "Show conflicts", "Valid credentials")
	for _, value := range []string{"ann@acme.example", "ANN@acme.example", d.ann} {
		c.shows("/tenants/acme/users?value="+url.QueryEscape(value), "Ann Lee", "1 user on this page")
	}
	c.shows("/tenants/acme/users?value=nobody", "No user has this email")
	c.shows("/tenants/acme/users/"+d.ann, "Engineering", "&#34;userName&#34;: &#34;ann@acme.example&#34;")
	c.shows("/tenants/acme/groups/"+d.group, "ann@acme.example")
	c.shows("/tenants/acme/groups?name=nobody", "No group is called nobody")
	c.shows("/tenants/acme/teams", "Night Watch")
	c.shows("/tenants/acme/log?failed=yes&since=1h", "uniqueness", "/conflicts/"+d.conflicts[0], "Failures only")
	c.shows("/tenants/acme/log?user=ann@acme.example", "Create user")
	c.shows("/tenants/acme/events", "user.created", "ann@acme.example")
	c.shows("/tenants/globex/events", "No events")
	c.shows("/tenants/globex/conflicts", "No conflicts here")
	c.answers(c.get(c.base+"/tenants/nobody/users"), http.StatusNotFound, "There is no tenant")
	c.Run("pages", func(t *testing.T) {
		next := regexp.MustCompile(`href="([^"]+)" rel="next"`)
		for i := range 60 {
			name := fmt.Sprintf("many%d@acme.example", i)
			if status, _ := c.newUser(d.token, name, "", name); status != http.StatusCreated {
				t.Fatal(status)
			}
		}
		found := next.FindStringSubmatch(c.view("/tenants/acme/users"))
		if found == nil {
			t.Fatal("there is no second page")
		}
		second := c.get(strings.ReplaceAll(found[1], "&amp;", "&"))
		c.answers(second, http.StatusOK, "First page")
		if next.MatchString(second.body) {
			t.Errorf("the second page is not the last: %s", second.body)
		}
	})
}

func people(c *client, d data) {
	c.shows("/people", "Email, username, id or external id")
	for _, value := range []string{"ann@acme.example", d.ann} {
		c.shows("/people?value="+value, "ann@acme.example", "/tenants/acme/users/"+d.ann)
	}
	c.shows("/people?value=taken0@acme.example", "account of the application")
	c.shows("/people?value=nobody", "Nobody has this email")
}

// resolveConflicts: each page says what will happen, and the service then has it so.
func resolveConflicts(c *client, d data) {
	one := func(i int) string { return "/tenants/acme/conflicts/" + d.conflicts[i] }
	state := func(i int) any { return c.ctl("conflict", "show", "acme", d.conflicts[i])["state"] }
	c.shows("/tenants/acme/conflicts", "taken0@acme.example", "taken3@acme.example", "Need attention")
	c.shows(one(0), "What you can do", "Connect the account", "Release the value", "Delete the account")
	holder := c.ctl("conflict", "show", "acme", d.conflicts[0])["holder"].(map[string]any)["id"].(string)

	c.shows(one(0)+"/connect", "The provider&#39;s next request takes over taken0@acme.example")
	other := c.submit(one(0)+"/connect", url.Values{"holder": {d.ann}}) // than the one shown
	c.answers(other, http.StatusConflict, "Nothing was changed")
	connected := c.submit(one(0)+"/connect", url.Values{"holder": {holder}})
	c.answers(connected, http.StatusOK, "The connection is approved")
	refused := c.submit(one(1)+"/release", url.Values{"email": {"nonsense"}})
	c.answers(refused, http.StatusBadRequest, "Nothing was changed", `value="nonsense"`)
	if state(0) != "approved" || state(1) != "open" {
		c.Errorf("the conflicts are %s and %s", state(0), state(1))
	}
	free := url.Values{"email": {"free@home.example"}, "userName": {"free@home.example"}}
	if p := c.submit(one(1)+"/release", free); p.status != http.StatusOK || state(1) != "freed" {
		c.Errorf("released: %d %s %s", p.status, state(1), p.body)
	}
	c.shows(one(2)+"/delete", "This permanently deletes taken2@acme.example", "can&#39;t be undone")
	gone := c.ctl("conflict", "show", "acme", d.conflicts[2])["holder"].(map[string]any)["id"].(string)
	if p := c.submit(one(2)+"/delete", url.Values{"holder": {gone}}); p.status != http.StatusOK || state(2) != "freed" {
		c.Errorf("deleted: %d %s %s", p.status, state(2), p.body)
	}
	if p := c.submit(one(3)+"/dismiss", url.Values{}); p.status != http.StatusOK || state(3) != "dismissed" {
		c.Errorf("dismissed: %d %s", p.status, state(3))
	}
	c.shows("/tenants/acme/conflicts?state=dismissed", "taken3@acme.example")
	c.shows(one(2)+"/delete", "This is not possible now")
}

// invitations: the link to the setup page is shown once.
func invitations(c *client, _ data) {
	c.shows("/tenants/acme/invitations", "Nobody is invited")
	made := c.submit("/tenants/acme/invitations/new", url.Values{"role": {"view"}, "days": {"1"}})
	c.answers(made, http.StatusOK, "Copy the link now", "/<wbr>setup#setup.acme.")
	c.answers(c.get(made.at), http.StatusOK, "The link was shown once")
	id := regexp.MustCompile(`invitations/([a-z0-9]+)/revoke`).FindStringSubmatch(c.view("/tenants/acme/invitations"))
	if id == nil {
		c.Fatal("the invitation is not listed")
	}
	gone := c.submit("/tenants/acme/invitations/"+id[1]+"/revoke", url.Values{})
	c.answers(gone, http.StatusOK, "The invitation is revoked", "revoked")
}

// traces: requests are recorded, shown, and no longer recorded.
func traces(c *client, d data) {
	c.shows("/tenants/acme/trace", "No requests are recorded", "Record requests…")
	c.answers(c.submit("/tenants/acme/trace/start", url.Values{"minutes": {"30"}}), http.StatusOK, "End recording…")
	c.await("a request to be recorded", func() bool {
		c.scim(d.token, "GET", "/Users?count=1&startIndex=1", nil)
		return strings.Contains(c.view("/tenants/acme/trace"), "GET /scim/v2/Users?")
	})
	c.answers(c.submit("/tenants/acme/trace/end", url.Values{}), http.StatusOK, "The recording ended at")
}

var secret = regexp.MustCompile(`scim_[a-z0-9_]+`)

// credentials: a new secret is shown once.
func credentials(c *client, d data) {
	c.shows("/tenants/acme/credentials", "Okta production", "Active")
	for name, form := range map[string]struct {
		path   string
		values url.Values
	}{
		"created": {"/tenants/acme/credentials/new", url.Values{"name": {"second"}, "kind": {"token"}, "days": {"30"}}},
		"rotated": {"/tenants/acme/credentials/" + d.key + "/rotate", url.Values{"hours": {"24"}}},
	} {
		c.Run(name, func(t *testing.T) {
			shown := c.submit(form.path, form.values)
			token := secret.FindString(shown.body)
			if shown.status != http.StatusOK || !strings.Contains(shown.body, "Copy the secret now") || token == "" {
				t.Fatalf("%d %s", shown.status, shown.body)
			}
			if status, _ := c.scim(token, "GET", "/Users?count=1", nil); status != http.StatusOK {
				t.Errorf("the token is answered %d", status)
			}
			again := c.get(shown.at)
			if strings.Contains(again.body, token) || !strings.Contains(again.body, "was shown once") {
				t.Errorf("loaded again: %s", again.body)
			}
		})
	}
	made := c.ctl("credential", "create", "acme", "-name", "third")
	c.shows("/tenants/acme/credentials/"+made["key"].(string)+"/revoke", "It was never used", "can&#39;t be undone")
	p := c.submit("/tenants/acme/credentials/"+made["key"].(string)+"/revoke", url.Values{})
	if p.status != http.StatusOK || !strings.Contains(p.body, "third is revoked") {
		c.Errorf("revoked: %d %s", p.status, p.body)
	}
	if status, _ := c.scim(made["secret"].(string), "GET", "/Users?count=1", nil); status != http.StatusUnauthorized {
		c.Errorf("a revoked token is answered %d", status)
	}
}

func settings(c *client, d data) {
	c.shows("/tenants/globex/settings", "Globex", "50 per second", "Suspend…")
	for _, step := range []struct {
		path   string
		form   url.Values
		notice string
	}{
		{"/tenants/globex/suspend", url.Values{}, "Globex is suspended"},
		{"/tenants/globex/resume", url.Values{}, "Globex is active"},
		{"/tenants/globex/rename", url.Values{"name": {"Globex GmbH"}}, "The tenant is now called Globex GmbH"},
		{
			"/tenants/acme/teams/" + d.team + "/rename", url.Values{"name": {"Day Watch"}},
			"The team is now called Day Watch",
		},
	} {
		c.Run(step.notice, func(t *testing.T) {
			p := c.submit(step.path, step.form)
			if p.status != http.StatusOK || !strings.Contains(p.body, step.notice) {
				t.Errorf("%d %s", p.status, p.body)
			}
			if again := c.get(p.at); strings.Contains(again.body, step.notice) {
				t.Error("the notice is shown again")
			}
		})
	}
	if p := c.submit("/tenants/globex/rename", url.Values{"name": {"\u202e"}}); p.status != http.StatusBadRequest {
		c.Errorf("a name that turns the text: %d", p.status)
	}
}
