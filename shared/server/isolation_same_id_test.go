package server_test

import (
	"net/http"
	"strings"
	"testing"

	"scimserver/shared/table"
	"scimserver/shared/testkit"
)

// Ids are random, so two tenants never have the same one by chance. Here they do: globex is a copy of
// acme, with other names and values.
func TestTheSameIDInTwoTenants(t *testing.T) { // P-6-5
	name := testkit.Table(t)
	acme := newClientOn(t, open(t, name, http.DefaultTransport))
	ann := acme.create("ann@acme", `,"title":"of acme"`)
	group := acme.createGroup("all of acme", `,"members":[{"value":"`+id(ann)+`"}]`)
	copyTenant(t, name)
	other := *acme
	other.origin.Caller.Tenant = "globex"
	globex := &other

	sameUser, sameGroup := globex.wants(globex.get(ann), 200, ""), globex.wants(globex.get(group), 200, "")
	acme.wants(acme.patch(ann, `[{"op":"replace","path":"title","value":"changed"}]`), 200, "")
	acme.wants(acme.patch(group, `[{"op":"remove","path":"members"}]`), 200, "")
	for path, want := range map[string]string{path(ann): "of globex", path(group): id(ann)} {
		a := globex.wants(globex.send("GET", path, ""), 200, "")
		if !strings.Contains(a.Text, want) || strings.Contains(a.Text, "acme") {
			t.Errorf("globex's %s after a change of acme's: %s", path, a.Text)
		}
	}
	globex.finds(`id eq "`+id(ann)+`" and title eq "of globex"`, "1")
	globex.finds(`groups.value eq "`+id(group)+`"`, "1")
	acme.finds(`groups.value eq "`+id(group)+`"`, "0")

	acme.wants(acme.send("DELETE", path(ann), ""), 204, "")
	acme.wants(acme.send("DELETE", path(group), ""), 204, "")
	acme.wants(acme.get(ann), 404, "")
	globex.unchanged(sameUser)
	globex.unchanged(sameGroup)
}

// copyTenant gives globex every item of acme, under the same ids.
func copyTenant(t *testing.T, name string) {
	t.Helper()
	db, err := table.Open(table.Options{Name: name, Endpoint: testkit.Endpoint(t)})
	if err != nil {
		t.Fatal(err)
	}
	var writes []table.Write
	for item, err := range db.Scan(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range item {
			if text, ok := value.(string); ok {
				item[name] = strings.ReplaceAll(text, "acme", "globex")
			}
		}
		key := item.Key()
		delete(item, "PK")
		delete(item, "SK")
		writes = append(writes, table.Put(key, item))
	}
	if err := db.WriteAll(t.Context(), writes); err != nil {
		t.Fatal(err)
	}
}
