package admin_test

import (
	"encoding/json"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"scimserver/shared/admin"
	"scimserver/shared/tenant"
)

// TestSurvey: a survey finds credentials that are in use and expire soon, and tenants on the day on which
// they become silent.
func TestSurvey(t *testing.T) {
	t.Parallel()
	limits := admin.SurveyLimits{ExpiresWithin: 14 * day, SilentAfter: 7 * day}
	for _, tt := range []struct {
		name             string
		limits           admin.SurveyLimits
		credential       string
		used             time.Duration // before now, 0 for never
		prepare          func(b *bench)
		expiring, silent bool
	}{
		{name: "used just now", limits: limits, credential: `{"expiresIn":7776000}`, used: time.Hour},
		{name: "ends soon", limits: limits, credential: `{"expiresIn":864000}`, used: time.Hour, expiring: true},
		{name: "ends soon, and nobody uses it", limits: limits, credential: `{"expiresIn":864000}`},
		{name: "silent since last night", limits: limits, credential: `{"expiresIn":7776000}`,
			used: 7*day + time.Hour, silent: true},
		{name: "silent for a long time", limits: limits, credential: `{"expiresIn":7776000}`, used: 9 * day},
		{name: "never used", limits: limits, credential: `{"expiresIn":7776000}`},
		{name: "switched off", credential: `{"expiresIn":864000}`, used: time.Hour},
		{name: "suspended", limits: limits, credential: `{"expiresIn":864000}`, used: 7*day + time.Hour,
			prepare: func(b *bench) { b.send(200, "POST", "/tenants/acme/suspend", "") }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t)
			b.acme(`{"id":"acme"}`)
			key := b.send(201, "POST", acmeCredentials, tt.credential).text("key")
			if tt.used > 0 {
				b.use(key, b.now.Add(-tt.used))
			}
			if tt.prepare != nil {
				tt.prepare(b)
			}
			s := admin.New(admin.Options{Directory: b.dir, Now: func() time.Time { return b.now }})
			found, err := s.Survey(t.Context(), tt.limits)
			if err != nil {
				t.Fatal(err)
			}
			expiring := slices.Equal(found.Expiring, []tenant.KeyID{tenant.KeyID(key)})
			silent := slices.Equal(found.Silent, []tenant.ID{"acme"})
			if expiring != tt.expiring || silent != tt.silent {
				t.Errorf("found %+v; want expiring %v, silent %v", found, tt.expiring, tt.silent)
			}
		})
	}
}

// TestTheLineOfASurvey: the log line has the numbers that metric filters read, and only ids.
func TestTheLineOfASurvey(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, id := range []string{"acme", "beta", "gamma"} {
		b.send(201, "POST", "/tenants", `{"id":"`+id+`"}`)
		b.use(b.send(201, "POST", "/tenants/"+id+"/credentials", `{"expiresIn":86400,"name":"Ann"}`).text("key"), b.now)
	}
	var out strings.Builder
	log := slog.New(slog.NewJSONHandler(&out, nil))
	s := admin.New(admin.Options{Directory: b.dir, Now: func() time.Time { return b.now }})
	if err := s.LogSurvey(t.Context(), log, admin.SurveyLimits{ExpiresWithin: 14 * day}); err != nil {
		t.Fatal(err)
	}
	var line struct {
		Msg                       string
		Tenants, Expiring, Silent int
		Credentials               []string
	}
	if err := json.Unmarshal([]byte(out.String()), &line); err != nil {
		t.Fatal(err)
	}
	if line.Msg != "survey" || line.Tenants != 3 || line.Expiring != 3 || line.Silent != 0 ||
		len(line.Credentials) != 3 {
		t.Errorf("the line is %s", out.String())
	}
	if strings.Contains(out.String(), "Ann") {
		t.Errorf("the line names somebody: %s", out.String())
	}
}
