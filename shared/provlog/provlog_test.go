package provlog_test

import (
	"os"
	"testing"
	"time"

	"scimserver/shared/provlog"
	"scimserver/shared/table"
	"scimserver/shared/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

// bench is the log of tenant acme in a table of its own.
type bench struct {
	*testing.T
	db   *table.DB
	acme provlog.Log
}

func newBench(t *testing.T) *bench {
	t.Helper()
	db, err := table.Open(table.Options{Name: testkit.Table(t), Endpoint: testkit.Endpoint(t)})
	if err != nil {
		t.Fatal(err)
	}
	return &bench{T: t, db: db, acme: provlog.New(db, "acme")}
}

// arrived is recent enough that DynamoDB Local does not remove entries as expired.
var arrived = time.Now().UTC().Add(-48 * time.Hour).Truncate(24 * time.Hour).Add(12 * time.Hour)
