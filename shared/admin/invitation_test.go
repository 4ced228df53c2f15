package admin_test

import (
	"strings"
	"testing"
	"time"

	"scimserver/shared/admin"
)

const acmeInvitations = "/tenants/acme/invitations"

func withSetupPage(o *admin.Options) { o.SetupURL = "https://scim.example.com/setup" }

func TestInvitations(t *testing.T) {
	t.Parallel()
	b := newBench(t, withSetupPage)
	b.acme(`{"id":"acme"}`)
	made := b.send(201, "POST", acmeInvitations, `{"expiresIn":3600,"role":"view"}`)
	address, code, _ := strings.Cut(made.text("url"), "#")
	if address != "https://scim.example.com/setup" || !strings.HasPrefix(code, "setup.acme.") ||
		made.text("role") != "view" || made.text("state") != "open" || made.text("createdBy") != "arn:operator" ||
		made.text("expires") != b.now.Add(time.Hour).Format(time.RFC3339) {
		t.Errorf("made %v", made)
	}
	if usual := b.send(201, "POST", acmeInvitations, ""); usual.text("role") != "setup" ||
		usual.text("expires") != b.now.Add(7*24*time.Hour).Format(time.RFC3339) {
		t.Errorf("without a body: %v", usual)
	}
	if list := b.send(200, "GET", acmeInvitations, ""); strings.Contains(list.text("invitations"), code) ||
		len(list["invitations"].([]any)) != 2 {
		t.Errorf("listed %v", list)
	}
	if _, _, err := b.dir.Tenants().OpenInvitation(t.Context(), code); err != nil {
		t.Errorf("the link does not open: %v", err)
	}
	id := made.text("id")
	b.send(404, "DELETE", "/tenants/globex/invitations/"+id, "")
	if gone := b.send(200, "DELETE", acmeInvitations+"/"+id, ""); gone.text("state") != "revoked" ||
		gone.get("opened") == nil {
		t.Errorf("revoked: %v", gone)
	}
	if strings.Contains(b.log.String(), code) {
		t.Error("the log has the code")
	}
}

func TestInvitationsThatAreRefused(t *testing.T) {
	t.Parallel()
	b := newBench(t, withSetupPage)
	b.acme(`{"id":"acme"}`)
	b.send(404, "POST", "/tenants/globex/invitations", "")
	b.send(404, "DELETE", acmeInvitations+"/nothing", "")
	for _, body := range []string{`{"role":"admin"}`, `{"expiresIn":59}`, `{"expiresIn":2592001}`, `{"for":1}`} {
		b.send(400, "POST", acmeInvitations, body)
	}
	b.send(200, "POST", "/tenants/acme/suspend", "")
	b.send(409, "POST", acmeInvitations, "")
	without := newBench(t)
	without.acme(`{"id":"acme"}`)
	refused := without.send(409, "POST", acmeInvitations, "")
	if !strings.Contains(refused.text("message"), "SetupPage=on") {
		t.Errorf("without a setup page: %v", refused)
	}
}
