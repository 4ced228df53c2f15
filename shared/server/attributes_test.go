package server_test

import (
	"strings"
	"testing"

	"scimserver/shared/scim"
)

// What the service keeps of a user as it came.
func TestUsersAreKeptAsSent(t *testing.T) { // S-4.1-1, S-4.3-1, S-4.3-3, S-4.1.1-4, S-4.1.1-6, S-4.1.1-7, S-4.1.1-8, S-4.1.1-17, S-4.1.2-1, S-4.1.2-2, S-4.1.2-3, S-4.1.2-4, S-4.1.2-6, S-4.1.2-11, S-4.1.2-12, S-2.3.1-2, S-2.4-8, S-7-7, S-7-9, S-7-10, S-7-12, S-7-19, S-2.3.7-5, S-4.3-2
	c := newClient(t)
	const kept = `,"externalId":"AbC"` +
		`,"name":{"formatted":"Ms. Babs","familyName":"Jensen","givenName":"Barbara","middleName":"Jane","honorificPrefix":"Ms.","honorificSuffix":"III"}` +
		`,"displayName":"Babs Jensen","nickName":"Babs","profileUrl":"HTTPS://EXAMPLE.com:443/a/../b","title":"Tour Guide","userType":"Employee"` +
		`,"preferredLanguage":"en-US, da;q=0.8","locale":"en_US","timezone":"Mars/Olympus","active":true` +
		`,"emails":[{"value":"bjensen@EXAMPLE.COM","type":"work","primary":true},{"value":"babs@jensen.org","display":"Home","type":"alt"}]` +
		`,"phoneNumbers":[{"value":"tel:+1-201-555-0123","type":"work"},{"value":"555 0123 ext. 7","type":"satellite"},{"value":"555 0123 ext. 7","type":"home"}]` +
		`,"ims":[{"value":"Some One","type":"aim"}],"photos":[{"value":"https://photos.example.com/1.jpg","type":"photo"}]` +
		`,"addresses":[{"formatted":"1 Main St","streetAddress":"1 Main St","locality":"Hollywood","region":"CA","postalCode":"91608","country":"USA","type":"work","primary":true}]` +
		`,"entitlements":[{"value":"any thing"}],"roles":[{"value":"Student"},{"value":"teacher","type":"x"}],"x509Certificates":[{"value":"QUJDRA=="}]` +
		`,` + enterprise + `:{"employeeNumber":"701984","costCenter":"4130","organization":"Universal Studios","division":"Theme Park","department":"Tour Operations","manager":{"value":"nobody we know"}}}`
	const sent = `{"schemas":["` + scim.UserSchema + `",` + enterprise + `],"userName":"bjensen"` + kept
	want := strings.Replace(sent, `,"userName":"bjensen","externalId":"AbC"`, `,"externalId":"AbC","userName":"bjensen"`, 1)
	a := c.wants(c.send("POST", "/Users", sent), 201, "")
	for _, b := range []answer{a, c.get(a)} {
		if got := b.Body.Without("id").Without("meta").JSON(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	second := c.wants(c.send("POST", "/Users", strings.Replace(strings.Replace(strings.Replace(sent, "bjensen", "other", 1), "bjensen@EXAMPLE.COM", "o@x", 1), "babs@jensen.org", "o@y", 1)), 201, "")
	b := c.wants(c.patch(second, `[{"op":"replace","path":"name.givenName","value":"Zoe"}]`), 200, "")
	if b.Body.Get("name").Get("formatted").Text() != "Ms. Babs" {
		t.Errorf("formatted was recomputed: %s", b.Text)
	}
}

// What the standard schemas say of references and of display, section 2 says otherwise.
func TestReferencesAndDisplay(t *testing.T) {
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
		b := c.wants(c.patch(a, `[{"op":"replace","path":"emails[value eq \"a@x.org\"].display","value":"New"}]`), 200, "")
		if got := b.Body.Get("emails").JSON(); got != `[{"value":"a@x.org","display":"New"}]` {
			t.Errorf("emails are %s", got)
		}
	})
}

func TestUsersAreRefused(t *testing.T) { // S-4.1.1-5, S-4.1.2-5, S-4.1.2-11, S-2.3.7-1, S-2.3.6-1
	c := newClient(t)
	for _, more := range []string{
		`,"profileUrl":"not url"`,
		`,"photos":[{"value":"no image"}]`,
		`,"x509Certificates":[{"value":"@@"}]`,
		`,` + enterprise + `:{"manager":{"value":"m","$ref":"not a uri"}}`,
	} {
		c.wants(c.send("POST", "/Users", user("ann", more)), 400, "invalidValue")
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
		`{"op":"add","path":"groups","value":[{"value":"g"}]}`, `{"op":"replace","path":"groups[value eq \"g\"].display","value":"x"}`,
		`{"op":"remove","path":"groups"}`, `{"op":"add","value":{"groups":[{"value":"g"}]}}`,
	} {
		c.wants(c.patch(a, `[`+operation+`]`), 400, "mutability")
	}
}
