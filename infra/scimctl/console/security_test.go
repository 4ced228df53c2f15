package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// noSession: without the session's cookie every path has the same answer, which shows nothing.
func noSession(c *client, d data) {
	stranger := *c
	stranger.http = &http.Client{}
	first := stranger.get("/")
	for _, path := range []string{
		c.base + "/", c.base + "/tenants/acme", c.base + "/tenants/acme/users/" + d.ann,
		c.base + "/people?value=ann@acme.example",
		c.base + "/nothing", "/tenants", "/open/AAAAAAAAAAAAAAAAAAAAAAAAAA", "/open/",
	} {
		c.Run(path, func(t *testing.T) {
			p := stranger.get(path)
			if p.status != http.StatusForbidden || p.body != first.body || strings.Contains(p.body, "acme") {
				t.Errorf("%d %s", p.status, p.body)
			}
		})
	}
	form := url.Values{"csrf": {c.csrf("/tenants/acme/suspend")}}
	stolen := stranger.do(stranger.request("POST", c.base+"/tenants/acme/suspend", form))
	if stolen.status != http.StatusForbidden {
		c.Errorf("a change with a stolen token: %d", stolen.status)
	}
	forged := stranger.request("GET", c.base+"/tenants", nil)
	forged.AddCookie(&http.Cookie{Name: "console", Value: strings.Repeat("A", 26)})
	if p := stranger.do(forged); p.status != http.StatusForbidden {
		c.Errorf("a guessed cookie: %d", p.status)
	}
}

// otherHost: a site whose name leads to 127.0.0.1 gets no answer (DNS rebinding).
func otherHost(c *client, _ data) {
	port := c.root[strings.LastIndex(c.root, ":"):]
	for _, host := range []string{
		"evil.example" + port, "localhost" + port, "127.0.0.1", "127.0.0.1.evil.example" + port, "127.0.0.1:1",
	} {
		c.Run(host, func(t *testing.T) {
			req := c.request("GET", c.base+"/tenants", nil)
			req.Host = host
			if p := c.do(req); p.status != http.StatusMisdirectedRequest || strings.Contains(p.body, "acme") {
				t.Errorf("%d %s", p.status, p.body)
			}
		})
	}
}

// forgedForms: a change needs the session's token and has to come from a page of the console.
func forgedForms(c *client, _ data) {
	token := c.csrf("/tenants/globex/suspend")
	cases := map[string]struct {
		form   url.Values
		change func(http.Header)
	}{
		"no token":      {url.Values{}, func(http.Header) {}},
		"another token": {url.Values{"csrf": {strings.Repeat("A", len(token))}}, func(http.Header) {}},
		"from another site": {
			url.Values{"csrf": {token}}, func(h http.Header) { h.Set("Sec-Fetch-Site", "cross-site") },
		},
		"from another port": {
			url.Values{"csrf": {token}}, func(h http.Header) { h.Set("Sec-Fetch-Site", "same-site") },
		},
		"no origin": {url.Values{"csrf": {token}}, func(h http.Header) { h.Del("Sec-Fetch-Site") }},
		"another origin": {url.Values{"csrf": {token}}, func(h http.Header) {
			h.Del("Sec-Fetch-Site")
			h.Set("Origin", "http://127.0.0.1:1")
		}},
	}
	for name, forged := range cases {
		c.Run(name, func(t *testing.T) {
			req := c.request("POST", c.base+"/tenants/globex/suspend", forged.form)
			forged.change(req.Header)
			if p := c.do(req); p.status != http.StatusForbidden || !strings.Contains(p.body, "Nothing was changed") {
				t.Errorf("%d %s", p.status, p.body)
			}
		})
	}
	for _, path := range []string{"/tenants/globex/suspend", "/tenants/globex/suspend?csrf=" + token} {
		if p := c.get(c.base + path); p.status != http.StatusOK { // a GET asks, and changes nothing
			c.Errorf("GET %s: %d", path, p.status)
		}
	}
	if state := c.ctl("tenant", "show", "globex")["state"]; state != "active" {
		c.Errorf("the tenant is %s", state)
	}
}

// headers: each answer forbids frames, foreign content, caching and referrers.
func headers(c *client, d data) {
	for _, path := range []string{
		c.base + "/tenants", c.base + "/tenants/acme/users/" + d.ann, c.base + "/nothing", "/", "/open/x",
	} {
		c.Run(path, func(t *testing.T) {
			h := c.get(path).header
			for name, value := range map[string]string{
				"Content-Security-Policy":    "default-src 'none'",
				"X-Frame-Options":            "DENY",
				"Referrer-Policy":            "no-referrer",
				"Cache-Control":              "no-store",
				"X-Content-Type-Options":     "nosniff",
				"Cross-Origin-Opener-Policy": "same-origin",
			} {
				if !strings.Contains(h.Get(name), value) {
					t.Errorf("%s is %q", name, h.Get(name))
				}
			}
		})
	}
	fresh := c.start(c.env)
	at, _ := url.Parse(fresh)
	head, err := http.Head(fresh) // a program that looks at the link does not use it up
	if err != nil || head.StatusCode == http.StatusOK {
		c.Errorf("HEAD of the link: %v %v", head, err)
	}
	other := c.openLink(fresh)
	opened := other.http.Jar.Cookies(&url.URL{Scheme: "http", Host: at.Host, Path: other.base + "/tenants"})
	if len(opened) != 1 || len(other.http.Jar.Cookies(&url.URL{Scheme: "http", Host: at.Host, Path: "/"})) != 0 {
		c.Errorf("the cookies are %v", opened)
	}
	again := *other
	again.http = &http.Client{}
	if p := again.get(at.Path); p.status != http.StatusForbidden || len(p.header["Set-Cookie"]) > 0 {
		c.Errorf("the link opened once more: %d", p.status)
	}
}

// The cookie is out of reach for scripts, and is not sent from other sites.
func cookie(c *client, _ data) {
	at, _ := url.Parse(c.start(c.env))
	other := *c
	other.http, other.root = &http.Client{}, "http://"+at.Host
	got := other.get(at.Path).header.Get("Set-Cookie")
	for _, word := range []string{"HttpOnly", "SameSite=Strict", "Path=/"} {
		if !strings.Contains(got, word) || strings.Contains(got, "Path=/;") {
			c.Errorf("%s is not in %q", word, got)
		}
	}
}

// hostileNames: what providers and customers choose is shown as text.
func hostileNames(c *client, d data) {
	c.ctl("tenant", "create", "hostile", "-name", hostile)
	for _, path := range []string{
		"/tenants", "/tenants/hostile", "/tenants/hostile/settings", "/tenants/acme/users", "/tenants/acme/groups",
		"/tenants/acme/groups/" + d.group, "/tenants/acme/users/" + d.ann, "/tenants/acme/log", "/tenants/acme/events",
		"/people?value=" + url.QueryEscape(hostile), "/tenants?prefix=" + url.QueryEscape(hostile),
		"/tenants/acme/users?value=" + url.QueryEscape(hostile), "/tenants/acme/log?user=" + url.QueryEscape(hostile),
	} {
		c.Run(path, func(t *testing.T) {
			own := *c.bench
			own.T = t
			body := (&client{&own, c.http, c.root, c.base}).view(path)
			if strings.Contains(body, "<script>alert") || !strings.Contains(body, "&lt;script&gt;alert") {
				t.Errorf("the page has\n%s", body)
			}
		})
	}
}

// pathIDs: an id can't lead a request to another path of the operator API.
func pathIDs(c *client, _ data) {
	for _, path := range []string{
		"/tenants/%2e%2e", "/tenants/acme/users/%2e%2e", "/tenants/acme/users/..%2f..%2fglobex",
		"/tenants/acme%2fusers",
		"/tenants/acme/conflicts/%2e%2e/dismiss", "/tenants/acme/users/%00",
	} {
		c.Run(path, func(t *testing.T) {
			if p := c.get(c.base + path); p.status != http.StatusNotFound || strings.Contains(p.body, "Globex") {
				t.Errorf("%d %s", p.status, p.body)
			}
		})
	}
}
