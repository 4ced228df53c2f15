package server_test

import (
	"fmt"
	"strings"
	"testing"

	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// TestPatchMembers sends the forms of PATCH of members that RFC 7644 has and that real providers
// send. %a to %d stand for users; a and b are members.
func TestPatchMembers(t *testing.T) { // S-4.2-2
	c := newClient(t)
	ids := c.people("a", "b", "c", "d")
	long := strings.NewReplacer("%a", ids[0], "%b", ids[1], "%c", ids[2], "%d", ids[3])
	for i, tt := range []struct{ operations, want string }{
		{`{"op":"add","path":"members","value":[{"value":"%c"},{"value":"%d"}]}`, "abcd"},
		// P-3.5.2.1-10, S-4.2-7
		{`{"op":"add","path":"members","value":[{"value":"%a"},{"value":"%c"},{"value":"%c"}]}`, "abc"},
		{`{"op":"add","path":"members","value":{"value":"%c"}}`, "abc"},
		{`{"op":"add","path":"MEMBERS","value":[]}`, "ab"},
		{`{"op":"add","path":"` + scim.GroupSchema + `:members","value":[{"value":"%c"}]}`, "abc"},
		{`{"op":"add","value":{"members":[{"value":"%c"}],"externalId":"e"}}`, "abc"},
		{`{"op":"add","value":{"` + scim.GroupSchema + `":{"members":[{"value":"%c"}]}}}`, "abc"},
		{`{"op":"remove","path":"members[value eq \"%a\"]"}`, "b"}, // P-3.5.2.2-4
		{`{"op":"remove","path":"members[value eq \"%a\" or value eq \"%b\"]"}`, ""},
		{`{"op":"remove","path":"members[value eq \"%c\"]"}`, "ab"}, // P-3.5.2.2-11
		{
			`{"op":"remove",` +
				`"path":"members[value eq \"\" or value eq \"#\" or value eq \"` + strings.Repeat("x", 2000) + `\"]"}`,
			"ab",
		},
		{`{"op":"remove","path":"members[value eq \"%a\" and type eq \"User\"]"}`, "b"}, // P-3.5.2-7
		{`{"op":"remove","path":"members[value eq \"%a\" and type eq \"Group\"]"}`, "ab"},
		{`{"op":"remove","path":"members[type eq \"User\"]"}`, ""},
		{`{"op":"remove","path":"members[display eq \"Ann\"]"}`, "b"},
		{`{"op":"remove","path":"members[value ne \"%a\"]"}`, "a"},
		{`{"op":"replace","path":"members[value eq \"%a\"]","value":null}`, "b"},
		{`{"op":"add","path":"members[value eq \"%a\"]","value":null}`, "ab"},
		{`{"op":"remove","path":"members"}`, ""},
		{`{"op":"replace","path":"members","value":[{"value":"%b"},{"value":"%c"}]}`, "bc"}, // P-3.5.2.3-3
		{`{"op":"replace","path":"members","value":[]}`, ""},                                // P-3.5.2.3-10
		{`{"op":"replace","path":"members","value":null}`, ""},
		{`{"op":"replace","value":{"members":[{"value":"%d"}]}}`, "d"},
		{`{"op":"replace","path":"members[value eq \"%a\"]","value":{"value":"%a"}}`, "ab"}, // P-3.5.2.3-14
		{
			`{"op":"remove","path":"members[value eq \"%a\"]"},{"op":"add","path":"members","value":[{"value":"%c"}]}`,
			"bc",
		},
		{
			`{"op":"add","path":"members","value":[{"value":"%c"}]},{"op":"remove","path":"members[value eq \"%c\"]"}`,
			"ab",
		},
		{`{"op":"remove","path":"members"},{"op":"add","path":"members","value":[{"value":"%a"}]}`, "a"},
		{
			`{"op":"add","path":"members","value":[{"value":"%c"}]},{"op":"remove","path":"members"},` +
				`{"op":"add","path":"members","value":[{"value":"%d"}]},` +
				`{"op":"remove","path":"members[value eq \"%d\"]"}`,
			"",
		},
		{
			`{"op":"add","path":"members","value":[{"value":"%c","display":"Cat"}]},` +
				`{"op":"remove","path":"members[display sw \"C\"]"}`,
			"ab",
		},
		{
			`{"op":"replace","path":"members","value":[{"value":"%c"}]},` +
				`{"op":"add","path":"members","value":[{"value":"%a"}]},` +
				`{"op":"replace","path":"displayName","value":"new"}`,
			"ac",
		},
	} {
		g := c.createGroup(fmt.Sprint("g", i),
			long.Replace(`,"members":[{"value":"%a","display":"Ann"},{"value":"%b"}]`))
		c.patched(g, "["+long.Replace(tt.operations)+"]")
		var want []string
		for _, letter := range tt.want {
			want = append(want, ids[letter-'a'])
		}
		c.holds(g, want...)
		if tt.want == "ab" {
			c.unchanged(g)
		}
		c.wants(c.send("DELETE", path(g), ""), 204, "")
	}
}

func TestPatchMembersRefused(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	ann := c.people("ann")[0]
	g := c.createGroup("g", `,"members":[{"value":"`+ann+`","display":"Ann"}]`)
	here := `members[value eq \"` + ann + `\"]`
	for _, tt := range []struct{ operation, scimType string }{
		{`{"op":"replace","path":"` + here + `.value","value":"b"}`, "mutability"}, // P-3.5.2.3-13, P-3.12-19
		{`{"op":"replace","path":"` + here + `.display","value":"b"}`, "mutability"},
		{`{"op":"remove","path":"` + here + `.display"}`, "mutability"},
		{`{"op":"replace","path":"members.display","value":"b"}`, "mutability"},
		{`{"op":"replace","path":"` + here + `","value":{"value":"other"}}`, "mutability"},
		{`{"op":"add","path":"` + here + `","value":{"display":"Other"}}`, "mutability"},
		{`{"op":"replace","path":"members[value eq \"x\"]","value":{"value":"x"}}`, "noTarget"},
		{`{"op":"remove","path":"members","value":[{"value":"` + ann + `"}]}`, "invalidSyntax"}, // P-3.5.2.2-13
		{`{"op":"remove","path":"members[value xx \"x\"]"}`, "invalidFilter"},                   // P-3.5.2-10
		{`{"op":"remove","path":"members[foo eq \"x\"]"}`, "invalidFilter"},
		{`{"op":"remove","path":"members[value eq 5]"}`, "invalidFilter"},
		{`{"op":"remove","path":"members.foo"}`, "invalidPath"}, // P-3.5.2-11
		{`{"op":"remove","path":"` + here + `.foo"}`, "invalidPath"},
		{`{"op":"replace","value":{"members.value":"x"}}`, "invalidPath"},
		{`{"op":"replace","value":{"id":"x"}}`, "mutability"},
		{`{"op":"add","path":"members"}`, "invalidValue"},
		{`{"op":"add","path":"members","value":[{"value":"nobody"}]}`, "invalidValue"},
	} {
		for _, before := range []string{
			"", `{"op":"replace","path":"displayName","value":"h"},`,
			`{"op":"remove","path":"members[value eq \"y\"]"},`,
		} {
			refused := c.wants(c.patch(g, `[`+before+tt.operation+`]`), 400, tt.scimType)
			number := "operation 1: "
			if before != "" {
				number = "operation 2: "
			}
			detail := refused.Body.Get("detail").Text()
			if !strings.HasPrefix(detail, number) && !strings.Contains(detail, "nobody") {
				t.Errorf("%s: %s", tt.operation, detail)
			}
		}
	}
	c.unchanged(g) // P-3.5.2-24
}

// Except for profile strict: forms that providers send and the RFCs do not have.
func TestPatchMembersOfProviders(t *testing.T) { // P-3.5.2.2-13, P-3.5.2.1-12, P-3.5.2-16
	c := newClient(t)
	c.origin.Caller.Profile = tenant.Generic
	ids := c.people("a", "b", "c")
	long := strings.NewReplacer("%a", ids[0], "%b", ids[1], "%c", ids[2])
	for i, tt := range []struct{ operations, want string }{
		{`{"op":"Remove","path":"members","value":[{"value":"%a"}]}`, "b"},
		{`{"op":"Remove","path":"members","value":[{"value":"%a","type":"User","$ref":null}]}`, "b"},
		{`{"op":"Remove","path":"members","value":{"value":"%a"}}`, "b"},
		{`{"op":"remove","path":"members","value":["%a","%b"]}`, ""},
		{`{"op":"Remove","path":"members","value":"%a"}`, "b"},
		{`{"op":"Add","path":"members","value":[{"$ref":null,"value":"%c"}]}`, "abc"},
		{`{"op":"add","path":"members","value":["%c"]}`, "abc"},
		{`{"op":"add","path":"members","value":"%c"}`, "abc"},
		{`{"op":"replace","value":{"id":"x","displayName":"g5"}}`, "ab"},
		{`{"op":"replace","value":{"id":"x","members":[{"value":"%c"}]}}`, "c"},
		{`{"op":"add","path":"members[value eq \"%c\"]","value":{"display":"C"}}`, "abc"},
		{`{"op":"add","path":"members","value":[{"value":"%c","display":"` + strings.Repeat("é", 300) + `"}]}`, "abc"},
	} {
		g := c.createGroup(fmt.Sprint("x", i), long.Replace(`,"members":`+value("%a", "%b")))
		c.patched(g, "["+long.Replace(tt.operations)+"]")
		var want []string
		for _, letter := range tt.want {
			want = append(want, ids[letter-'a'])
		}
		c.holds(g, want...)
		c.wants(c.send("DELETE", path(g), ""), 204, "")
	}
	for name, members := range map[string]string{
		"bare": `["` + ids[0] + `"]`, "lone": `{"value":"` + ids[0] + `"}`, "text": `"` + ids[0] + `"`,
	} {
		c.holds(c.createGroup(name, `,"members":`+members), ids[0])
	}
}

// Okta sends the name of a group with every change of its members.
func TestOktaRename(t *testing.T) { // P-3.14-8, P-3.5.2.3-14
	c := newClient(t)
	c.origin.Caller.Profile = tenant.Okta
	g := c.createGroup("Test SCIMv2", `,"members":`+value(c.people("a")...))
	c.patched(g, `[{"op":"replace","value":{"id":"`+id(g)+`","displayName":"Test SCIMv2"}}]`)
	c.unchanged(g)
	c.patched(g, `[{"op":"replace","value":{"id":"`+id(g)+`","displayName":"Renamed"}}]`)
	if now := c.get(g); now.Body.Get("displayName").Text() != "Renamed" ||
		now.Header.Get("ETag") == g.Header.Get("ETag") {
		t.Errorf("%s", now.Text)
	}
}
