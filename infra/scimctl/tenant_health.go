package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"scimserver/infra/scimctl/apiclient"
	"scimserver/infra/scimctl/wording"
	"scimserver/shared/admin"
	"scimserver/shared/tenant"
)

const healthHelp = `Writes are the POST, PUT, PATCH and DELETE requests for users and groups that changed something or
failed. Reads are not counted, but "last use" includes them: it is accurate to the hour.`

func healthCommand() *cli.Command {
	cmd := command("health", "[TENANT]",
		"show whether provisioning works, and what to do; without TENANT: all tenants", tenantHealth)
	cmd.Description = healthHelp
	return cmd
}

// tenantHealth shows the health of one tenant, or one row for each tenant.
func tenantHealth(ctx context.Context, s *session, args []string) error {
	if len(args) > 1 {
		return usageError("tenant health takes one tenant, or none for all of them")
	}
	if len(args) == 0 {
		return s.healthOfAll(ctx)
	}
	h, err := s.readHealth(ctx, args[0])
	if err != nil {
		return err
	}
	if h.LastUse == nil {
		if err := s.warnOfUnknownTokens(ctx); err != nil {
			return err
		}
	}
	return s.print(h, func(w io.Writer) { s.describeHealth(w, h) })
}

func (s *session) readHealth(ctx context.Context, id string) (h admin.Health, err error) {
	err = s.client.Do(ctx, http.MethodGet, tenantPath(id)+"/health", nil, &h)
	return h, err
}

func (s *session) healthOfAll(ctx context.Context) error {
	tenants, err := apiclient.ListAll(ctx, s.client, "/tenants", url.Values{},
		func(p admin.TenantList) ([]admin.Tenant, tenant.ID) { return p.Tenants, p.Next })
	if err != nil {
		return err
	}
	all := []admin.Health{}
	for _, t := range tenants {
		h, err := s.readHealth(ctx, string(t.ID))
		if apiclient.HasStatus(err, http.StatusNotFound) { // deleted meanwhile
			continue
		}
		if err != nil {
			return err
		}
		all = append(all, h)
	}
	if err := s.warnOfUnknownTokens(ctx); err != nil {
		return err
	}
	return s.print(all, func(w io.Writer) {
		row(w, "TENANT", "VERDICT", "LAST USE (TO THE HOUR)", "WRITES", "FAILED", "CONFLICTS", "FIRST FINDING")
		for _, h := range all {
			failed, total := wording.CountRequests(h)
			row(w, h.Tenant, h.Verdict, wording.Minute(h.LastUse), total, failed, h.OpenConflicts, firstFinding(h))
		}
		noRows(w, len(all))
	})
}

// warnOfUnknownTokens prints a note if requests had tokens that no tenant has.
func (s *session) warnOfUnknownTokens(ctx context.Context) error {
	var unknown admin.Refusals
	if err := s.client.Do(ctx, http.MethodGet, "/refusals", nil, &unknown); err != nil {
		return err
	}
	for _, r := range unknown.Refusals {
		s.notify("%s to this stack got 401 in the last 24 hours, the last one at %s: %s\n",
			admin.Counted(int(r.Count), "request"), wording.Minute(&r.Last), r.Cause.Meaning())
	}
	return nil
}

func firstFinding(h admin.Health) string {
	if len(h.Findings) == 0 {
		return ""
	}
	return wording.Truncate(h.Findings[0].Text, wording.MaxDetail)
}

func (s *session) describeHealth(w io.Writer, h admin.Health) {
	row(w, "tenant", h.Tenant)
	row(w, "verdict", h.Verdict)
	row(w, "last use", lastUse(h))
	row(w, "last change", wording.Minute(h.LastSuccess))
	row(w, "last failure", wording.Minute(h.LastFailure))
	row(w, "last 24 hours", summarizeRequests(h))
	row(w, "refused", summarizeRefusals(h.Refusals))
	row(w, "open conflicts", h.OpenConflicts)
	row(w, "valid credentials", h.Credentials)
	for _, f := range h.Findings {
		_, _ = fmt.Fprintf(w, "\n%s\n  -> %s\n", wording.Printable(f.Text), s.hint(wording.Printable(f.Advice)))
	}
}

func lastUse(h admin.Health) string {
	if h.LastUse == nil {
		return "never: no request with a valid token has arrived"
	}
	return wording.Minute(h.LastUse) + ", accurate to the hour"
}

// summarizeRefusals counts refused requests by status, such as "12 x 401, 3 x 429".
func summarizeRefusals(all []admin.Refusal) string {
	counts := map[int]int64{}
	for _, r := range all {
		counts[r.Status] += r.Count
	}
	var parts []string
	for _, status := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%d x %d", counts[status], status))
	}
	return cmp.Or(strings.Join(parts, ", "), "none")
}

// summarizeRequests counts the write requests by status, such as "12 write requests: 10 x 201, 2 x 409".
func summarizeRequests(h admin.Health) string {
	_, total := wording.CountRequests(h)
	var counts []string
	for _, status := range slices.Sorted(maps.Keys(h.Requests)) {
		counts = append(counts, fmt.Sprintf("%d x %d", h.Requests[status], status))
	}
	atLeast := ""
	if h.RequestsIncomplete {
		atLeast = "at least "
	}
	text := atLeast + admin.Counted(total, "write request")
	if counts != nil {
		text += ": " + strings.Join(counts, ", ")
	}
	return text
}
