package main_test

import (
	"strings"
	"testing"
)

// handover: what is printed with a new credential is all that the provider's administrator needs.
func handover(b *bench) {
	for profile, fields := range map[string][]string{
		"okta":    {"SCIM connector base URL ", "Authentication Mode ", "HTTP Header", "Authorization "},
		"entra":   {"Tenant URL ", "Secret token "},
		"generic": {"Base URL ", "Token "},
	} {
		b.Run(profile, func(t *testing.T) {
			own := *b
			own.T = t
			of := "hand-" + profile
			r := own.exec("", "tenant", "create", of, "-profile", profile)
			if !strings.Contains(r.err, "next: scimctl credential create "+of) {
				t.Errorf("tenant create: %+v", r)
			}
			own.prints("credential create "+of, append(fields, own.stack.BaseURL(), "scimctl tenant health "+of)...)
		})
	}
	client := b.json("credential create hand-okta -client")
	if want := strings.TrimSuffix(b.stack.BaseURL(), "/scim/v2") + "/oauth2/token"; client["tokenEndpoint"] != want {
		b.Errorf("token endpoint %v, want %s", client["tokenEndpoint"], want)
	}
	b.prints("credential create hand-okta -client", "Token endpoint ", "Client id ")
}

// prints expects words in the output of a command.
func (b *bench) prints(args string, words ...string) {
	b.Helper()
	out := b.run(args)
	for _, word := range words {
		if !strings.Contains(out, word) {
			b.Errorf("%q is not in\n%s", word, out)
		}
	}
}
