package admin_test

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// TestActionsAreLogged: the log of a tenant shows who changed a credential, a team or the tenant.
func TestActionsAreLogged(t *testing.T) {
	t.Parallel()
	b := newBench(t, withSetupPage)
	b.acme(`{"id":"acme"}`)
	key := b.send(201, "POST", acmeCredentials, `{"name":"Okta"}`).text("key")
	next := b.send(201, "POST", acmeCredentials+"/"+key+"/rotate", "").text("new.key")
	b.send(200, "DELETE", acmeCredentials+"/"+next, "")
	invitation := b.send(201, "POST", acmeInvitations, "").text("id")
	b.send(200, "DELETE", acmeInvitations+"/"+invitation, "")
	team := b.send(201, "POST", "/tenants/acme/teams", `{"name":"Crew"}`).text("id")
	b.send(200, "PATCH", "/tenants/acme/teams/"+team, `{"name":"Staff"}`)
	b.send(200, "DELETE", "/tenants/acme/teams/"+team, "")
	b.send(200, "PATCH", "/tenants/acme", `{"name":"Acme","profile":"generic","limits":{"users":7}}`)
	if a := b.send(200, "POST", "/tenants/acme/suspend", ""); a.get("effectiveSeconds") != 60.0 {
		t.Errorf("suspended: %v", a)
	}
	b.send(200, "PUT", "/tenants/acme/trace", `{"seconds":60,"values":true}`)
	b.send(200, "DELETE", "/tenants/acme/trace", "")
	b.send(404, "DELETE", acmeCredentials+"/nobody", "")
	b.send(200, "GET", "/tenants/acme", "")
	var got []string
	log := b.send(200, "GET", "/tenants/acme/log?to="+b.now.Add(time.Hour).Format(time.RFC3339), "")
	for _, v := range log["entries"].([]any) {
		e := answer(v.(map[string]any))
		if e.text("operator") != "arn:operator" || e.get("credential") != nil {
			t.Errorf("the entry is %v", e)
		}
		id := e.text("id")
		for name, of := range map[string]string{"first": key, "second": next, "team": team, "invitation": invitation} {
			if id == of {
				id = name
			}
		}
		if e.get("changed") != nil {
			id += e.text("changed")
		}
		got = append(got, fmt.Sprintf("%s %s %s %v", e.text("operation"), e.text("resourceType"), id, e.get("name")))
	}
	slices.Sort(got)
	want := []string{
		"create Credential first Okta", "create Invitation invitation setup", "create Team team Crew",
		"delete Team team Staff",
		"end Trace 2027-01-15T08:00:00.000Z with values, until 2027-01-15T08:00:00Z", "revoke Credential second <nil>",
		"revoke Invitation invitation <nil>",
		"rotate Credential first <nil>", "start Trace 2027-01-15T08:00:00.000Z with values, until 2027-01-15T08:01:00Z",
		"suspend Tenant <nil> <nil>", "update Team team Staff", "update Tenant <nil>[name limits] <nil>",
	}
	if !slices.Equal(got, want) {
		t.Errorf("actions\n%q, want\n%q", got, want)
	}
}
