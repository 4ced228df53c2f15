package server_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"scimserver/shared/scim/schema"
	"scimserver/shared/server"
	"scimserver/shared/tenant"
)

// namesOf returns the joined values of an attribute in a list.
func namesOf(a answer, attr string) string {
	var list []string
	for _, r := range a.Body.Get("Resources").Items() {
		list = append(list, r.Get(attr).Text())
	}
	return strings.Join(list, " ")
}

// sorts fails the test unless users have that order of userNames.
func (c *client) sorts(query, want string) {
	c.Helper()
	if got := namesOf(c.wants(c.send("GET", "/Users?"+query, ""), 200, ""), "userName"); got != want {
		c.Errorf("%s: %s, want %s", query, got, want)
	}
}

func TestSort(t *testing.T) { // P-3.4.2.3-1
	c := newClient(t)
	const ext = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	c.create("c",
		`,"externalId":"a","title":"X","emails":[{"value":"z@x.org"},`+
			`{"value":"b@x.org","primary":true}],"name":{"givenName":"Q"},"active":true`)
	c.create("a",
		`,"externalId":"B","emails":[{"value":"m@x.org"},`+
			`{"value":"a@x.org"}],"name":{"givenName":"p"},"active":false,"`+ext+`":{"department":"d"}`)
	c.create("B",
		`,"externalId":"b","title":"w","emails":[{"value":"c@x.org"}],"name":{"givenName":"R"},"`+ext+
			`":{"department":"C"}`)
	for query, want := range map[string]string{
		"sortBy=userName":                                "a B c", // P-3.4.2.3-2, P-3.4.2.3-6, P-3.4.2.3-8
		"sortBy=userName&sortOrder=ascending":            "a B c",
		"sortBy=USERNAME&sortOrder=descending":           "c B a", // P-3.4.2.3-7, P-3.4.2.3-13
		"sortBy=externalId":                              "a c B", // P-3.4.2.3-9: B a b
		"sortBy=title":                                   "B c a", // P-3.4.2.3-5: w X, none
		"sortBy=title&sortOrder=descending":              "a c B",
		"sortBy=emails.value":                            "c B a", // P-3.4.2.3-3: b c m
		"sortBy=emails":                                  "c B a",
		"sortBy=name.givenName":                          "a c B", // P-3.4.2.3-4
		"sortBy=active":                                  "a c B", // P-3.4.2.3-10
		"sortBy=" + ext + ":department":                  "B a c",
		"sortBy=" + strings.ToUpper(ext) + ":DEPARTMENT": "B a c",
		"sortBy=userName&count=2":                        "a B",
		"sortBy=userName&count=2&startIndex=3":           "c",
		"sortBy=userName&filter=" + escape(`userName eq "c" or userName eq "a"`): "a c",
		"sortBy=userName&filter=" + escape(`title pr`):                           "B c",
		"sortBy=title&attributes=userName":                                       "B c a", // by what is not shown
	} {
		c.sorts(query, want)
	}
	unsorted := c.send("GET", "/Users", "").Text
	for _, query := range []string{"?sortOrder=descending", "?sortOrder=up", "?sortBy="} { // P-3.4.2.3-12
		if got := c.send("GET", "/Users"+query, ""); got.Text != unsorted {
			t.Errorf("%s: %s", query, got.Text)
		}
	}
	for _, query := range []string{ // P-3.4.2.3-4, P-3.4.2.3-7, P-3.4.2.3-12
		"sortBy=name", "sortBy=nope", "sortBy=userName&sortOrder=up", "sortBy=password", "sortBy=department",
		"sortBy=" + ext, "sortBy=addresses",
	} {
		c.wants(c.send("GET", "/Users?"+query, ""), 400, "invalidValue")
	}
}

// Resources with equal sort values are each on exactly one page.
func TestSortedPages(t *testing.T) { // P-3.4.2.3-11, P-3.4.2.4-13
	c := newClient(t)
	var want []string
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		want = append(want, id(c.create(name, `,"title":"same"`)))
	}
	slices.Sort(want)
	for _, order := range []string{"ascending", "descending"} {
		var got []string
		for _, start := range []string{"1", "3", "5"} {
			page := c.send("GET", "/Users?sortBy=title&count=2&sortOrder="+order+"&startIndex="+start, "")
			if page.Body.Get("totalResults").Text() != "5" || page.Body.Get("startIndex").Text() != start {
				t.Errorf("%s", page.Text)
			}
			got = append(got, strings.Fields(namesOf(page, "id"))...)
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", order, got, want)
		}
	}
}

// Except in profile strict, the attribute of an extension needs no URN.
func TestSortByUnqualifiedName(t *testing.T) { // P-3.10-5
	c := newClient(t)
	c.create("b", `,"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"x"}`)
	c.create("a", `,"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"y"}`)
	c.origin.Caller.Profile = tenant.Generic
	c.sorts("sortBy=department", "b a")
	got := namesOf(c.wants(c.post("", `,"sortBy":"department","sortOrder":"descending"`), 200, ""), "userName")
	if got != "a b" || !strings.Contains(c.log.String(), "unqualified-name") {
		t.Errorf("%s, log %s", got, c.log)
	}
}

// The index after a page at the largest startIndex does not overflow.
func TestFarPages(t *testing.T) { // P-3.4.2.4-11
	c := newClient(t)
	c.create("ann", "")
	c.createGroup("g", "")
	for _, query := range []string{
		"", "&sortBy=id", "&filter=id+pr", "&count=0", "&count=1000&sortBy=id",
		"&filter=" + escape(`userName eq "ann"`),
	} {
		for _, start := range []string{"9223372036854775807", "9223372036854774807", "4611686018427387904"} {
			a := c.wants(c.send("GET", "/Users?startIndex="+start+query, ""), 200, "")
			if a.Body.Get("totalResults").Text() != "1" || len(a.Body.Get("Resources").Items()) != 0 {
				t.Errorf("%s%s: %s", start, query, a.Text)
			}
		}
	}
	a := c.wants(c.post("", `,"startIndex":9223372036854775807,"sortBy":"id"`), 200, "")
	if a.Body.Get("totalResults").Text() != "2" {
		t.Errorf("%s", a.Text)
	}
}

func TestSortGroups(t *testing.T) { // P-3.4.2.3-2, P-3.4.2.3-3, P-3.4.2.3-5
	c := newClient(t)
	people := c.people("ann", "bob")
	slices.Sort(people)
	c.createGroup("C", `,"members":[{"value":"`+people[0]+`"}]`)
	c.createGroup("a", "")
	c.createGroup("B", `,"members":[{"value":"`+people[1]+`"}]`)
	for query, want := range map[string]string{
		"sortBy=displayName":                                               "a B C",
		"sortBy=displayName&sortOrder=descending":                          "C B a",
		"sortBy=displayName&filter=" + escape(`displayName co "b"`):        "B",
		"sortBy=displayName&excludedAttributes=members":                    "a B C",
		"sortBy=members":                                                   "C B a",
		"sortBy=members.value&sortOrder=descending&attributes=displayName": "a B C",
	} {
		if got := namesOf(c.wants(c.send("GET", "/Groups?"+query, ""), 200, ""), "displayName"); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	for query, want := range map[string]string{
		"sortBy=groups.display":                      people[1] + " " + people[0],
		"sortBy=groups.display&sortOrder=descending": people[0] + " " + people[1],
	} {
		if got := namesOf(c.wants(c.send("GET", "/Users?"+query, ""), 200, ""), "id"); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
}

// A schema with numbers and dates, which the standard schemas have only in meta.
func TestSortByType(t *testing.T) { // P-3.4.2.3-10
	const urn = "urn:example:params:scim:schemas:test:2.0:Person"
	registry, err := schema.Load(fstest.MapFS{
		"schemas/p.json": {Data: []byte(`{"id":"` + urn + `","attributes":[
			{"name":"userName","required":true},{"name":"n","type":"integer"},
			{"name":"when","type":"dateTime"},{"name":"on","type":"boolean"}]}`)},
		"resourcetypes/u.json": {Data: []byte(`{"name":"User","schema":"` + urn + `"}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	c := newClient(t, func(o *server.Options) { o.Registry = registry })
	for name, more := range map[string]string{
		"x": `"n":10,"when":"2020-01-01T00:30:00+01:00","on":true`,
		"y": `"n":9,"when":"2019-12-31T23:29:00Z","on":false`,
		"z": `"n":100,"when":"2019-12-31T23:31:00Z"`,
	} {
		c.wants(c.send("POST", "/Users", `{"schemas":["`+urn+`"],"userName":"`+name+`",`+more+`}`), 201, "")
	}
	c.sorts("sortBy=n", "y x z")
	c.sorts("sortBy=when", "y x z")
	c.sorts("sortBy=on", "y x z")
	c.sorts("sortBy=when&sortOrder=descending", "z x y")
	c.sorts("sortBy=meta.created&filter="+escape(`userName eq "x"`), "x")
}
