package server_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"scimserver/shared/scim"
)

func TestPatchAnswersWithTheWholeUser(t *testing.T) { // P-3.5-2, P-3.5.2-1
	c := newClient(t)
	a := c.create("ann", `,"name":{"familyName":"B"},"emails":[{"value":"a@x.org"}]`)
	time.Sleep(2 * time.Millisecond) // lastModified has milliseconds
	b := c.wants(c.patch(a, `[{"op":"add","path":"name.givenName","value":"A"},`+
		`{"op":"replace","path":"userName","value":"anne"}]`), 200, "")
	meta, before := b.Body.Get("meta"), a.Body.Get("meta")
	// P-3.14-2, P-3.14-8, P-3.5.2-32
	if b.Header.Get("ETag") != `W/"2"` || meta.Get("version").Text() != `W/"2"` ||
		meta.Get("lastModified").Text() <= before.Get("lastModified").Text() ||
		meta.Get("created").Text() != before.Get("created").Text() {
		t.Errorf("%s", b.Text)
	}
	// P-3.5.2-26
	if b.Body.Get("name").JSON() != `{"familyName":"B","givenName":"A"}` ||
		b.Body.Get("userName").Text() != "anne" || b.Body.Get("emails").IsEmpty() {
		t.Errorf("%s", b.Text)
	}
	c.unchanged(b)
	c.create("ann", "") // the old name is free
}

// If an operation fails, the user, its version and its claims stay unchanged, even if earlier
// operations succeeded.
func TestPatchIsAtomic(t *testing.T) { // P-3.5.2-24
	c := newClient(t)
	c.create("bob", `,"emails":[{"value":"bob@x.org"}]`)
	a := c.create("ann", `,"title":"Dr","emails":[{"value":"ann@x.org","type":"work"}]`)
	const first = `{"op":"replace","path":"userName","value":"zoe"},` +
		`{"op":"add","path":"emails","value":[{"value":"zoe@x.org"}]},`
	for _, tt := range []struct {
		last     string
		status   int
		scimType string
	}{
		{`{"op":"remove","path":"userName"}`, 400, "mutability"},        // P-3.5.2.2-8
		{`{"op":"replace","path":"id","value":"x"}`, 400, "mutability"}, // P-3.5.2-12, S-7-11
		{`{"op":"add","path":"groups","value":[{"value":"g"}]}`, 400, "mutability"},
		{`{"op":"replace","path":"meta.created","value":"2000-01-01T00:00:00Z"}`, 400, "mutability"},
		{
			`{"op":"replace","path":"` + scim.EnterpriseUserSchema + `:manager.displayName","value":"x"}`,
			400, "mutability",
		},
		{`{"op":"replace","path":"nope","value":"x"}`, 400, "invalidPath"},
		{`{"op":"replace","path":"emails[type eq \"fax\"].value","value":"x"}`, 400, "noTarget"},
		{`{"op":"replace","path":"active","value":"x"}`, 400, "invalidValue"},
		{`{"op":"add","path":"emails[type xx \"w\"].value","value":"x"}`, 400, "invalidFilter"}, // P-3.5.2-10
		{`{"op":"add"}`, 400, "invalidValue"},
		{`{"op":"test","path":"title"}`, 400, "invalidSyntax"},
		{`{"op":"add","path":"emails","value":[{"value":"BOB@x.org"}]}`, 409, "uniqueness"}, // P-3.5.2-30
		{`{"op":"replace","path":"userName","value":"Bob"}`, 409, "uniqueness"},
		{`{"op":"replace","path":"userName","value":""}`, 400, "invalidValue"},
	} {
		refused := c.wants(c.patch(a, `[`+first+tt.last+`]`), tt.status, tt.scimType)
		// P-3.5.2-25
		if refused.Body.Get("schemas").JSON() != `["`+scim.ErrorMessage+`"]` ||
			refused.Body.Get("detail").Text() == "" {
			t.Errorf("%s: %s", tt.last, refused.Text)
		}
		c.unchanged(a)
	}
	c.create("zoe", `,"emails":[{"value":"zoe@x.org"}]`)
}

func TestPatchWithoutEffectMovesNothing(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	a := c.create("ann", `,"title":"Dr","active":true,"emails":[{"value":"ann@x.org","type":"work","primary":true}]`)
	for _, operation := range []string{
		`{"op":"replace","path":"title","value":"Dr"}`,                               // P-3.5.2.3-14
		`{"op":"add","path":"emails","value":[{"value":"ann@x.org","type":"work"}]}`, // P-3.5.2.1-10
		`{"op":"add","value":{"active":true,"title":"Dr"}}`,
		`{"op":"remove","path":"nickName"}`,                 // P-3.5.2.2-12
		`{"op":"remove","path":"emails[type eq \"home\"]"}`, // P-3.5.2.2-11
		`{"op":"add","path":"nickName","value":null}`,       // P-3.5.2.1-14
		`{"op":"add","path":"emails","value":[]}`,
		`{"op":"replace","path":"title","value":"Mr"},{"op":"replace","path":"title","value":"Dr"}`,
	} {
		time.Sleep(2 * time.Millisecond) // lastModified has milliseconds
		// P-3.5.2.1-11, P-3.14-8
		if b := c.wants(c.patch(a, `[`+operation+`]`), 200, ""); b.Text != a.Text || b.Header.Get("ETag") != `W/"1"` {
			t.Errorf("%s: %s", operation, b.Text)
		}
	}
	c.unchanged(a)
}

func TestPatchUnderAVersion(t *testing.T) { // P-3.5.2-29
	c := newClient(t)
	a := c.create("ann", "")
	const operation = `[{"op":"replace","path":"title","value":"x"}]`
	c.wants(c.patch(a, operation, "If-Match", `W/"7"`), 412, "") // P-3.14-5
	c.unchanged(a)
	c.wants(c.patch(a, operation, "If-Match", `"7", W/"1"`), 200, "") // P-3.14-6
	// nothing would change, but the client does not know
	c.wants(c.patch(a, operation, "If-Match", `W/"1"`), 412, "")
	c.wants(c.patch(a, operation, "If-Match", "*"), 200, "") // P-3.14-7
	for _, headers := range [][]string{nil, {"If-Match", "*"}} {
		// P-3.5.2-28
		c.wants(c.send("PATCH", "/Users/00000000-0000-4000-8000-000000000000", message(operation), headers...), 404, "")
	}
}

func TestParallelPatches(t *testing.T) { // P-3.14-9
	c := newClient(t)
	a := c.create("ann", "")
	const n = 6
	under := c.race(n, func(i int) answer {
		return c.patch(a, `[{"op":"replace","path":"title","value":"t`+strconv.Itoa(i)+`"}]`, "If-Match", `W/"1"`)
	})
	if under[200] != 1 || under[412] != n-1 {
		t.Errorf("with If-Match: %v", under)
	}
	free := c.race(n, func(i int) answer {
		return c.patch(a, `[{"op":"add","path":"roles","value":[{"value":"r`+strconv.Itoa(i)+`"}]}]`)
	})
	b := c.get(a)
	if free[200] != n || len(b.Body.Get("roles").Items()) != n || b.Header.Get("ETag") != `W/"`+strconv.Itoa(2+n)+`"` {
		t.Errorf("without: %v, %s", free, b.Text)
	}
}

func TestPatchOfPrimary(t *testing.T) { // P-3.5.2-22, P-3.5.2.3-12, P-3.5.2-23
	c := newClient(t)
	a := c.create("ann",
		`,"emails":[{"value":"a@x.org","type":"work","primary":true},{"value":"b@x.org","type":"home"}]`)
	for i, operation := range []string{
		`{"op":"add","path":"emails[value eq \"b@x.org\"].primary","value":true}`,
		`{"op":"replace","path":"emails[type eq \"work\"]","value":{"value":"a@x.org","type":"work","primary":true}}`,
		`{"op":"add","path":"emails","value":[{"value":"c@x.org","primary":true}]}`,
	} {
		b := c.wants(c.patch(a, `[`+operation+`]`), 200, "")
		n := strings.Count(b.Text, `"primary":true`)
		if n != 1 || !b.Body.Get("emails").Items()[[]int{1, 0, 2}[i]].Get("primary").IsTrue() {
			t.Errorf("%s: %s", operation, b.Body.Get("emails").JSON())
		}
	}
	c.wants(c.patch(a, `[{"op":"replace","path":"emails","value":[{"value":"d","primary":true},`+
		`{"value":"e","primary":true}]}]`), 400, "invalidValue")
	c.finds(`emails[primary eq false]`, "1") // S-2.4-4
}

func TestPatchOfExtensions(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	a := c.create("ann", "")
	// P-3.5.2-20
	b := c.wants(c.patch(a, `[{"op":"add","path":"`+scim.EnterpriseUserSchema+`:employeeNumber","value":"7"}]`),
		200, "")
	// S-3-6, S-3.3-2
	if b.Body.Get("schemas").JSON() != `["`+scim.UserSchema+`",`+enterprise+`]` ||
		b.Body.Get(scim.EnterpriseUserSchema).JSON() != `{"employeeNumber":"7"}` ||
		!b.Body.Get("employeeNumber").IsEmpty() {
		t.Errorf("%s", b.Text)
	}
	// P-3.5.2.1-13, P-3.5.2.3-16
	b = c.wants(c.patch(a, `[{"op":"replace","value":{`+enterprise+`:{"department":"d"}}}]`), 200, "")
	if b.Body.Get(scim.EnterpriseUserSchema).JSON() != `{"employeeNumber":"7","department":"d"}` {
		t.Errorf("%s", b.Text)
	}
	c.finds(scim.EnterpriseUserSchema+`:department eq "D"`, "1") // P-3.10-1
	c.wants(c.search(`department eq "d"`), 400, "invalidFilter") // P-3.10-5
	b = c.wants(c.patch(a, `[{"op":"remove","path":"`+scim.EnterpriseUserSchema+`"}]`), 200, "")
	if b.Body.Get("schemas").JSON() != `["`+scim.UserSchema+`"]` || !b.Body.Get(scim.EnterpriseUserSchema).IsEmpty() {
		t.Errorf("%s", b.Text)
	}
}
