package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/urfave/cli/v3"

	"scimserver/infra/scimctl/apiclient"
	"scimserver/infra/scimctl/wording"
	"scimserver/shared/admin"
	"scimserver/shared/tenant"
)

func tenantCommands() *cli.Command {
	return group("tenant", "create, change and delete tenants",
		createTenant(),
		command("list", "", "list all tenants", listTenants),
		command("show", "ID", "show a tenant, with the number of its users and groups", showTenant),
		healthCommand(),
		updateTenant(),
		command("suspend", "ID", "suspend a tenant: its credentials are refused, and nothing is lost",
			setTenantState("suspend")),
		command("resume", "ID", "resume a suspended tenant", setTenantState("resume")),
		exportTenant(),
		deleteTenant(),
		inviteToTenant(),
		command("invitations", "TENANT", "list the invitations to the setup page of a tenant", listInvitations),
		command("uninvite", "TENANT INVITATION", "revoke an invitation, and end the session that it began", uninvite),
	)
}

func tenantPath(id string) string { return "/tenants/" + url.PathEscape(id) }

// pathWithin is the path of a collection of a tenant, or of one of its resources. args are the ids of
// the tenant and of the resource.
func pathWithin(collection string, args []string) string {
	path := tenantPath(args[0]) + "/" + collection
	if len(args) > 1 {
		path += "/" + url.PathEscape(args[1])
	}
	return path
}

func createTenant() *cli.Command {
	var settings tenantSettings
	cmd := command("create", "ID", "create a tenant", func(ctx context.Context, s *session, args []string) error {
		in := admin.NewTenant{ID: tenant.ID(args[0]), TenantChange: settings.change()}
		if err := s.tenant(ctx, http.MethodPost, "/tenants", in); err != nil {
			return err
		}
		s.notify("next: %s\n", s.hint("scimctl credential create "+wording.Printable(args[0])))
		return nil
	}, settings.flags()...)
	limits := tenant.DefaultLimits()
	cmd.Description = fmt.Sprintf("ID has lower-case letters, digits and hyphens. Defaults: profile generic, "+
		"connect approval, %d requests per second,\n%d at once, %d emails of a user, and no other limits.",
		limits.RequestsPerSecond, limits.Burst, limits.EmailsPerUser)
	return cmd
}

func updateTenant() *cli.Command {
	var settings tenantSettings
	return command("update", "ID", "change a tenant; unspecified fields are unchanged",
		func(ctx context.Context, s *session, args []string) error {
			if settings.change() == (admin.TenantChange{}) {
				s.notify("no flag changes anything: see scimctl tenant update -help\n")
			}
			return s.tenant(ctx, http.MethodPatch, tenantPath(args[0]), settings.change())
		}, settings.flags()...)
}

func showTenant(ctx context.Context, s *session, args []string) error {
	return s.tenant(ctx, http.MethodGet, tenantPath(args[0]), nil)
}

func setTenantState(verb string) action {
	return func(ctx context.Context, s *session, args []string) error {
		return s.tenant(ctx, http.MethodPost, tenantPath(args[0])+"/"+verb, nil)
	}
}

// tenantSettings are what the flags of tenant create and update say.
type tenantSettings struct {
	fields admin.TenantChange
	limits admin.LimitsChange
}

// change is the body of the request, without limits where no flag gives one.
func (t *tenantSettings) change() admin.TenantChange {
	c := t.fields
	if t.limits != (admin.LimitsChange{}) {
		c.Limits = &t.limits
	}
	return c
}

func (t *tenantSettings) flags() []cli.Flag {
	return []cli.Flag{
		valueFlag("name", "display `NAME` of the tenant", optional(&t.fields.Name, anyText)),
		valueFlag("profile", "`PROFILE` of its identity provider: generic, okta, entra or strict",
			optional(&t.fields.Profile, anyText)),
		valueFlag("domains", "verified `DOMAINS`, separated by commas; they replace the earlier ones",
			optional(&t.fields.Domains, commaList)),
		valueFlag("connect", "`HOW` accounts of the application become users of the tenant: approval or automatic",
			optional(&t.fields.Connect, anyText)),
		switchFlag(
			"reactivate",
			"activate a deactivated user when it is provisioned again; -reactivate=false turns this off",
			&t.fields.Reactivate,
		),
		valueFlag("rps", "`NUMBER` of requests per second", optional(&t.limits.RequestsPerSecond, integer)),
		valueFlag("burst", "`NUMBER` of requests at once", optional(&t.limits.Burst, integer)),
		valueFlag("users", "maximum `NUMBER` of users; 0 for no limit", optional(&t.limits.Users, integer)),
		valueFlag("groups", "maximum `NUMBER` of groups; 0 for no limit", optional(&t.limits.Groups, integer)),
		valueFlag("emails", "maximum `NUMBER` of emails of a user", optional(&t.limits.EmailsPerUser, integer)),
		valueFlag("token-age", "maximum lifetime of a credential, a `DURATION` such as 90d; 0s for no limit",
			optional(&t.limits.TokenAgeSeconds, parseSeconds)),
	}
}

func commaList(v string) ([]string, error) {
	return strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' }), nil
}

// tenant sends a request that returns a tenant, and prints the tenant.
func (s *session) tenant(ctx context.Context, method, path string, in any) error {
	var t admin.Tenant
	if err := s.client.Do(ctx, method, path, in, &t); err != nil {
		return err
	}
	s.warn(t.Warning)
	if t.Connect == admin.Automatic && len(t.Domains) == 0 {
		s.notify("warning: connect is automatic, but has no effect: the tenant has no verified domains; "+
			"add some with: %s\n", s.hint("scimctl tenant update "+string(t.ID)+" -domains DOMAINS"))
	}
	err := s.print(t, func(w io.Writer) { describeTenant(w, t) })
	if note := wording.TenantDelay(t); note != "" && err == nil {
		s.notify("%s\n", note)
	}
	return err
}

func describeTenant(w io.Writer, t admin.Tenant) {
	row(w, "id", t.ID)
	row(w, "name", t.Name)
	row(w, "profile", t.Profile)
	row(w, "state", strings.TrimSpace(string(t.State)+" "+wording.Minute(t.InactiveSince)))
	row(w, "domains", join(t.Domains, ", "))
	row(w, "connect", t.Connect)
	row(w, "reactivate", t.Reactivate)
	row(w, "requests", fmt.Sprintf("%d per second, %d at once", t.Limits.RequestsPerSecond, t.Limits.Burst))
	row(w, "max users", formatLimit(t.Limits.Users))
	row(w, "max groups", formatLimit(t.Limits.Groups))
	row(w, "max emails per user", t.Limits.EmailsPerUser)
	row(w, "max token age", formatSeconds(t.Limits.TokenAgeSeconds))
	row(w, "created", wording.Minute(&t.Created))
	if t.Users != nil && t.Groups != nil {
		row(w, "users", *t.Users)
		row(w, "groups", *t.Groups)
	}
}

func listTenants(ctx context.Context, s *session, _ []string) error {
	list, err := apiclient.ListAll(ctx, s.client, "/tenants", url.Values{},
		func(p admin.TenantList) ([]admin.Tenant, tenant.ID) { return p.Tenants, p.Next })
	if err != nil {
		return err
	}
	return s.print(admin.TenantList{Tenants: list}, func(w io.Writer) {
		row(w, "ID", "NAME", "PROFILE", "STATE", "REQUESTS/S", "CREATED")
		for _, t := range list {
			row(w, t.ID, t.Name, t.Profile, t.State, t.Limits.RequestsPerSecond, wording.Minute(&t.Created))
		}
		noRows(w, len(list))
	})
}
