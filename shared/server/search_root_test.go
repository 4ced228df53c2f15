package server_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"scimserver/shared/scim"
)

// rooted returns the userNames and displayNames that a search of the root finds, in alphabetical order.
func (c *client) rooted(more string) string {
	c.Helper()
	var names []string
	a := c.wants(c.post("", more), 200, "")
	for _, r := range a.Body.Get("Resources").Items() {
		names = append(names, r.Get("userName").Text()+r.Get("displayName").Text())
	}
	if a.Body.Get("totalResults").Text() != strconv.Itoa(len(names)) {
		c.Errorf("totalResults %s of %v", a.Body.Get("totalResults").Text(), names)
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

func TestRootSearch(t *testing.T) { // P-3.4.3-1
	c := newClient(t)
	ann := c.create("ann", `,"externalId":"1"`)
	c.create("Bob", `,"title":"T"`)
	staff := c.createGroup("Adams", `,"externalId":"1","members":[{"value":"`+id(ann)+`"}]`)
	for filter, want := range map[string]string{
		"":                             "Adams Bob ann", // P-3.4.2.1-1
		`id pr`:                        "Adams Bob ann",
		`meta.resourceType eq "Group"`: "Adams", // P-3.4.2.1-2
		`meta.resourceType eq "User"`:  "Bob ann",
		`meta.resourceType eq "User" or meta.resourceType eq "Group"`: "Adams Bob ann",
		`meta.resourceType eq "Schema"`:                               "", // P-3.4.2.1-7
		`userName pr`:                                                 "Bob ann",
		`not (userName pr)`:                                           "Adams", // P-3.4.2.1-5
		`userName eq "ann"`:                                           "ann",
		`userName ne "ann"`:                                           "Adams Bob",
		`displayName sw "A"`:                                          "Adams",
		`displayName eq "adams" or userName eq "ANN"`:                 "Adams ann", // P-3.4.2.1-4
		`externalId eq "1"`:                                           "Adams ann",
		`id eq "` + id(staff) + `"`:                                   "Adams",
		`id eq "` + id(ann) + `"`:                                     "ann",
		`members.value eq "` + id(ann) + `"`:                          "Adams",
		`groups.value eq "` + id(staff) + `"`:                         "ann",
		`nope pr`:                                                     "", // P-3.4.2.2-40
		`nope ne "x"`:                                                 "Adams Bob ann",
		`members pr or groups pr`:                                     "Adams ann",
		`userName eq "ann" or externalId eq "1" or title pr`:          "Adams Bob ann",
	} {
		more := ""
		if filter != "" {
			more = `,"filter":` + enclose(filter)
		}
		if got := c.rooted(more); got != want {
			t.Errorf("%s: %s, want %s", filter, got, want)
		}
	}
	c.wants(c.post("", `,"filter":"userName regex \"a\""`), 400, "invalidFilter")
	c.wants(c.post("", `,"filter":"active gt true"`), 400, "invalidFilter")
}

// A resource is the same as in the answer of its own endpoint.
func TestRootSearchShows(t *testing.T) { // P-3.4.2-9, P-3.9-1, P-3.9-2
	c := newClient(t)
	ann := c.create("ann", `,"title":"T"`)
	staff := c.createGroup("Staff", `,"members":[{"value":"`+id(ann)+`"}]`)
	for query, members := range map[string]string{
		"":                                      "",
		"?attributes=displayName,title,members": `,"attributes":["displayName","title","members"]`,
		"?excludedAttributes=groups,members,meta": `,"excludedAttributes":["groups","members","meta"]`,
	} {
		all := c.post("", members).Body.Get("Resources").Items()
		for i, of := range []answer{ann, staff} { // users first
			if want := c.send("GET", path(of)+query, "").Text; len(all) != 2 || all[i].JSON() != want {
				t.Errorf("%s: %v, want %s", query, all, want)
			}
		}
	}
}

func TestRootSearchPages(t *testing.T) { // P-3.4.2.1-6, P-3.4.2-4
	c := newClient(t)
	var want []string
	for _, name := range []string{"a", "b", "c"} {
		want = append(want, id(c.create("u"+name, "")), id(c.createGroup("g"+name, "")))
	}
	slices.Sort(want)
	var sorted []string
	for _, more := range []string{
		"", `,"filter":"id pr"`, `,"sortBy":"displayName"`, `,"sortBy":"id"`,
		`,"sortBy":"meta.created","sortOrder":"descending","filter":"not (title pr)"`,
	} {
		var got []string
		for start := 1; start <= 6; start += 2 {
			a := c.wants(c.post("", more+`,"count":2,"startIndex":`+strconv.Itoa(start)), 200, "")
			if a.Body.Get("totalResults").Text() != "6" || a.Body.Get("itemsPerPage").Text() != "2" ||
				a.Body.Get("startIndex").Text() != strconv.Itoa(start) {
				t.Errorf("%s", a.Text)
			}
			got = append(got, strings.Fields(namesOf(a, "id"))...)
		}
		byCursor, _ := c.walk("POST", "", more, 4)
		if !slices.Equal(byCursor, got) {
			t.Errorf("%s: by cursor %v, by index %v", more, byCursor, got)
		}
		if strings.Contains(more, `"id"`) {
			sorted = slices.Clone(got)
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", more, got, want)
		}
	}
	if !slices.Equal(sorted, want) {
		t.Errorf("sorted by id: %v", sorted)
	}
	byName := namesOf(c.post("", `,"sortBy":"displayName","sortOrder":"descending","count":4`), "displayName")
	if strings.TrimSpace(byName) != "gc" { // those without the attribute first
		t.Errorf("by name: %q", byName)
	}
	c.wants(c.post("", `,"sortBy":"nope"`), 400, "invalidValue")
	c.wants(c.post("", `,"sortBy":"name"`), 400, "invalidValue")
}

func TestRootIsNoResource(t *testing.T) { // P-3.4.2-1
	c := newClient(t)
	for _, path := range []string{"", "/"} {
		c.wants(c.send("GET", path, ""), 404, "")
	}
	a := c.post("", "")
	if a.Body.Get("schemas").JSON() != `["`+scim.ListResponseMessage+`"]` ||
		a.Body.Get("totalResults").Text() != "0" || a.Body.Get("Resources").JSON() != "[]" {
		t.Errorf("%s", a.Text)
	}
}
