package directory_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"scimserver/shared/directory"
	"scimserver/shared/table"
	"scimserver/shared/testkit"
)

func TestSeal(t *testing.T) { // C-2-2, C-5.2-1, C-5.2-4
	b := newBench(t, nil)
	if _, err := b.acme.Seal("p", nil); err == nil {
		t.Error("sealed without a secret")
	}
	if err := b.dir.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	text := []byte("what the client keeps")
	sealed, err := b.acme.Seal("p", text)
	if err != nil || strings.Trim(sealed, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
		t.Fatal(sealed, err)
	}
	other, err := directory.Open(directory.Options{Table: b.table, Endpoint: testkit.Endpoint(t)})
	if err != nil || other.Ready(t.Context()) != nil {
		t.Fatal(err)
	}
	for _, tenant := range []*directory.Tenant{b.acme, other.For("acme")} {
		if got, err := tenant.Unseal("p", sealed); err != nil || !bytes.Equal(got, text) {
			t.Errorf("%s %v", got, err)
		}
	}
	if _, err := b.dir.For("globex").Unseal("p", sealed); !errors.Is(err, directory.ErrSeal) {
		t.Errorf("another tenant: %v", err)
	}
	if _, err := b.acme.Unseal("q", sealed); !errors.Is(err, directory.ErrSeal) {
		t.Errorf("another purpose: %v", err)
	}
	for i := range sealed {
		changed := []byte(sealed)
		if changed[i] = 'A'; sealed[i] == 'A' {
			changed[i] = 'B'
		}
		if _, err := b.acme.Unseal("p", string(changed)); !errors.Is(err, directory.ErrSeal) {
			t.Errorf("character %d changed: %v", i, err)
		}
	}
	for _, wrong := range []string{"", "A", sealed[1:], sealed + "A", "~"} {
		if _, err := b.acme.Unseal("p", wrong); !errors.Is(err, directory.ErrSeal) {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}

// A table of an earlier version gets a secret, and all functions use the same one.
func TestSecretOfAnEarlierTable(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	if err := b.dir.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	db, err := table.Open(table.Options{Name: b.table, Endpoint: testkit.Endpoint(t)})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Write(t.Context(), func(table.Stamp) table.Write {
		return table.Update(table.Key{PK: "TABLE", SK: "SETTINGS"}, nil).Dropping("secret")
	})
	if err != nil {
		t.Fatal(err)
	}
	sealed := make(chan string)
	for range 4 {
		go func() {
			dir, err := directory.Open(directory.Options{Table: b.table, Endpoint: testkit.Endpoint(t)})
			if err == nil {
				err = dir.Ready(t.Context())
			}
			text, also := dir.For("acme").Seal("p", []byte("x"))
			if err != nil || also != nil {
				t.Error(err, also)
			}
			sealed <- text
		}()
	}
	late, err := directory.Open(directory.Options{Table: b.table, Endpoint: testkit.Endpoint(t)})
	if err != nil || late.Ready(t.Context()) != nil {
		t.Fatal(err)
	}
	for range 4 {
		if got, err := late.For("acme").Unseal("p", <-sealed); err != nil || string(got) != "x" {
			t.Errorf("%s %v", got, err)
		}
	}
}
