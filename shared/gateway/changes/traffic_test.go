package changes_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

// canary is part of every secret, and of no other value.
const canary = "canary"

// traffic is random requests of providers and of operators.
type traffic struct {
	*world
	n        int
	users    []scim.ID // of the tenant of the same place modulo the number of tenants
	groups   []scim.ID
	teams    []scim.ID
	accounts []scim.ID
	emails   []string // of accounts
	versions map[scim.ID][]int64
}

func newTraffic(w *world) *traffic { return &traffic{world: w, versions: map[scim.ID][]int64{}} }

// request makes the context of a provider's request.
func (t *traffic) request() context.Context {
	t.n++
	id := fmt.Sprint("request-", t.n)
	return directory.WithLogRecord(t.Context(), func([]scim.ID) directory.LogRecord {
		return directory.LogRecord{Time: time.Now(), Request: id, Credential: "k", Operation: "any", Status: 200}
	})
}

// tenantOf picks a tenant, and those of some ids that belong to it.
func (t *traffic) tenant() (*directory.Tenant, int) {
	i := t.random.IntN(len(t.tenants))
	return t.tenants[i], i
}

// pick picks an id that belongs to a tenant, "" if there is none.
func (t *traffic) pick(ids []scim.ID, of int) scim.ID {
	var mine []scim.ID
	for i, id := range ids {
		if i%len(t.tenants) == of {
			mine = append(mine, id)
		}
	}
	if len(mine) == 0 {
		return ""
	}
	return mine[t.random.IntN(len(mine))]
}

// add keeps an id at a place of its tenant.
func (t *traffic) add(ids *[]scim.ID, id scim.ID, of int) {
	for len(*ids)%len(t.tenants) != of {
		*ids = append(*ids, "")
	}
	*ids = append(*ids, id)
}

// act makes one request. Requests may fail, as those of providers do.
func (t *traffic) act() {
	actions := []func() error{
		t.createUser, t.createUser, t.replaceUser, t.replaceUser, t.replaceUser, t.deleteUser,
		t.createGroup, t.editGroup, t.editGroup, t.editGroup, t.deleteGroup,
		t.createAccount, t.changeAccount, t.deleteAccount, t.connectAccount,
		t.createTeam, t.editTeam, t.editTeam, t.renameTeam, t.deleteTeam, t.release,
	}
	err := actions[t.random.IntN(len(actions))]()
	var taken *directory.TakenError
	var unknown *directory.UnknownMembersError
	for _, expected := range []bool{
		err == nil, errors.Is(err, directory.ErrNotFound), errors.Is(err, directory.ErrCycle),
		errors.Is(err, directory.ErrDepth),
		errors.As(err, &taken), errors.As(err, &unknown),
	} {
		if expected {
			return
		}
	}
	t.Fatalf("a request: %v", err)
}

// document makes the document of a user.
func (t *traffic) document(name, email string) directory.Content {
	t.n++
	text := func(name, value string) scim.Member { return scim.Member{Name: name, Value: scim.Text(value)} }
	c := directory.Content{Doc: scim.Map(
		scim.Member{Name: "schemas", Value: scim.Texts(scim.UserSchema)},
		text("externalId", fmt.Sprint("x", t.n)), text("userName", name),
		scim.Member{
			Name:  "name",
			Value: scim.Map(text("familyName", fmt.Sprint("F", t.random.IntN(3))), text("givenName", "G")),
		},
		scim.Member{Name: "active", Value: scim.Boolean(t.random.IntN(3) > 0)},
		scim.Member{Name: "emails", Value: scim.List(scim.Map(text("value", email)))},
	)}
	if t.random.IntN(3) == 0 {
		hash := fmt.Sprint(canary, t.n)
		c.HashPassword = func() (string, error) { return hash, nil }
	}
	return c
}

func (t *traffic) createUser() error {
	tenant, of := t.tenant()
	name := fmt.Sprint("user", t.random.IntN(40))
	u, err := tenant.Users().Create(t.request(), t.document(name, name+"@mail.example"))
	if err == nil {
		t.add(&t.users, u.ID, of)
		t.versions[u.ID] = append(t.versions[u.ID], u.Version)
	}
	return err
}

func (t *traffic) replaceUser() error {
	tenant, of := t.tenant()
	var before int64
	u, err := tenant.Users().Replace(t.request(), t.pick(t.users, of), nil,
		func(old directory.User) (directory.Content, error) {
			before = old.Version
			name := old.Doc.Get("userName").Text()
			email := name + "@mail.example" // an operator may have released the user's own
			if emails := old.Doc.Get("emails").Items(); len(emails) > 0 {
				email = emails[0].Get("value").Text()
			}
			c := t.document(name, email)
			if t.random.IntN(4) == 0 {
				return directory.Content{Doc: old.Doc, HashPassword: c.HashPassword}, nil // at most the password
			}
			return c, nil
		})
	if err == nil && u.Version > before {
		t.versions[u.ID] = append(t.versions[u.ID], u.Version)
	}
	return err
}

func (t *traffic) deleteUser() error {
	tenant, of := t.tenant()
	id := t.pick(t.users, of)
	u, err := tenant.Users().Get(t.Context(), id)
	if err != nil {
		return err
	}
	if err = tenant.Users().Delete(t.request(), id, nil); err == nil {
		t.versions[id] = append(t.versions[id], u.Version+1)
	}
	return err
}

func (t *traffic) members(of int) (edit directory.MemberEdit) {
	edit.SkipUnknown = true
	seen := map[scim.ID]bool{"": true}
	for range t.random.IntN(7) {
		ids := t.users
		if t.random.IntN(6) == 0 {
			ids = t.groups
		}
		id := t.pick(ids, of)
		if seen[id] {
			continue
		}
		seen[id] = true
		if t.random.IntN(3) > 0 {
			edit.Add = append(edit.Add, directory.Member{ID: id})
		} else {
			edit.Remove = append(edit.Remove, id)
		}
	}
	return edit
}

func group(name string) scim.Value {
	return scim.Map(scim.Member{Name: "schemas", Value: scim.Texts(scim.GroupSchema)},
		scim.Member{Name: "displayName", Value: scim.Text(name)})
}

func (t *traffic) createGroup() error {
	tenant, of := t.tenant()
	out, err := tenant.Groups().Create(t.request(), group(fmt.Sprint("group", t.random.IntN(20))),
		directory.MemberEdit{Add: t.members(of).Add, SkipUnknown: true})
	if err == nil {
		t.add(&t.groups, out.Group.ID, of)
	}
	return err
}

func (t *traffic) editGroup() error {
	tenant, of := t.tenant()
	rename, edit := t.random.IntN(4) == 0, t.members(of)
	name := fmt.Sprint("group", t.random.IntN(20))
	_, err := tenant.Groups().Change(t.request(), t.pick(t.groups, of), nil, nil,
		func(d *directory.Draft) (directory.Edit, error) {
			e := directory.Edit{Doc: d.Doc, Members: edit}
			if rename {
				e.Doc = group(name)
			}
			return e, nil
		})
	return err
}

func (t *traffic) deleteGroup() error {
	tenant, of := t.tenant()
	return tenant.Groups().Delete(t.request(), t.pick(t.groups, of), nil)
}

func (t *traffic) account(name, email string) directory.AccountContent {
	c := directory.AccountContent{Content: t.document(name, email)}
	c.Doc = c.Doc.Without("externalId")
	if t.random.IntN(2) == 0 {
		c.Verified = []string{email}
	}
	return c
}

func (t *traffic) createAccount() error {
	domain := []string{"acme.example", "globex.example", "mail.example"}[t.random.IntN(3)]
	email := fmt.Sprintf("account%d@%s", t.random.IntN(20), domain)
	a, err := t.dir.Accounts().Create(t.Context(), t.account(email, email))
	if err == nil {
		t.accounts, t.emails = append(t.accounts, a.ID), append(t.emails, email)
	}
	return err
}

func (t *traffic) anyAccount() (scim.ID, string) {
	if len(t.accounts) == 0 {
		return "", ""
	}
	i := t.random.IntN(len(t.accounts))
	return t.accounts[i], t.emails[i]
}

func (t *traffic) changeAccount() error {
	id, email := t.anyAccount()
	_, err := t.dir.Accounts().Change(t.Context(), id, nil, func(directory.Account) (directory.AccountContent, error) {
		return t.account(email, email), nil
	})
	return err
}

func (t *traffic) deleteAccount() error {
	id, _ := t.anyAccount()
	return t.dir.Accounts().Delete(t.Context(), id, nil)
}

// connectAccount creates a user whose email an account has. It is connected if the email is
// verified and its domain the tenant's.
func (t *traffic) connectAccount() error {
	tenant, of := t.tenant()
	return t.createLikeAccount(tenant, of)
}

// createLikeAccount creates a user of a tenant with the name and email of an account, if there is one.
func (t *traffic) createLikeAccount(tenant *directory.Tenant, of int) error {
	_, email := t.anyAccount()
	if email == "" {
		return nil
	}
	u, err := tenant.Users().Create(t.request(), t.document(email, email))
	if err == nil {
		t.add(&t.users, u.ID, of)
		t.versions[u.ID] = append(t.versions[u.ID], u.Version)
	}
	return err
}

// release releases a value of an account that a tenant's provider asks for.
func (t *traffic) release() error {
	tenant, of := t.tenant()
	err := t.createLikeAccount(tenant, of)
	var taken *directory.TakenError
	if !errors.As(err, &taken) {
		return err
	}
	ids, err := tenant.Conflicts().Record(t.Context(), taken)
	if err != nil || len(ids) == 0 {
		return err
	}
	t.n++
	_, _ = tenant.Conflicts().Release(t.Context(), ids[0], directory.Replacement{UserName: fmt.Sprint("freed", t.n)})
	return nil
}

func (t *traffic) createTeam() error {
	tenant, of := t.tenant()
	team, err := tenant.Teams().Create(t.Context(), fmt.Sprint("team", t.random.IntN(20)))
	if err == nil {
		t.add(&t.teams, team.ID, of)
	}
	return err
}

func (t *traffic) editTeam() error {
	tenant, of := t.tenant()
	var e directory.TeamEdit
	if id := t.pick(t.users, of); id != "" {
		e.Add = append(e.Add, id)
	}
	if id, _ := t.anyAccount(); id != "" && !slices.Contains(e.Add, id) {
		e.Remove = append(e.Remove, id)
		if t.random.IntN(2) == 0 {
			e.Add, e.Remove = append(e.Add, id), nil
		}
	}
	_, err := tenant.Teams().Edit(t.Context(), t.pick(t.teams, of), e)
	return err
}

func (t *traffic) renameTeam() error {
	tenant, of := t.tenant()
	_, err := tenant.Teams().Rename(t.Context(), t.pick(t.teams, of), nil, fmt.Sprint("team", t.random.IntN(20)))
	return err
}

func (t *traffic) deleteTeam() error {
	tenant, of := t.tenant()
	return tenant.Teams().Delete(t.Context(), t.pick(t.teams, of), nil)
}
