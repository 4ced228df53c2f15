package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/urfave/cli/v3"

	"scimserver/infra/scimctl/apiclient"
	"scimserver/shared/admin"
	"scimserver/shared/tenant"
)

func deleteTenant() *cli.Command {
	var typed string
	return command("delete", "ID", "delete a tenant with all its users, groups, teams and credentials",
		func(ctx context.Context, s *session, args []string) error {
			var t admin.Tenant
			if err := s.client.Do(ctx, http.MethodGet, tenantPath(args[0]), nil, &t); err != nil {
				return err
			}
			notice := fmt.Sprintf("This permanently deletes tenant %s (%s) with %s and %s, and its teams.",
				t.ID, t.Name, admin.Counted(*t.Users, "user"), admin.Counted(*t.Groups, "group"))
			if err := s.confirm(notice, "the id of the tenant", typed, string(t.ID)); err != nil {
				return err
			}
			return s.deleteTenant(ctx, t)
		}, confirmFlag("the `ID` of the tenant once more", &typed))
}

// deleteTenant suspends a tenant and deletes it, which may take many requests.
func (s *session) deleteTenant(ctx context.Context, t admin.Tenant) error {
	path := tenantPath(string(t.ID))
	if t.State == tenant.Active {
		if err := s.client.Do(ctx, http.MethodPost, path+"/suspend", nil, &t); err != nil {
			return err
		}
		s.notify("suspended\n")
	}
	removal, err := s.removeTenant(ctx, path+"?confirm="+url.QueryEscape(string(t.ID)))
	if err != nil {
		return fmt.Errorf("%w\nrun the same command again to continue", err)
	}
	return s.print(removal, func(w io.Writer) { row(w, fmt.Sprintf("tenant %s is deleted", t.ID)) })
}

// removeTenant repeats the request: each deletes one part of the tenant.
func (s *session) removeTenant(ctx context.Context, path string) (admin.Removal, error) {
	for {
		var left admin.Removal
		err := s.client.Do(ctx, http.MethodDelete, path, nil, &left)
		if apiclient.HasStatus(err, http.StatusNotFound) { // deleted by an earlier request, whose response was lost
			return admin.Removal{Done: true}, nil
		}
		if err != nil || left.Done {
			return left, err
		}
		if !apiclient.Sleep(ctx, s.notifyRemoval(left)) {
			return left, errors.New("interrupted")
		}
	}
}

// notifyRemoval says what is left of a tenant, and returns how long to wait.
func (s *session) notifyRemoval(left admin.Removal) time.Duration {
	switch {
	case left.Users+left.Groups+left.Teams > 0:
		s.notify("left: %s, %s and %s\n", admin.Counted(left.Users, "user"), admin.Counted(left.Groups, "group"),
			admin.Counted(left.Teams, "team"))
	case left.WaitSeconds == 0:
		s.notify("the provisioning log is left\n")
	default:
		s.notify("waiting for earlier requests to end: %d s\n", left.WaitSeconds)
		return min(5*time.Second, time.Duration(left.WaitSeconds)*time.Second)
	}
	return 0
}
