package tenantstore_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"scimserver/shared/tenant"
	"scimserver/shared/tenantstore"
)

func (b *bench) invite(of tenant.ID, expires time.Time) (string, tenant.Invitation) {
	b.Helper()
	code, i := tenant.NewInvitation(
		tenant.Invitation{Tenant: of, Role: tenant.ViewRole, Maker: "arn:operator", Expires: expires},
		expires.Add(-time.Hour))
	if err := b.CreateInvitation(b.Context(), i); err != nil {
		b.Fatal(err)
	}
	return code, i
}

func (b *bench) wantGone(err error) {
	b.Helper()
	if !errors.Is(err, tenantstore.ErrNotFound) {
		b.Errorf("the error is %v, want ErrNotFound", err)
	}
}

func TestInvitationOpensOnce(t *testing.T) {
	clock, at := newClock()
	b := newBench(t, nil, at)
	b.newTenant("acme")
	code, made := b.invite("acme", clock.now.Add(time.Hour))
	key, _, err := b.OpenInvitation(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	v, err := b.Visit(t.Context(), key)
	if err != nil || v.Tenant.ID != "acme" || v.Invitation.ID != made.ID || v.Invitation.Role != tenant.ViewRole ||
		v.Expires.Sub(clock.now) != tenant.SessionLife {
		t.Errorf("%+v, %v", v, err)
	}
	_, _, err = b.OpenInvitation(t.Context(), code)
	b.wantGone(err)
	all, _, err := b.Invitations(t.Context(), "acme", "", 10)
	if err != nil || len(all) != 1 || all[0].State(clock.now) != tenant.InvitationUsed ||
		all[0].Maker != "arn:operator" {
		t.Errorf("%+v, %v", all, err)
	}
}

// One of parallel openings gets a session, so that nobody else can open a link unseen.
func TestInvitationOpensOnceInParallel(t *testing.T) {
	clock, at := newClock()
	b := newBench(t, nil, at)
	b.newTenant("acme")
	code, _ := b.invite("acme", clock.now.Add(time.Hour))
	var sessions atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, _, err := b.OpenInvitation(t.Context(), code); err == nil {
				sessions.Add(1)
			} else if !errors.Is(err, tenantstore.ErrNotFound) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if sessions.Load() != 1 {
		t.Errorf("%d sessions", sessions.Load())
	}
}

// A person who tries a code does not learn why it does not work.
func TestInvitationThatDoesNotOpen(t *testing.T) {
	clock, at := newClock()
	b := newBench(t, nil, at)
	b.newTenant("acme")
	b.newTenant("globex")
	for name, code := range map[string]func() string{
		"malformed": func() string { return "setup.acme.x.y" },
		"unknown": func() string {
			code, _ := tenant.NewInvitation(tenant.Invitation{Tenant: "acme"}, clock.now)
			return code
		},
		"expired": func() string { code, _ := b.invite("acme", clock.now); return code },
		"revoked": func() string {
			code, i := b.invite("acme", clock.now.Add(time.Hour))
			if _, err := b.RevokeInvitation(t.Context(), "acme", i.ID); err != nil {
				t.Fatal(err)
			}
			return code
		},
		"of another tenant": func() string {
			code, i := b.invite("globex", clock.now.Add(time.Hour))
			_, err := b.RevokeInvitation(t.Context(), "acme", i.ID)
			b.wantGone(err)
			body := strings.Replace(code[:len(code)-8], "globex", "acme", 1)
			return body + tenant.Checksum(body)
		},
		"suspended": func() string {
			b.newTenant("suspended")
			code, _ := b.invite("suspended", clock.now.Add(time.Hour))
			if _, err := b.ChangeTenant(t.Context(), "suspended", func(t *tenant.Tenant) error {
				t.State = tenant.Suspended
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			return code
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := b.OpenInvitation(t.Context(), code())
			b.wantGone(err)
		})
	}
}

func TestWrongSecretsLockAnInvitation(t *testing.T) {
	clock, at := newClock()
	b := newBench(t, nil, at)
	b.newTenant("acme")
	code, i := b.invite("acme", clock.now.Add(time.Hour))
	other, _ := tenant.NewInvitation(tenant.Invitation{Tenant: "acme"}, clock.now)
	parts, wrong := strings.Split(other, "."), ""
	parts[2] = string(i.ID)
	body := strings.Join(parts, ".")
	wrong = body[:len(body)-8] + tenant.Checksum(body[:len(body)-8])
	for range tenant.MaxInvitationFailures {
		_, _, err := b.OpenInvitation(t.Context(), wrong)
		b.wantGone(err)
	}
	_, _, err := b.OpenInvitation(t.Context(), code)
	b.wantGone(err)
	all, _, err := b.Invitations(t.Context(), "acme", "", 10)
	if err != nil || all[0].State(clock.now) != tenant.InvitationLocked {
		t.Errorf("%+v, %v", all, err)
	}
}

func TestSessionEnds(t *testing.T) {
	for name, end := range map[string]func(b *bench, c *clock, key string, i tenant.Invitation) error{
		"after 12 hours": func(_ *bench, c *clock, _ string, _ tenant.Invitation) error {
			c.now = c.now.Add(tenant.SessionLife)
			return nil
		},
		"by its holder": func(b *bench, _ *clock, key string, _ tenant.Invitation) error {
			return b.EndSession(b.Context(), key)
		},
		"with its invitation": func(b *bench, _ *clock, _ string, i tenant.Invitation) error {
			_, err := b.RevokeInvitation(b.Context(), "acme", i.ID)
			return err
		},
		"with its tenant": func(b *bench, _ *clock, _ string, _ tenant.Invitation) error {
			_, err := b.ChangeTenant(b.Context(), "acme", func(t *tenant.Tenant) error {
				t.State = tenant.Suspended
				return nil
			})
			return err
		},
		"when the tenant's records are deleted": func(b *bench, _ *clock, _ string, _ tenant.Invitation) error {
			return b.DeleteInvitations(b.Context(), "acme")
		},
	} {
		t.Run(name, func(t *testing.T) {
			clock, at := newClock()
			b := newBench(t, nil, at)
			b.newTenant("acme")
			code, i := b.invite("acme", clock.now.Add(time.Hour))
			key, _, err := b.OpenInvitation(t.Context(), code)
			if err != nil {
				t.Fatal(err)
			}
			if err := end(b, clock, key, i); err != nil {
				t.Fatal(err)
			}
			_, err = b.Visit(t.Context(), key)
			b.wantGone(err)
		})
	}
}
