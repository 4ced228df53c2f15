package scim

import (
	"testing"
	"time"
	"unicode/utf8"
)

func TestAppendJSONIsUTF8(t *testing.T) {
	for in, want := range map[string]string{
		"a\"b\\c\n\x00":     `"a\"b\\c\u000a\u0000"`,
		"é漢😀":               `"é漢😀"`,
		"\xff":              "\"\ufffd\"",
		"é\"\xff":           "\"é\\\"\ufffd\"",
		"\xff\"plain ASCII": "\"\ufffd\\\"plain ASCII\"",
	} {
		if got := Text(in).JSON(); got != want || !utf8.ValidString(got) {
			t.Errorf("%q is written as %q, want %q", in, got, want)
		}
	}
}

func BenchmarkRenderPage(b *testing.B) {
	const user = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User",
 "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
"externalId":"0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef","userName":"barbara.jensen@example.com","active":true,
 "displayName":"Barbara Jensen","title":"Tour Guide",
"name":{"formatted":"Ms. Barbara J Jensen, III","familyName":"Jensen","givenName":"Barbara","middleName":"Jane",
 "honorificPrefix":"Ms.","honorificSuffix":"III"},
"emails":[{"value":"barbara.jensen@example.com","type":"work","primary":true},{"value":"babs@jensen.org",
 "type":"home"}],
"phoneNumbers":[{"value":"tel:+1-201-555-0123","type":"work"},{"value":"tel:+1-201-555-0124","type":"mobile"}],
"addresses":[{"type":"work","streetAddress":"100 Universal City Plaza","locality":"Hollywood","region":"CA",
 "postalCode":"91608","country":"US","primary":true}],
"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"701984","costCenter":"4130",
 "organization":"Universal Studios","division":"Theme Park","department":"Tour Operations"}}`
	doc, err := ParseJSON([]byte(user))
	if err != nil {
		b.Fatal(err)
	}
	now := time.Now()
	b.ReportAllocs()
	for b.Loop() {
		page := make([]Value, 100)
		for i := range page {
			page[i] = Resource{ID: "6b58232c-adff-4daa-a434-d66fbcea5404", Doc: doc, Meta: Meta{
				ResourceType: "User", Created: now, LastModified: now, Location: "https://h/scim/v2/Users/6b58232c",
				Version: ETag(1)}}.Value()
		}
		b.SetBytes(int64(len(ListResponse(100, 1, page).Bytes())))
	}
}
