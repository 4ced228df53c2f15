package admin_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"testing"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/testkit"
)

// parts reads an export to its end. between is called after each part.
func (b *bench) parts(id string, between func()) (lines []map[string]any, parts int) {
	b.Helper()
	for after := ""; ; parts++ {
		a := b.send(200, "GET", "/tenants/"+id+"/export?after="+url.QueryEscape(after), "")
		for _, line := range a.get("lines").([]any) {
			lines = append(lines, line.(map[string]any))
		}
		if a.get("next") == nil {
			return lines, parts + 1
		}
		after = a.text("next")
		between()
	}
}

// plantMembers writes the edges of a group to members, without their users.
func (b *bench) plantMembers(group scim.ID, n int) (ids []string) {
	b.Helper()
	db, err := table.Open(table.Options{Name: b.table, Endpoint: testkit.Endpoint(b.T)})
	if err != nil {
		b.Fatal(err)
	}
	var edges []table.Write
	for i := range n {
		ids = append(ids, fmt.Sprintf("m%06d", i))
		edges = append(edges,
			table.Put(table.Key{PK: "T#acme#MEMBERS#" + string(group), SK: "U#" + ids[i]}, table.Item{}))
	}
	if err := db.WriteAll(b.Context(), edges); err != nil {
		b.Fatal(err)
	}
	return ids
}

// TestExportInParts exports a group that exceeds a part, while users are created and deleted. Resources that exist
// throughout are in the export once.
func TestExportInParts(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.send(201, "POST", "/tenants", `{"id":"acme"}`)
	t1, want := b.dir.For("acme"), map[string]int{}
	for n := range 3 {
		want["user "+string(b.newUser("acme", fmt.Sprint("u", n)))]++
	}
	doc := scim.Map(scim.Member{Name: "schemas", Value: scim.Texts(scim.GroupSchema)},
		scim.Member{Name: "displayName", Value: scim.Text("all")})
	made, err := t1.Groups().Create(t.Context(), doc, directory.MemberEdit{})
	if err != nil {
		t.Fatal(err)
	}
	g := made.Group
	want["group "+string(g.ID)]++
	for _, id := range b.plantMembers(g.ID, testkit.Size(100_000, 2100)) {
		want["membership "+string(g.ID)+id]++
	}
	if a := b.send(200, "POST", "/tenants/acme/export", ""); a.text("tenant") != "acme" || a.get("asOf") == nil {
		t.Errorf("the start is %v", a)
	}
	n := 0
	lines, parts := b.parts("acme", func() {
		n++
		if err := t1.Users().Delete(t.Context(), b.newUser("acme", fmt.Sprint("passing", n)), nil); err != nil {
			t.Fatal(err)
		}
	})
	got := map[string]int{}
	for _, line := range lines {
		text, _ := json.Marshal(line["resource"])
		var resource struct{ ID string }
		_ = json.Unmarshal(text, &resource)
		key := fmt.Sprint(line["type"], " ", resource.ID)
		if line["of"] != nil {
			key = fmt.Sprint(line["type"], " ", line["of"], line["member"])
		}
		got[key]++
	}
	for key, count := range want {
		if got[key] != count {
			t.Errorf("%s is %d times in the export, want %d", key, got[key], count)
		}
	}
	if parts < 3 || len(got) != len(want) {
		t.Errorf("%d different lines in %d parts, want %d in several", len(got), parts, len(want))
	}
	for _, after := range []string{"users", "nothing//", "members/a b/", "users//" + fmt.Sprintf("%0300d", 1)} {
		b.send(400, "GET", "/tenants/acme/export?after="+url.QueryEscape(after), "")
	}
	b.send(404, "POST", "/tenants/none/export", "")
	b.send(404, "GET", "/tenants/none/export", "")
}
