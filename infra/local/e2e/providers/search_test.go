package providers_test

import (
	"fmt"
	"strings"
	"testing"

	"scimserver/infra/local/e2e"
	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// search is the body of a search with more members, each with its leading comma.
func search(more string) string {
	return `{"schemas":["` + scim.SearchRequestMessage + `"]` + more + `}`
}

// searches sends searches by POST through the functions that the template gives
// them to, whose permissions hold.
func searches(t *testing.T, s suite) { // P-3.4.3-1, P-3.4.2.1-1, P-3.4.2.1-6, C-3-1
	p := client{s.NewTenant(t, "searches", tenant.Generic)}
	var members []string
	for i := range 5 {
		created := p.Want(201, "POST", "/Users", e2e.User(fmt.Sprintf("u%d@example.com", i)))
		members = append(members, `{"value":"`+created.Get("id").Text()+`"}`)
	}
	p.Want(201, "POST", "/Groups",
		`{"schemas":["`+scim.GroupSchema+`"],"displayName":"Staff","members":[`+strings.Join(members, ",")+`]}`)
	for path, want := range map[string]string{"": "6", "/Users": "5", "/Groups": "1"} {
		list := p.Want(200, "POST", path+"/.search", search(""))
		if list.Get("totalResults").Text() != want || fmt.Sprint(len(list.Get("Resources").Items())) != want {
			t.Errorf("%s/.search: %s", path, list.JSON())
		}
	}
	if len(p.Stack.Pids("SearchFunction")) == 0 {
		t.Error("the function of the root's searches does not run")
	}
	for _, more := range []string{
		"", `,"filter":"id pr"`, `,"sortBy":"id"`,
		`,"filter":"groups.display eq \"staff\" or displayName eq \"staff\""`,
	} {
		p.pages(more, 6)
	}
	p.Want(405, "GET", "/.search", "")
	p.Want(404, "POST", "/Schemas/.search", search(""))
}

// pages walks a search of the root by cursor, two resources at a time.
func (p client) pages(more string, want int) {
	p.Helper()
	seen := map[string]bool{}
	for cursor, first := "", true; first || cursor != ""; first = false {
		page := p.Want(200, "POST", "/.search", search(fmt.Sprintf(`,"count":2,"cursor":%q%s`, cursor, more)))
		for _, r := range page.Get("Resources").Items() {
			if id := r.Get("id").Text(); !seen[id] {
				seen[id] = true
				continue
			}
			p.Errorf("%s: %s comes twice", more, r.Get("id").Text())
		}
		cursor = page.Get("nextCursor").Text()
	}
	if len(seen) != want {
		p.Errorf("%s: %d resources, want %d", more, len(seen), want)
	}
}
