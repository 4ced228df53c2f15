package server_test

import (
	"strings"
	"testing"

	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// The error about members quotes what was sent.
func TestTextsAboutMembers(t *testing.T) { // S-4.2-5, P-6-8
	c := newClient(t)
	ann := c.people("ann")[0]
	member := `{"value":"` + ann + `"`
	asUser, asGroup := member+`,"type":"User"}`, member+`,"type":"Group"}`
	for v, want := range map[string]string{
		`["` + ann + `"]`: "each value of members must be an object, not a JSON string",
		`[null]`:          "each value of members must be an object, not a JSON null",
		`[{}]`:            "members.value is required",
		`[` + member + `,"display":"` + strings.Repeat("x", 5000) + `"}]`: "members.display is longer than 256 bytes",
		value("nobody"): `members names ids that no user or group has: "nobody"`,
		`[` + asGroup + `]`: "members names ids that no user or group has, or none of the " +
			"type that was sent",
		`[` + asUser + `,` + asGroup + `]`: "both as a User and as a Group",
		`[` + asGroup + `,` + asUser + `]`: "both as a User and as a Group",
	} {
		refused := c.wants(c.send("POST", "/Groups", group("g", `,"members":`+v)), 400, "invalidValue")
		detail := refused.Body.Get("detail").Text()
		if !strings.Contains(detail, want) || strings.Contains(want, "has:") && !strings.HasSuffix(detail, want) {
			t.Errorf("%.100s: %s", v, detail)
		}
	}
}

// Operations are applied in sequence, and each one fails as it would alone.
func TestMemberOperationsInSequence(t *testing.T) { // P-3.5.2-7
	c := newClient(t)
	ids := c.people("a", "b")
	g := c.createGroup("g", `,"members":`+value(ids[0]))
	const all = `{"op":"replace","path":"members","value":[]}`
	replace := func(id string) string {
		return `{"op":"replace","path":"members[value eq \"` + id + `\"]","value":{"value":"x"}}`
	}
	add := func(id, kind string) string {
		return `{"op":"add","path":"members","value":[{"value":"` + id + `","type":"` + kind + `"}]}`
	}
	for operation, scimType := range map[string]string{
		replace(ids[0]): "mutability",
		replace(ids[1]): "noTarget",
		add(ids[1], "User") + "," + add(ids[1], "Group"): "invalidValue",
	} {
		for _, last := range []string{"", `,` + all, `,{"op":"remove","path":"members"}`} {
			c.wants(c.patch(g, `[`+operation+last+`]`), 400, scimType)
		}
		if strings.Contains(operation, ids[0]) { // who is no member any more has nothing to change
			c.wants(c.patch(g, `[`+all+`,`+operation+`]`), 400, "noTarget")
		}
	}
	c.unchanged(g)
	c.patched(g,
		`[{"op":"add","path":"members","value":`+value("nobody")+
			`},{"op":"remove","path":"members[value eq \"nobody\"]"}]`)
	c.patched(g,
		`[{"op":"add","path":"members","value":`+value("nobody")+`},`+all+`,{"op":"add","path":"members",`+
			`"value":`+value(ids[1])+`}]`)
	c.holds(g, ids[1])
}

// A remove that matches no member removes nobody.
func TestRemoveOfNobody(t *testing.T) { // P-3.5.2.2-13
	c := newClient(t)
	g := c.createGroup("g", `,"members":`+value(c.people("a")...))
	for _, v := range []string{`""`, `null`, `[]`} {
		remove := `[{"op":"remove","path":"members","value":` + v + `}]`
		c.origin.Caller.Profile = tenant.Strict
		c.wants(c.patch(g, remove), 400, "invalidSyntax")
		c.origin.Caller.Profile = tenant.Okta
		c.patched(g, remove)
	}
	c.unchanged(g)
	for _, v := range []string{`{}`, `[{}]`, `[""]`, `[["a"]]`} {
		c.wants(c.patch(g, `[{"op":"remove","path":"members","value":`+v+`}]`), 400, "invalidSyntax")
	}
	c.unchanged(g)
}

// Members under the URN of the core schema are read or refused, but never ignored.
func TestMembersByTheURNOfTheirSchema(t *testing.T) { // P-3.5.2.1-15, P-3.5.1-2
	c := newClient(t)
	ids := c.people("a", "b")
	g := c.createGroup("g", `,"members":`+value(ids[0]))
	named := map[string]string{
		"colon": `,"` + scim.GroupSchema + `:members":` + value(ids[1]),
		"dot":   `,"` + scim.GroupSchema + `.members":` + value(ids[1]),
		"below": `,"` + scim.GroupSchema + `":{"members":` + value(ids[1]) + `}`,
	}
	for name, members := range named {
		c.origin.Caller.Profile = tenant.Strict
		c.wants(c.send("POST", "/Groups", group("h", members)), 400, "invalidSyntax")
		c.wants(c.send("PUT", path(g), group("g", members)), 400, "invalidSyntax")
		c.unchanged(g)
		c.origin.Caller.Profile = tenant.Generic
		c.holds(c.createGroup(name, members), ids[1])
		c.wants(c.send("PUT", path(g), group("g", members+`,"members":`+value(ids[0]))), 400, "invalidSyntax")
		c.wants(c.patch(g, `[{"op":"replace","value":{"members":`+value(ids[0])+members+`}}]`), 400, "invalidSyntax")
		c.unchanged(g)
		other := c.createGroup("other"+name, `,"members":`+value(ids[0]))
		c.patched(other, `[{"op":"replace","value":{`+members[1:]+`}}]`)
		c.holds(other, ids[1])
	}
	c.origin.Caller.Profile = tenant.Strict
	c.wants(c.patch(g, `[{"op":"add","value":{"members":[]`+named["below"]+`}}]`), 400, "invalidSyntax")
}

// A long display is shortened before it is used.
func TestLongDisplay(t *testing.T) { // S-4.2-5
	c := newClient(t)
	c.origin.Caller.Profile = tenant.Entra
	ann := c.people("ann")[0]
	member := `{"value":"` + ann + `","display":"` + strings.Repeat("x", 5000) + `"}`
	g := c.createGroup("g", `,"members":[`+member+`]`)
	if got := g.Body.Get("members").Items()[0].Get("display").Text(); got != strings.Repeat("x", 256) {
		t.Errorf("%d bytes", len(got))
	}
	c.patched(g, `[{"op":"replace","path":"members[value eq \"`+ann+`\"]","value":`+member+`}]`)
	c.unchanged(g)
}

func TestByteOrderMark(t *testing.T) { // P-3.8-1
	c := newClient(t)
	c.wants(c.send("POST", "/Users", "\ufeff"+user("ann", "")), 201, "")
	c.wants(c.send("POST", "/Users", "\ufeff\ufeff"+user("bob", "")), 400, "invalidSyntax")
}

// The error for a malformed If-Match differs from that for a version that does not match.
func TestMalformedCondition(t *testing.T) { // P-3.14-5
	c := newClient(t)
	a := c.create("ann", "")
	for header, malformed := range map[string]bool{
		"1": true, `W/1`: true, `"1`: true, `"9", x`: true, `W/"9"`: false, `"9","8"`: false,
	} {
		refused := c.wants(c.send("PUT", path(a), user("ann", ""), "If-Match", header), 412, "")
		detail := refused.Body.Get("detail").Text()
		if strings.Contains(detail, "entity tag") != malformed {
			t.Errorf("%s: %s", header, detail)
		}
	}
}
