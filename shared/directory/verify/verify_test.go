package verify_test

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"scimserver/shared/directory"
	"scimserver/shared/directory/verify"
	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

// Each kind of damage is found; without damage nothing is.
func TestTable(t *testing.T) {
	for _, tt := range []struct {
		name   string
		damage func(id string) table.Write
		want   string
	}{
		{"none", nil, ""},
		{"claim gone", func(string) table.Write { return table.Delete(table.Key{PK: "CLAIM#SYSTEM#USERNAME#ann", SK: "CLAIM"}) }, "does not hold the claim on its userName"},
		{"claim of another", func(string) table.Write {
			return table.Put(table.Key{PK: "CLAIM#SYSTEM#EMAIL#ann@example.com", SK: "CLAIM"}, table.Item{"owner": "other"})
		}, "is held by other"},
		{"claim on nothing", func(id string) table.Write {
			return table.Put(table.Key{PK: "CLAIM#SYSTEM#USERNAME#bob", SK: "CLAIM"}, table.Item{"owner": id})
		}, "is on a value that"},
		{"look-up gone", func(id string) table.Write {
			return table.Delete(table.Key{PK: "T#acme#LOOKUP#USER#externalId#x", SK: id})
		}, "is not found by its externalId"},
		{"look-up to nothing", func(string) table.Write {
			return table.Put(table.Key{PK: "T#acme#LOOKUP#USER#externalId#x", SK: "nobody"}, nil)
		}, "leads to user nobody, which"},
		{"counter off", func(string) table.Write {
			return table.Update(table.Key{PK: "T#acme#COUNT#USER", SK: "03"}, nil).Adding("n", 1)
		}, "counters say"},
		{"user gone", func(id string) table.Write { return table.Delete(table.Key{PK: "T#acme#USER", SK: id}) }, "has 0 users, its counters say 1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			db, id := newTable(t)
			if tt.damage != nil {
				if err := db.Write(t.Context(), func(table.Stamp) table.Write { return tt.damage(id) }); err != nil {
					t.Fatal(err)
				}
			}
			report, err := verify.Table(t.Context(), db)
			if err != nil {
				t.Fatal(err)
			}
			if all := texts(report); tt.want == "" && all != "" || !strings.Contains(all, tt.want) {
				t.Errorf("findings %q, want %q", all, tt.want)
			}
		})
	}
}

// person is the document of a user with an email.
func person(name, externalID string) scim.Value {
	email := scim.Map(scim.Member{Name: "value", Value: scim.Text(name + "@example.com")})
	return scim.Map(
		scim.Member{Name: "externalId", Value: scim.Text(externalID)},
		scim.Member{Name: "userName", Value: scim.Text(name)},
		scim.Member{Name: "emails", Value: scim.List(email)})
}

// newTable makes a table with one user, ann.
func newTable(t *testing.T) (db *table.DB, id string) {
	t.Helper()
	name, client := testkit.Table(t), &http.Client{}
	dir, err := directory.Open(directory.Options{Table: name, Endpoint: testkit.Endpoint(t), Client: client})
	if err != nil {
		t.Fatal(err)
	}
	if err := dir.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	u, err := dir.For("acme").Users().Create(t.Context(), directory.Content{Doc: person("ann", "x")})
	if err != nil {
		t.Fatal(err)
	}
	db, err = table.Open(table.Options{Name: name, Endpoint: testkit.Endpoint(t), Client: client})
	if err != nil {
		t.Fatal(err)
	}
	return db, string(u.ID)
}
