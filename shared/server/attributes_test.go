package server_test

import (
	"strings"
	"testing"

	"scimserver/shared/scim"
)

// TestUsersAreKeptAsSent sends one attribute of each kind, and values that a service might refuse
// or rewrite. They are unchanged in the answer and in a later GET.
func TestUsersAreKeptAsSent(t *testing.T) { // S-7-9, S-7-10
	c := newClient(t)
	for _, tt := range []struct{ name, member string }{
		{"externalId", `"externalId":"AbC"`}, // S-4.1-1
		{"name with all its parts", `"name":{"formatted":"Ms. Babs","familyName":"Jensen","givenName":"Barbara",` +
			`"middleName":"Jane","honorificPrefix":"Ms.","honorificSuffix":"III"}`}, // S-4.1.1-4
		{"displayName that is not the userName", `"displayName":"Babs Jensen"`}, // S-4.1.1-17
		{"nickName", `"nickName":"Babs"`},                                       // S-4.1.1-17
		{"profileUrl in its own spelling", `"profileUrl":"HTTPS://EXAMPLE.com:443/a/../b"`},
		// S-4.1-1
		{"title", `"title":"Tour Guide"`},
		// S-4.1-1
		{"userType", `"userType":"Employee"`},
		// S-4.1.1-6
		{"preferredLanguage with weights", `"preferredLanguage":"en-US, da;q=0.8"`},
		// S-4.1.1-7
		{"locale with an underscore", `"locale":"en_US"`},
		// S-4.1.1-8
		{"time zone that IANA does not know", `"timezone":"Mars/Olympus"`},
		// S-4.1-1
		{"active", `"active":true`},
		{ // S-4.1.2-1
			"emails with capitals in the domain",
			`"emails":[{"value":"bjensen@EXAMPLE.COM","type":"work","primary":true}]`,
		},
		// S-2.3.1-2, S-4.1.2-4, S-7-7
		{"email of a type of its own", `"emails":[{"value":"babs@jensen.org","display":"Home","type":"alt"}]`},
		// S-4.1.2-2
		{"phone number by RFC 3966", `"phoneNumbers":[{"value":"tel:+1-201-555-0123","type":"work"}]`},
		{"one phone number of two types", `"phoneNumbers":[{"value":"555 0123 ext. 7","type":"satellite"},` +
			`{"value":"555 0123 ext. 7","type":"home"}]`}, // S-4.1.2-2, S-2.4-8
		{"instant messaging name with a space", `"ims":[{"value":"Some One","type":"aim"}]`}, // S-4.1.2-3
		{"photo", `"photos":[{"value":"https://photos.example.com/1.jpg","type":"photo"}]`},  // S-4.1-1
		{"address with a country that is no code",
			`"addresses":[{"formatted":"1 Main St","streetAddress":"1 Main St",` +
				`"locality":"Hollywood","region":"CA","postalCode":"91608","country":"USA","type":"work",` +
				`"primary":true}]`}, // S-4.1.2-6
		{"entitlement", `"entitlements":[{"value":"any thing"}]`},                        // S-4.1.2-12, S-7-19
		{"roles", `"roles":[{"value":"Student"},{"value":"teacher","type":"x"}]`},        // S-4.1.2-12, S-7-19
		{"certificate that is base64 only", `"x509Certificates":[{"value":"QUJDRA=="}]`}, // S-4.1.2-11
		{"enterprise extension", enterprise + `:{"employeeNumber":"701984","costCenter":"4130",` +
			`"organization":"Universal Studios","division":"Theme Park","department":"Tour Operations"}`}, // S-4.3-1
		// S-4.3-2, S-4.3-3, S-2.3.7-5
		{"manager who does not exist", enterprise + `:{"manager":{"value":"nobody we know"}}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := c.in(t)
			a := c.create(strings.ReplaceAll(tt.name, " ", "-"), ","+tt.member)
			for _, b := range []answer{a, c.get(a)} {
				if !strings.Contains(b.Body.JSON(), tt.member) {
					t.Errorf("got %s, want it to hold %s", b.Body.JSON(), tt.member)
				}
			}
		})
	}
	t.Run("a formatted name is not computed anew", func(t *testing.T) { // S-4.1.1-4, S-7-12
		c := c.in(t)
		a := c.create("zoe", `,"name":{"formatted":"Ms. Babs","givenName":"Barbara"}`)
		b := c.wants(c.patch(a, `[{"op":"replace","path":"name.givenName","value":"Zoe"}]`), 200, "")
		if got := b.Body.Get("name").JSON(); got != `{"formatted":"Ms. Babs","givenName":"Zoe"}` {
			t.Errorf("name is %s", got)
		}
	})
}

// For references and for display, section 2 differs from the standard schemas.
func TestReferencesAndDisplay(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	group := c.createGroup("Analysts", "")
	manager := `{"value":"` + id(group) + `","$ref":"HTTPS://EXAMPLE.com:443/v2/../v2/Users/1"}`
	a := c.create("ann", `,"emails":[{"value":"a@x.org","display":"Old"}],`+enterprise+`:{"manager":`+manager+`}`)
	t.Run("a reference to a resource of another type is kept", func(t *testing.T) { // S-2.3.7-6
		if got := c.get(a).Body.Get(scim.EnterpriseUserSchema).Get("manager").Get("value").Text(); got != id(group) {
			t.Errorf("manager.value is %q", got)
		}
	})
	t.Run("a $ref is kept as sent", func(t *testing.T) { // S-2.4-9
		if got := c.get(a).Body.Get(scim.EnterpriseUserSchema).Get("manager").JSON(); got != manager {
			t.Errorf("manager is %s", got)
		}
	})
	t.Run("display can be changed", func(t *testing.T) { // S-2.4-5
		b := c.wants(c.patch(a, `[{"op":"replace","path":"emails[value eq \"a@x.org\"].display","value":"New"}]`),
			200, "")
		if got := b.Body.Get("emails").JSON(); got != `[{"value":"a@x.org","display":"New"}]` {
			t.Errorf("emails are %s", got)
		}
	})
}

func TestUsersAreRefused(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	for _, tt := range []struct{ name, member string }{
		// S-4.1.1-5, S-2.3.7-1
		{"profileUrl that is not a URL", `"profileUrl":"not url"`},
		// S-4.1.2-5, S-2.3.7-1
		{"photo that is not a URL", `"photos":[{"value":"no image"}]`},
		// S-4.1.2-11, S-2.3.6-1
		{"certificate that is not base64", `"x509Certificates":[{"value":"@@"}]`},
		// S-2.3.7-1
		{"manager with a $ref that is not a URI", enterprise + `:{"manager":{"value":"m","$ref":"not a uri"}}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := c.in(t)
			c.wants(c.send("POST", "/Users", user("ann", ","+tt.member)), 400, "invalidValue")
		})
	}
}

func TestDeactivatedUsersStayVisible(t *testing.T) { // S-4.1.1-9
	c := newClient(t)
	a := c.create("ann", `,"active":true`)
	c.wants(c.patch(a, `[{"op":"replace","path":"active","value":false}]`), 200, "")
	if b := c.wants(c.get(a), 200, ""); b.Body.Get("active").JSON() != "false" {
		t.Errorf("%s", b.Text)
	}
	c.finds(`userName eq "ann" and active eq false`, "1")
	c.wants(c.send("POST", "/Users", user("ann", "")), 409, "uniqueness")
}

func TestGroupsAreReadOnly(t *testing.T) { // S-4.1.2-7, S-7-11, P-3.3-1
	c := newClient(t)
	a := c.create("ann", `,"groups":[{"value":"g","display":"G"}]`)
	b := c.send("PUT", path(a), user("ann", `,"groups":[{"value":"g"}]`))
	if !a.Body.Get("groups").IsEmpty() || b.Text != a.Text {
		t.Errorf("%s, %s", a.Text, b.Text)
	}
	for _, operation := range []string{
		`{"op":"add","path":"groups","value":[{"value":"g"}]}`,
		`{"op":"replace","path":"groups[value eq \"g\"].display","value":"x"}`,
		`{"op":"remove","path":"groups"}`, `{"op":"add","value":{"groups":[{"value":"g"}]}}`,
	} {
		c.wants(c.patch(a, `[`+operation+`]`), 400, "mutability")
	}
}
