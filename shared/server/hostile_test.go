package server_test

import (
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"
)

// Texts that have a meaning in SQL, DynamoDB's expressions, a shell, a path, JSON, a URL, this service's
// own keys or a parser.
func hostile() []string {
	return []string{
		`' or 1=1 --`, `" or 1=1 --`, `" or userName pr or userName eq "`, `") or (userName pr`,
		`$where`, `{"$gt":""}`, `:v0`, `#n0 = #n0`, `attribute_exists(PK)`,
		`../../Users`, `..%2f..%2fUsers`, `/etc/passwd`, `USER#ann`, `T#globex#USER`, `CLAIM#SYSTEM#USERNAME#ann`,
		`*`, `%`, `_`, `%00`, `%n%s`, `${jndi:ldap://x}`, `{{7*7}}`, `<script>`, "a\r\nX-Injected: 1",
		"\x00", "\xff\xfe", "\u202e", `\`, `\"`, `[`, `]`, `emails[`, `urn:`,
		strings.Repeat("(", 500), strings.Repeat("a.", 500),
	}
}

// hostileRequests puts a text into every part of a request that can have one.
func hostileRequests(ann answer, text string) (requests []failure) {
	for _, target := range []string{
		"/Users?filter=" + url.QueryEscape(`userName eq `+enclose(text)), "/Users?filter=" + url.QueryEscape(text),
		"/Users?filter=" + url.QueryEscape(text+` eq "ann"`), "/Groups?filter=" + url.QueryEscape("members["+text+"]"),
		"/Users?cursor=" + url.QueryEscape(text), "/Users?sortBy=" + url.QueryEscape(text),
		"/Users?startIndex=" + url.QueryEscape(text), "/Users?attributes=" + url.QueryEscape(text),
		"/Users/" + url.PathEscape(text), "/Schemas/" + url.PathEscape(text), "/ResourceTypes/" + url.PathEscape(text),
		"/" + url.PathEscape(text),
	} {
		requests = append(requests, failure{method: "GET", path: target})
	}
	const search = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":`
	filtered := enclose(`emails[value eq "` + text + `"].value`)
	return append(requests,
		failure{method: "GET", path: path(ann), headers: []string{"If-None-Match", text}},
		failure{method: "DELETE", path: "/Users/" + url.PathEscape(text)},
		failure{method: "PATCH", path: "/Groups/" + url.PathEscape(text), body: message(`[]`)},
		failure{method: "POST", path: "/Users/.search", body: search + enclose(text) + `}`},
		failure{method: "PATCH", path: path(ann), body: message(`[{"op":"remove","path":` + enclose(text) + `}]`)},
		failure{
			method: "PATCH", path: path(ann), body: message(`[{"op":"replace","path":` + filtered + `,"value":"x"}]`),
		},
		failure{method: "PUT", path: path(ann), body: `{"schemas":[` + enclose(text) + `],` + enclose(text) + `:1}`},
		failure{method: "POST", path: "/Groups", body: text},
	)
}

// TestHostileTexts sends hostile texts, and random pieces of them, in every part of a request. They are
// only data: no answer is a 5xx, shows another user, or has a header from the text, and the users are
// unchanged.
func TestHostileTexts(t *testing.T) { // P-7.7-2, P-3.4.2.2-44, S-9.2-2
	c := newClient(t)
	ann, bob := c.create("ann", ""), c.create("bob", "")
	texts := hostile()
	random := rand.New(rand.NewPCG(1, 2))
	for range 10 {
		var mixed string
		for range 3 {
			piece := texts[random.IntN(len(hostile()))]
			mixed += piece[random.IntN(len(piece)):]
		}
		texts = append(texts, mixed)
	}
	for _, text := range texts {
		for _, r := range hostileRequests(ann, text) {
			a := c.send(r.method, r.path, r.body, r.headers...)
			lists := strings.HasPrefix(r.path, "/Users?") && !strings.Contains(r.path, "filter=")
			if a.StatusCode >= 500 || strings.Contains(a.Text, id(bob)) && !lists || a.Header.Get("X-Injected") != "" {
				t.Errorf("%s %s %q: %d %s", r.method, r.path, r.body, a.StatusCode, a.Text)
			}
		}
	}
	c.unchanged(ann)
	c.unchanged(bob)
	if a := c.send("GET", "/Groups", ""); a.Body.Get("totalResults").Text() != "0" {
		t.Errorf("a group was made: %s", a.Text)
	}
}
