package tenant

import (
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

func TestInvitationCode(t *testing.T) {
	code, i := NewInvitation(Invitation{Tenant: "acme", Role: ViewRole, Expires: noon.Add(time.Hour)}, noon)
	id, invitation, err := ParseInvitation(code)
	if err != nil || id != "acme" || invitation != i.ID || !i.Proves(code) {
		t.Fatalf("%s: %s %s, %v", code, id, invitation, err)
	}
	other, _ := NewInvitation(i, noon)
	if i.Proves(other) || other == code {
		t.Error("another code proves the invitation")
	}
	if secret := code[strings.LastIndex(code, ".")+1:]; len(secret) != 52+8 { // 256 bits, and the checksum
		t.Errorf("the secret has %d characters", len(secret))
	}
}

func TestMalformedCodes(t *testing.T) {
	code, i := NewInvitation(Invitation{Tenant: "acme"}, noon)
	key, _ := NewSession(i, noon)
	for name, bad := range map[string]string{
		"empty": "", "cut": code[:len(code)-1], "other tenant": strings.Replace(code, "acme", "acne", 1),
		"a session": key, "upper case": strings.ToUpper(code), "a bad tenant": strings.Replace(code, "acme", "a#b", 1),
	} {
		t.Run(name, func(t *testing.T) {
			if _, _, err := ParseInvitation(bad); err == nil {
				t.Errorf("%q is accepted", bad)
			}
		})
	}
	if _, _, err := ParseSession(code); err == nil {
		t.Error("a code is accepted as the key of a session")
	}
}

func TestSessionKey(t *testing.T) {
	key, s := NewSession(Invitation{ID: "i", Tenant: "acme"}, noon)
	id, hash, err := ParseSession(key)
	if err != nil || id != "acme" || hash != s.Hash || s.Expires.Sub(noon) != SessionLife {
		t.Errorf("%s %v %+v", id, err, s)
	}
	other, _ := NewSession(Invitation{ID: "i", Tenant: "acme"}, noon)
	if FormToken(key) == FormToken(other) || strings.Contains(key, FormToken(key)) {
		t.Error("form tokens must belong to one session, and not show its key")
	}
}

func TestInvitationState(t *testing.T) {
	late := noon.Add(time.Hour)
	for want, i := range map[InvitationState]Invitation{
		InvitationOpen:    {Expires: late, Failures: MaxInvitationFailures - 1},
		InvitationUsed:    {Expires: noon, Opened: noon},
		InvitationExpired: {Expires: noon},
		InvitationRevoked: {Expires: late, Opened: noon, Revoked: noon},
		InvitationLocked:  {Expires: late, Failures: MaxInvitationFailures},
	} {
		if got := i.State(noon); got != want {
			t.Errorf("%+v is %s, want %s", i, got, want)
		}
	}
}
