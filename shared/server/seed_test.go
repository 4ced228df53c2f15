package server_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"scimserver/shared/table"
	"scimserver/shared/testkit"
)

// seed writes users named user0, user1, ... directly into the table, and returns their ids in order.
func seed(t testing.TB, name string, users int) []string {
	t.Helper()
	db, err := table.Open(table.Options{Name: name, Endpoint: testkit.Endpoint(t), Budget: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	ids, writes := make([]string, users), make([]table.Write, users+1)
	for i := range users {
		ids[i] = uuid.NewString()
		writes[i] = table.Put(table.Key{PK: "T#acme#USER", SK: ids[i]}, table.Item{
			"doc": fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],`+
				`"userName":"user%d","title":"t%d"}`, i, i%7),
			"version": int64(1), "created": "2026-11-23T13:20:14.154Z", "modified": "2026-11-23T13:20:14.154Z",
		})
	}
	writes[users] = table.Put(table.Key{PK: "T#acme#COUNT#USER", SK: "00"}, table.Item{"n": int64(users)})
	if err := db.WriteAll(t.Context(), writes); err != nil {
		t.Fatal(err)
	}
	slices.Sort(ids)
	return ids
}
