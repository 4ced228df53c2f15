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
		{"claim gone", func(string) table.Write { return table.Delete(table.Key{PK: "CLAIM#SYSTEM#USERNAME#ann", SK: "CLAIM"}) }, "does not hold the claim on its USERNAME"},
		{"claim of another", func(string) table.Write {
			return table.Put(table.Key{PK: "CLAIM#SYSTEM#EMAIL#ann@example.com", SK: "CLAIM"}, table.Item{"owner": "other"})
		}, "is held by other"},
		{"claim on nothing", func(id string) table.Write {
			return table.Put(table.Key{PK: "CLAIM#SYSTEM#USERNAME#bob", SK: "CLAIM"}, table.Item{"owner": id})
		}, "holds a claim on a value"},
		{"look-up gone", func(id string) table.Write {
			return table.Delete(table.Key{PK: "T#acme#LOOKUP#USER#externalId#x", SK: id})
		}, "has no look-up"},
		{"look-up to nothing", func(string) table.Write {
			return table.Put(table.Key{PK: "T#acme#LOOKUP#USER#externalId#x", SK: "nobody"}, nil)
		}, "leads to no user"},
		{"counter off", func(string) table.Write {
			return table.Update(table.Key{PK: "T#acme#COUNT#USER", SK: "03"}, nil).Adding("n", 1)
		}, "counters say"},
		{"user gone", func(id string) table.Write { return table.Delete(table.Key{PK: "T#acme#USER", SK: id}) }, "has no users"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			db, id := ann(t)
			if tt.damage != nil {
				if err := db.Write(t.Context(), func(table.Stamp) table.Write { return tt.damage(id) }); err != nil {
					t.Fatal(err)
				}
			}
			report, err := verify.Table(t.Context(), db)
			if err != nil {
				t.Fatal(err)
			}
			if all := strings.Join(report.Problems, "\n"); tt.want == "" && all != "" || !strings.Contains(all, tt.want) {
				t.Errorf("problems %q, want %q", all, tt.want)
			}
		})
	}
}

// ann makes a table with one user.
func ann(t *testing.T) (db *table.DB, id string) {
	t.Helper()
	name, client := testkit.Table(t), &http.Client{}
	dir, err := directory.Open(directory.Options{Table: name, Endpoint: testkit.Endpoint(t), Client: client})
	if err != nil {
		t.Fatal(err)
	}
	doc := scim.Map(
		scim.Member{Name: "externalId", Value: scim.Text("x")},
		scim.Member{Name: "userName", Value: scim.Text("Ann")},
		scim.Member{Name: "emails", Value: scim.List(scim.Map(scim.Member{Name: "value", Value: scim.Text("ann@example.com")}))})
	u, err := dir.For("acme").Users().Create(t.Context(), directory.Content{Doc: doc})
	if err != nil {
		t.Fatal(err)
	}
	db, err = table.Open(table.Options{Name: name, Endpoint: testkit.Endpoint(t), Client: client})
	if err != nil {
		t.Fatal(err)
	}
	return db, string(u.ID)
}
