package server_test

import (
	"strings"
	"testing"

	"scimserver/shared/scim"
)

func TestRetrieve(t *testing.T) { // P-3.4.1-1
	c := newClient(t)
	a := c.wants(c.get(c.create("ann", "")), 200, "")
	meta := a.Body.Get("meta")
	if !a.Body.Get("Resources").IsEmpty() || !a.Body.Get("totalResults").IsEmpty() ||
		a.Body.Get("userName").Text() != "ann" {
		t.Errorf("%s", a.Text)
	}
	// P-3.14-3, S-3.1-20, S-3.1-21
	if a.Header.Get("ETag") != meta.Get("version").Text() || !strings.HasPrefix(a.Header.Get("ETag"), `W/"`) {
		t.Errorf("ETag %q, meta %s", a.Header.Get("ETag"), meta.JSON())
	}
	// P-3.4.1-6, S-3.1-19
	if a.Header.Get("Location") != base+path(a) || meta.Get("location").Text() != base+path(a) ||
		len(a.Header.Values("Content-Location")) > 0 {
		t.Errorf("Location %q, Content-Location %q, meta %s",
			a.Header.Get("Location"), a.Header.Get("Content-Location"), meta.JSON())
	}
}

func TestRetrieveOneDiscoveryResource(t *testing.T) { // P-3.4.1-5
	c := newClient(t)
	for _, path := range []string{
		"/Schemas/" + scim.UserSchema, "/Schemas/" + scim.EnterpriseUserSchema, "/ResourceTypes/User",
	} {
		a := c.wants(c.send("GET", path, ""), 200, "")
		if !a.Body.Get("Resources").IsEmpty() || id(a) != path[strings.LastIndex(path, "/")+1:] {
			t.Errorf("%s: %s", path, a.Text)
		}
	}
	c.wants(c.send("GET", "/Schemas/"+id(c.create("ann", "")), ""), 404, "")
}

// A filter on one resource asks for nothing that its URL does not say.
func TestFilterOnOneResource(t *testing.T) { // P-3.4.2.1-8
	c := newClient(t)
	a := c.create("ann", "")
	if got := c.wants(c.send("GET", path(a)+"?filter="+escape(`userName eq "bob"`), ""), 200, ""); got.Text != a.Text {
		t.Errorf("%s", got.Text)
	}
}
