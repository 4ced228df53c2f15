package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"scimserver/shared/admin"
	"scimserver/shared/tenant"
)

func tenantCommands() []command {
	return []command{
		{"tenant create", "ID", "make a tenant", createTenant},
		{"tenant list", "", "list all tenants", plain(listTenants)},
		{"tenant show", "ID", "show a tenant with the number of its users and groups", plain(showTenant)},
		{"tenant update", "ID", "change a tenant; what no flag names stays", updateTenant},
		{"tenant suspend", "ID", "let no credential of a tenant work", plain(state("suspend"))},
		{"tenant resume", "ID", "let a suspended tenant go on", plain(state("resume"))},
		{"tenant delete", "ID", "delete a tenant with all its users, groups, teams and credentials", deleteTenant},
	}
}

// plain makes a command without flags of its own.
func plain(act action) func(*flag.FlagSet) action {
	return func(*flag.FlagSet) action { return act }
}

func tenantPath(id string) string { return "/tenants/" + url.PathEscape(id) }

func createTenant(flags *flag.FlagSet) action {
	change := changeFlags(flags)
	return func(ctx context.Context, s *session, args []string) error {
		return s.tenant(ctx, http.MethodPost, "/tenants", admin.NewTenant{ID: tenant.ID(args[0]), TenantChange: *change})
	}
}

func updateTenant(flags *flag.FlagSet) action {
	change := changeFlags(flags)
	return func(ctx context.Context, s *session, args []string) error {
		return s.tenant(ctx, http.MethodPatch, tenantPath(args[0]), change)
	}
}

func showTenant(ctx context.Context, s *session, args []string) error {
	return s.tenant(ctx, http.MethodGet, tenantPath(args[0]), nil)
}

func state(verb string) action {
	return func(ctx context.Context, s *session, args []string) error {
		return s.tenant(ctx, http.MethodPost, tenantPath(args[0])+"/"+verb, nil)
	}
}

// changeFlags declares the flags that change a tenant.
func changeFlags(flags *flag.FlagSet) *admin.TenantChange {
	c := &admin.TenantChange{}
	limits := func() *admin.LimitsChange {
		if c.Limits == nil {
			c.Limits = &admin.LimitsChange{}
		}
		return c.Limits
	}
	flags.Func("name", "`name` that people know the tenant by", func(v string) error { c.Name = &v; return nil })
	flags.Func("profile", "`profile` of its identity provider: generic, okta, entra or strict", func(v string) error {
		p := tenant.Profile(v)
		c.Profile = &p
		return nil
	})
	flags.Func("domains", "verified `domains`, separated by commas, in place of the earlier ones", func(v string) error {
		domains := strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' })
		c.Domains = &domains
		return nil
	})
	switches(flags, c)
	number(flags, "rps", "`requests` per second", func(n *int) { limits().RequestsPerSecond = n })
	number(flags, "burst", "`requests` at once", func(n *int) { limits().Burst = n })
	number(flags, "users", "most `users`; 0 for no limit", func(n *int) { limits().Users = n })
	number(flags, "groups", "most `groups`; 0 for no limit", func(n *int) { limits().Groups = n })
	number(flags, "emails", "most `emails` of a user", func(n *int) { limits().EmailsPerUser = n })
	flags.Func("token-age", "longest `life` of a credential, such as 90d; 0s for no limit", func(v string) error {
		n, err := seconds(v)
		limits().TokenAgeSeconds = &n
		return err
	})
	return c
}

func switches(flags *flag.FlagSet, c *admin.TenantChange) {
	flags.Func("connect", "`way` in which accounts of the application become users of the tenant: approval or automatic", func(v string) error {
		way := admin.Connect(v)
		c.Connect = &way
		return nil
	})
	flags.BoolFunc("reactivate", "whether provisioning a deactivated user again activates it; -reactivate=false ends it", func(v string) error {
		on, err := strconv.ParseBool(v)
		if err != nil {
			return errors.New("it is neither true nor false")
		}
		c.Reactivate = &on
		return nil
	})
}

func number(flags *flag.FlagSet, name, usage string, set func(*int)) {
	flags.Func(name, usage, func(v string) error {
		n, err := strconv.Atoi(v)
		if err != nil {
			return errors.New("it is no whole number")
		}
		set(&n)
		return nil
	})
}

// tenant sends a request that is answered with a tenant, and prints it.
func (s *session) tenant(ctx context.Context, method, path string, in any) error {
	var t admin.Tenant
	if err := s.client.do(ctx, method, path, in, &t); err != nil {
		return err
	}
	if t.Warning != "" {
		s.say("warning: %s\n", harmless(t.Warning))
	}
	if t.Connect == admin.Automatic && len(t.Domains) == 0 {
		s.say("warning: connect is automatic without effect: the tenant has no verified domains; give it some with tenant update %s -domains\n", t.ID)
	}
	return s.show(t, func(w io.Writer) { describe(w, t) })
}

func describe(w io.Writer, t admin.Tenant) {
	row(w, "id", t.ID)
	row(w, "name", t.Name)
	row(w, "profile", t.Profile)
	row(w, "state", strings.TrimSpace(string(t.State)+" "+moment(t.InactiveSince)))
	row(w, "domains", joined(t.Domains, ", "))
	row(w, "connect", t.Connect)
	row(w, "reactivate", t.Reactivate)
	row(w, "requests", fmt.Sprintf("%d a second, %d at once", t.Limits.RequestsPerSecond, t.Limits.Burst))
	row(w, "most users", atMost(t.Limits.Users))
	row(w, "most groups", atMost(t.Limits.Groups))
	row(w, "emails per user", t.Limits.EmailsPerUser)
	row(w, "token age", span(t.Limits.TokenAgeSeconds))
	row(w, "created", moment(&t.Created))
	if t.Users != nil && t.Groups != nil {
		row(w, "users", *t.Users)
		row(w, "groups", *t.Groups)
	}
}

func listTenants(ctx context.Context, s *session, _ []string) error {
	all := admin.TenantList{Tenants: []admin.Tenant{}}
	for after, more := "", true; more; more = after != "" {
		var page admin.TenantList
		if err := s.client.do(ctx, http.MethodGet, "/tenants?after="+url.QueryEscape(after), nil, &page); err != nil {
			return err
		}
		all.Tenants = append(all.Tenants, page.Tenants...)
		after = string(page.Next)
	}
	return s.show(all, func(w io.Writer) {
		row(w, "ID", "NAME", "PROFILE", "STATE", "REQUESTS/S", "CREATED")
		for _, t := range all.Tenants {
			row(w, t.ID, t.Name, t.Profile, t.State, t.Limits.RequestsPerSecond, moment(&t.Created))
		}
		none(w, len(all.Tenants))
	})
}
