package console_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"golang.org/x/sync/errgroup"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

// largeData is what the gallery finds in the large tenant.
type largeData struct{ group, dina, longTenant string }

// seedLarge makes a tenant with many users, 500 conflicts and a group of 200 members, past the API, and
// tenants that are empty or have odd names.
func (b *bench) seedLarge(users int) (d largeData) {
	b.Helper()
	d.longTenant = strings.Repeat("a-very-long-id", 4)
	for id, name := range map[string]string{
		"large": "Large AG", "empty": "Empty Ltd", "right-to-left": "شركة الأمل للتجارة",
		d.longTenant: "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
	} {
		b.ctl("tenant", "create", id, "-name", name)
	}
	of, err := directory.Open(directory.Options{Table: b.stack.TableName(), Endpoint: b.stack.EngineEndpoint()})
	if err != nil {
		b.Fatal(err)
	}
	ids := make([]scim.ID, users)
	work, ctx := errgroup.WithContext(b.Context())
	work.SetLimit(16)
	for i := range users {
		work.Go(func() error {
			doc := person(fmt.Sprintf("person%05d@large.example", i))
			u, err := of.For("large").Users().Create(ctx, directory.Content{Doc: doc})
			ids[i] = u.ID
			return err
		})
	}
	for i := range 500 {
		work.Go(func() error { return seedConflict(ctx, of, person(fmt.Sprintf("taken%03d@large.example", i))) })
	}
	if err := work.Wait(); err != nil {
		b.Fatal(err)
	}
	d.group = b.seedGroup("large", ids[:min(users, 200)])
	d.dina = b.ctl("user", "show", "acme", "dina@acme.example")["id"].(string)
	return d
}

// seedConflict makes an account, and the conflict of a user of the large tenant with it.
func seedConflict(ctx context.Context, of *directory.Directory, doc scim.Value) error {
	content, large := directory.Content{Doc: doc}, of.For("large")
	if _, err := of.Accounts().Create(ctx, directory.AccountContent{Content: content}); err != nil {
		return err
	}
	_, err := large.Users().Create(ctx, content)
	taken, ok := errors.AsType[*directory.TakenError](err)
	if !ok {
		return fmt.Errorf("no conflict: %w", err)
	}
	_, err = large.Conflicts().Record(ctx, taken)
	return err
}

// seedGroup makes a group with members.
func (b *bench) seedGroup(tenant string, ids []scim.ID) (id string) {
	b.Helper()
	var members []map[string]any
	for _, id := range ids {
		members = append(members, map[string]any{"value": id})
	}
	token := b.ctl("credential", "create", tenant, "-name", "Entra ID")["secret"].(string)
	_, group := b.scim(token, "POST", "/Groups", map[string]any{
		"schemas": []string{scim.GroupSchema}, "displayName": "All of them", "members": members,
	})
	return group["id"].(string)
}

// person is the document of a user.
func person(name string) scim.Value {
	of := func(name string, v scim.Value) scim.Member { return scim.Member{Name: name, Value: v} }
	return scim.Map(
		of("schemas", scim.Texts(scim.UserSchema)), of("userName", scim.Text(name)), of("active", scim.Boolean(true)),
		of("emails", scim.List(scim.Map(of("value", scim.Text(name)), of("primary", scim.Boolean(true))))),
	)
}

// seedStates makes the states that the other tests make while they run.
func (b *bench) seedStates(d data) {
	b.Helper()
	c := b.open(b.env)
	c.submit("/tenants/acme/invitations/new", url.Values{"role": {"setup"}, "days": {"7"}})
	const attributes = `{"name":"costId","description":"Cost centre"},
		{"name":"desk","type":"complex","subAttributes":[{"name":"floor","type":"integer"}]}`
	c.upload("/tenants/acme/schemas/new", url.Values{"type": {"User"}}, "file", definition(attributes))
	holder := b.ctl("conflict", "show", "acme", d.conflicts[1])["holder"].(map[string]any)["id"].(string)
	c.submit("/tenants/acme/conflicts/"+d.conflicts[1]+"/connect", url.Values{"holder": {holder}})
	c.submit("/tenants/acme/trace/start", url.Values{"minutes": {"30"}, "values": {"yes"}})
	b.await("a request to be recorded", func() bool {
		b.scim(d.token, "GET", "/Users?count=1&startIndex=1", nil)
		return strings.Contains(c.view("/tenants/acme/trace"), "GET /scim/v2/Users?")
	})
	b.newUser(d.token, "bad", "", "no email")
}
