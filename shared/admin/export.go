package admin

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// The bounds of one part of an export. A page of resources is at most 3 MB, and an answer 6 MB.
const (
	exportLines = 1000
	exportBytes = 1 << 20
	exportTime  = 5 * time.Second
)

// StartExport begins an export. The event sequence is read before any resource.
func (s *Service) StartExport(ctx context.Context, id tenant.ID) (ExportStart, error) {
	own, err := s.Schemas(ctx, id)
	if err != nil {
		return ExportStart{}, err
	}
	head, err := s.Directory.For(id).Events().Head(ctx)
	return ExportStart{Tenant: id, Started: s.Now().UTC(), AsOf: head, Schemas: own.Schemas}, err
}

// Export returns a part of a tenant's users, groups, teams and memberships. Each is as it was at
// some moment of the export, and none is missing that existed throughout.
func (s *Service) Export(ctx context.Context, id tenant.ID, after string) (ExportPage, error) {
	x := &exporter{Service: s, tenant: s.Directory.For(id), page: ExportPage{Lines: []ExportLine{}}}
	if err := x.parse(after); err != nil {
		return ExportPage{}, err
	}
	t, err := s.findTenant(ctx, id)
	if err == nil {
		x.view, err = s.view(ctx, t)
	}
	if err != nil {
		return ExportPage{}, err
	}
	for start := s.Now(); x.phase != "" && !x.full() && s.Now().Sub(start) < exportTime; {
		if err := exportSteps[x.phase](x, ctx); err != nil {
			return ExportPage{}, err
		}
	}
	x.page.Next = x.cursor()
	return x.page, nil
}

// exporter makes one part of an export.
type exporter struct {
	*Service
	tenant *directory.Tenant
	view   resourceView
	page   ExportPage
	bytes  int

	// The position: the phase, the group or team whose members are read, and the end of the last
	// page.
	phase, of, after string
}

// exportSteps are the phases. Each reads one page and moves the position.
var exportSteps = map[string]func(*exporter, context.Context) error{
	"users": (*exporter).users, "groups": (*exporter).groups, "members": (*exporter).members,
	"teams": (*exporter).teams, "teammembers": (*exporter).teamMembers,
}

// parse reads a position, as cursor writes it.
func (x *exporter) parse(cursor string) error {
	if cursor == "" {
		x.phase = "users"
		return nil
	}
	parts := strings.SplitN(cursor, "/", 3)
	known := len(parts) == 3 && exportSteps[parts[0]] != nil
	if len(cursor) > 2*maxKey || !known || strings.ContainsAny(cursor, " \x00") {
		return notNext()
	}
	x.phase, x.of, x.after = parts[0], parts[1], parts[2]
	if x.of != "" && !directory.ValidID(scim.ID(x.of)) {
		return notNext()
	}
	return nil
}

// cursor is the position as text, "" at the end.
func (x *exporter) cursor() string {
	if x.phase == "" {
		return ""
	}
	return x.phase + "/" + x.of + "/" + x.after
}

func (x *exporter) moveTo(phase, of, after string) { x.phase, x.of, x.after = phase, of, after }

func (x *exporter) full() bool { return len(x.page.Lines) >= exportLines || x.bytes >= exportBytes }

func (x *exporter) add(line ExportLine) {
	x.page.Lines = append(x.page.Lines, line)
	x.bytes += len(line.Resource)
}

func (x *exporter) users(ctx context.Context) error {
	page, more, err := x.tenant.Page(ctx, directory.UserKind, scim.ID(x.after), maxPage)
	for _, r := range page {
		x.add(ExportLine{Type: ExportUser, Resource: x.represent(directory.UserKind, r)})
		x.after = string(r.ID)
	}
	if err == nil && !more {
		x.moveTo("groups", "", "")
	}
	return err
}

// groups reads the next group. Its members follow.
func (x *exporter) groups(ctx context.Context) error {
	page, _, err := x.tenant.Page(ctx, directory.GroupKind, scim.ID(x.after), 1)
	if err == nil && len(page) == 0 {
		x.moveTo("teams", "", "")
	}
	for _, r := range page {
		x.add(ExportLine{Type: ExportGroup, Resource: x.represent(directory.GroupKind, r)})
		x.moveTo("members", string(r.ID), "")
	}
	return err
}

func (x *exporter) members(ctx context.Context) error {
	_, page, next, err := x.tenant.Groups().MemberPage(ctx, scim.ID(x.of), x.after, exportLines)
	if err != nil && !errors.Is(err, directory.ErrNotFound) { // a group that has just been deleted has no members
		return err
	}
	for _, m := range page {
		x.add(ExportLine{
			Type: ExportMembership, Of: scim.ID(x.of), Member: m.ID, MemberType: string(m.Kind),
		})
	}
	if x.after = next; next == "" {
		x.moveTo("groups", "", x.of)
	}
	return nil
}

// teams reads the next team. Its members follow.
func (x *exporter) teams(ctx context.Context) error {
	page, _, err := x.tenant.Teams().List(ctx, scim.ID(x.after), 1)
	if err == nil && len(page) == 0 {
		x.moveTo("", "", "")
	}
	for _, t := range page {
		x.add(ExportLine{Type: ExportTeam, Resource: representTeam(t)})
		x.moveTo("teammembers", string(t.ID), "")
	}
	return err
}

func (x *exporter) teamMembers(ctx context.Context) error {
	page, next, err := x.tenant.Teams().Members(ctx, scim.ID(x.of), scim.ID(x.after), maxPage)
	if err != nil && !errors.Is(err, directory.ErrNotFound) {
		return err
	}
	for _, m := range page {
		x.add(ExportLine{Type: ExportTeamMembership, Of: scim.ID(x.of), Member: m.ID})
	}
	if x.after = string(next); next == "" {
		x.moveTo("teams", "", x.of)
	}
	return nil
}

// represent makes the JSON of a user or group. Its location is relative if the service has no base URL.
func (x *exporter) represent(k directory.Kind, r directory.Resource) json.RawMessage {
	return scim.Resource{ID: r.ID, Doc: x.view.doc(k, r.Doc), Meta: scim.Meta{
		ResourceType: string(k), Created: r.Created, LastModified: r.LastModified, Version: scim.ETag(r.Version),
		Location: x.BaseURL + "/" + string(k) + "s/" + string(r.ID),
	}}.Value().Bytes()
}

// representTeam makes the JSON of a team, which SCIM does not show.
func representTeam(t directory.Team) json.RawMessage {
	return scim.Map(
		scim.Member{Name: "id", Value: scim.Text(string(t.ID))},
		scim.Member{Name: "displayName", Value: scim.Text(t.Name())},
	).Bytes()
}
