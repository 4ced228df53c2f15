package portal

import (
	"testing"
	"time"

	"scimserver/shared/admin"
	"scimserver/shared/directory"
	"scimserver/shared/provlog"
	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

var noon = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

func TestConnection(t *testing.T) {
	before := func(minutes int) time.Time { return noon.Add(-time.Duration(minutes) * time.Minute) }
	used := before(5)
	fresh := admin.Credential{Key: "k", State: "active", Created: before(60)}
	inUse := fresh
	inUse.Used = &used
	seen := fresh
	seen.Agent, seen.Seen = "Okta SCIM Client 1.0.0", &used
	refused := func(cause tenant.RefusalCause, minutes int) []tenant.Refusal {
		return []tenant.Refusal{{Credential: "k", Cause: cause, Last: before(minutes)}}
	}
	for name, c := range map[string]struct {
		o            observed
		state, title string
	}{
		"no token": {observed{}, "none", "There is no valid token yet"},
		"only revoked ones": {
			observed{Credentials: []admin.Credential{{State: "revoked"}}}, "none", "There is no valid token yet",
		},
		"nothing yet": {
			observed{Credentials: []admin.Credential{fresh}}, "waiting", "Waiting for the first request",
		},
		"in use": {observed{Credentials: []admin.Credential{inUse}}, "connected", "Connected"},
		"wrong secret": {
			observed{Credentials: []admin.Credential{fresh}, Refusals: refused(tenant.WrongSecret, 1)},
			"trouble", "The token is not complete",
		},
		"wrong URL": {
			observed{Credentials: []admin.Credential{fresh}, Refusals: refused(tenant.WrongPath, 1)},
			"trouble", "The token is right, but the URL is not",
		},
		"wrong URL, then right": {
			observed{Credentials: []admin.Credential{inUse}, Refusals: refused(tenant.WrongPath, 6)},
			"connected", "Connected",
		},
		"right, then a read-only": {
			observed{Credentials: []admin.Credential{inUse}, Refusals: refused(tenant.MissingScope, 1)},
			"trouble", "The token may only read",
		},
		"read-only, the first request": { // the authorizer takes it as a use
			observed{Credentials: []admin.Credential{inUse}, Refusals: refused(tenant.MissingScope, 5)},
			"trouble", "The token may only read",
		},
		"wrong URL and right in one second": {
			observed{Credentials: []admin.Credential{seen}, Refusals: refused(tenant.WrongPath, 5)},
			"connected", "Connected",
		},
		"a request was too much": {
			observed{Credentials: []admin.Credential{inUse}, Refusals: refused(tenant.BulkRate, 1)},
			"connected", "Connected",
		},
		"before the token": {
			observed{Credentials: []admin.Credential{fresh}, Refusals: refused(tenant.ExpiredCredential, 90)},
			"waiting", "Waiting for the first request",
		},
		"unknown token": {
			observed{Credentials: []admin.Credential{fresh}, Unknown: before(1)},
			"trouble", "Was this your test? A token was refused",
		},
		"unknown, but connected": {
			observed{Credentials: []admin.Credential{inUse}, Unknown: before(1)}, "connected", "Connected",
		},
		"unknown long ago": {
			observed{Credentials: []admin.Credential{fresh}, Unknown: before(20)},
			"waiting", "Waiting for the first request",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.o.judge(noon); got.State != c.state || got.Title != c.title {
				t.Errorf("%s %q, want %s %q", got.State, got.Title, c.state, c.title)
			}
		})
	}
}

func TestConnectedWithAFailure(t *testing.T) {
	used := noon.Add(-time.Hour)
	o := observed{
		Credentials: []admin.Credential{{Key: "k", State: "active", Used: &used}},
		Entries: []provlog.Entry{
			{Credential: "k", Operation: "create", Kind: "User", Status: 409, Detail: "taken"},
		},
	}
	if got := o.judge(noon); got.Warning == nil || got.Warning.Text != "taken" {
		t.Errorf("the warning is %+v", got.Warning)
	}
}

// Rows must not tell whether two values that are held elsewhere have one holder or two.
func TestConflictsHideWhichValuesBelongTogether(t *testing.T) {
	q := &request{}
	q.Tenant.ID = "acme"
	value := func(attribute, text string) []directory.TakenValue {
		return []directory.TakenValue{{Attribute: attribute, Value: text}}
	}
	elsewhere := func(id scim.ID) directory.Holder {
		return directory.Holder{Tenant: "globex", Kind: directory.UserKind, ID: id}
	}
	two := []directory.Conflict{
		{
			ID:     "aaa",
			Kind:   directory.UserKind,
			Name:   "ann",
			Values: value("userName", "ann"),
			Holder: elsewhere("1"),
			Last:   noon,
		},
		{
			ID:     "bbb",
			Kind:   directory.UserKind,
			Name:   "ann",
			Values: value("emails.value", "a@x"),
			Holder: elsewhere("2"),
			Last:   noon,
		},
	}
	one := []directory.Conflict{{
		ID: "bbb", Kind: directory.UserKind, Name: "ann", Holder: elsewhere("1"), Last: noon,
		Values: append(value("emails.value", "a@x"), value("userName", "ann")...),
	}}
	s := &server{Options: Options{Support: "help"}}
	rowOf := func(all []directory.Conflict) [2]string {
		rows := disclose(q, all)
		if len(rows) != 1 {
			t.Fatalf("%d rows", len(rows))
		}
		row := s.conflictRow(rows[0])
		return [2]string{row[1].Text + row[1].Note, row[2].Text + row[2].Note}
	}
	if a, b := rowOf(one), rowOf(two); a != b {
		t.Errorf("one holder: %q, two holders: %q", a, b)
	}
}
