package changes_test

import (
	"encoding/json"
	"flag"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"testing"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/eventbus"
	"scimserver/shared/gateway/changes"
	"scimserver/shared/scim/schema"
	"scimserver/shared/table"
	"scimserver/shared/tenant"
	"scimserver/shared/testkit"
)

var seed = flag.Uint64("seed", 1, "seed of the random history")

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

// world is a table with its stream, its directory, function changes and an event bus.
type world struct {
	*testing.T
	name    string
	db      *table.DB
	dir     *directory.Directory
	stream  *testkit.Stream
	bus     *bus
	random  *rand.Rand
	tenants []*directory.Tenant
	step    int // of changes of members, see directory.Options
}

func newWorld(t *testing.T, seed uint64) *world {
	t.Helper()
	w := &world{T: t, random: rand.New(rand.NewPCG(seed, 0)), bus: newBus(t, seed), step: 2}
	w.name, w.stream = testkit.StreamedTable(t)
	var err error
	if w.db, err = table.Open(table.Options{
		Name: w.name, Endpoint: testkit.Endpoint(t), Budget: time.Minute,
	}); err != nil {
		t.Fatal(err)
	}
	w.dir = w.directory(nil)
	for _, id := range []tenant.ID{"acme", "globex"} {
		record := tenant.Tenant{
			ID: id, Name: string(id), Profile: tenant.Okta, Domains: []string{string(id) + ".example"},
			Connect: tenant.Automatic,
		}
		if _, err := w.dir.Tenants().CreateTenant(t.Context(), record); err != nil {
			t.Fatal(err)
		}
		w.tenants = append(w.tenants, w.dir.For(id))
	}
	return w
}

// directory opens the directory with a transport of its own; nil is one without faults.
func (w *world) directory(transport http.RoundTripper) *directory.Directory {
	w.Helper()
	registry, err := schema.Standard()
	if err != nil {
		w.Fatal(err)
	}
	o := directory.Options{
		Table: w.name, Endpoint: testkit.Endpoint(w.T), Step: w.step,
		Events: directory.EventOptions{Issuer: "scim.test", Registry: registry},
	}
	if transport != nil {
		o.Client = &http.Client{Transport: transport}
	}
	dir, err := directory.Open(o)
	if err != nil {
		w.Fatal(err)
	}
	return dir
}

// handler makes function changes on a directory.
func (w *world) handler(dir *directory.Directory) handler {
	w.Helper()
	bus, err := eventbus.Open("bus", "scim.test")
	if err != nil {
		w.Fatal(err)
	}
	return changes.Handler(dir, bus, slog.New(slog.DiscardHandler))
}

// TestEventsMirrorTheDirectory makes random traffic of providers and operators. The records reach
// function changes in shards, late, repeatedly and in split batches, while calls fail and the function
// dies. In the end, the state that follows from the events equals the directory.
func TestEventsMirrorTheDirectory(t *testing.T) {
	for s := range uint64(testkit.Size(5, 1)) {
		w := newWorld(t, *seed+s)
		d := &delivery{world: w, shards: make([][]json.RawMessage, 6)}
		traffic := newTraffic(w)
		for range testkit.Size(600, 100) {
			traffic.act()
			d.take(w.stream.Records(t))
			if w.random.IntN(3) == 0 {
				d.deliverSome()
			}
		}
		d.drain()
		m := newMirror(w)
		m.check(traffic)
		if t.Failed() {
			t.Fatalf("seed %d", *seed+s)
		}
	}
}
