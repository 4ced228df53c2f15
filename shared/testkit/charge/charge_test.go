package charge

import (
	"context"
	"net/http"
	"os"
	"strings"
	"testing"

	"scimserver/shared/table"
	"scimserver/shared/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

func TestTransactionsAreChargedByActionAndKilobyte(t *testing.T) {
	db, err := table.Open(table.Options{Name: testkit.Table(t), Endpoint: testkit.Endpoint(t),
		Client: &http.Client{Transport: Transactions(http.DefaultTransport)}})
	if err != nil {
		t.Fatal(err)
	}
	key := func(pk string) table.Key { return table.Key{PK: pk, SK: "x"} }
	ctx, meter := table.WithMeter(context.Background())
	err = db.Transact(ctx, func(table.Stamp) []table.Write {
		return []table.Write{
			table.Put(key("small"), table.Item{"doc": "d"}),
			table.Put(key("large"), table.Item{"doc": strings.Repeat("x", 2500)}),
			table.Update(key("counter"), nil).Adding("n", 1),
			table.Delete(key("gone")),
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := meter.Usage().Writes; got != 2+6+2+2 {
		t.Errorf("charged %v units, want 12", got)
	}
	if item, err := db.Get(ctx, key("counter")); err != nil || item.Int("n") != 1 {
		t.Errorf("the transaction was not carried out: %v, %v", item, err)
	}
}
