package verify_test

import (
	"net/http"
	"os"
	"testing"

	"scimserver/shared/directory"
	"scimserver/shared/directory/verify"
	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

// TestTable: each kind of damage to a user is found. A table without damage has no findings.
func TestTable(t *testing.T) {
	t.Parallel()
	userName := table.Key{PK: "CLAIM#SYSTEM#USERNAME#ann", SK: "CLAIM"}
	email := table.Key{PK: "CLAIM#SYSTEM#EMAIL#ann@example.com", SK: "CLAIM"}
	for _, d := range []damage{
		{"none", func(string) []table.Write { return nil }, ""},
		{"missing claim", one(table.Delete(userName)), "does not hold the claim on its userName"},
		{"foreign claim", one(table.Put(email, table.Item{"owner": "other"})), "is held by other"},
		{"orphaned claim", func(id string) []table.Write {
			key := table.Key{PK: "CLAIM#SYSTEM#USERNAME#bob", SK: "CLAIM"}
			return []table.Write{table.Put(key, table.Item{"owner": id})}
		}, "holds a claim on a value that it does not have"},
		{"missing look-up", func(id string) []table.Write {
			return []table.Write{gone("LOOKUP#USER#externalId#x", id)}
		}, "a search by externalId does not find user"},
		{"orphaned look-up", one(put("LOOKUP#USER#externalId#x", "nobody", nil)), "leads to user nobody, which"},
		{"wrong counter", one(count("USER", 1)), "the counter of users is 2 instead of 1"},
		{
			"schemas of a tenant",
			one(put("SCHEMAS", "ALL", table.Item{"version": "v", "schemas": `[{"definition":"{}"}]`})), "",
		},
		{"unreadable schemas",
			one(put("SCHEMAS", "ALL", table.Item{"version": "v", "schemas": `[{"definition":"{"}]`})),
			"the schemas of the tenant can't be read"},
		{"missing user", func(id string) []table.Write {
			return []table.Write{gone("USER", id)}
		}, "the counter of users is 1 instead of 0"},
	} {
		t.Run(d.name, func(t *testing.T) {
			db, _ := damaged(t, d.writes)
			d.check(t, run(t, db, verify.Options{}))
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
