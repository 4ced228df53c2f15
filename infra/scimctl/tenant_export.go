package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/urfave/cli/v3"

	"scimserver/infra/scimctl/wording"
	"scimserver/shared/admin"
)

// exportHelp says what an export guarantees.
const exportHelp = `The export has a JSON object on each line: a header, users, groups, memberships, teams, and an end
with counts. A file without the end is incomplete. Passwords and their hashes are never exported.

Users may change during the export. Each resource is as it was at some moment of the export. A
resource that existed throughout the export is in it. A mirror that loads the export applies the
events after the sequence "asOf" of the header, and is then up to date.

With -o, an interrupted export is continued by the same command: FILE.partial and FILE.position
hold what is done.`

func exportTenant() *cli.Command {
	var file string
	cmd := command("export", "TENANT", "export users, groups, memberships and teams of a tenant as JSON lines",
		func(ctx context.Context, s *session, args []string) error { return s.exportTenant(ctx, args[0], file) },
		&cli.StringFlag{Name: "o", Destination: &file,
			Usage: "write to this `FILE`: if interrupted, the same command continues (default: standard output)"})
	cmd.Description = exportHelp
	return cmd
}

// exportCounts are the numbers of lines of each type.
type exportCounts struct {
	Users           int `json:"users"`
	Groups          int `json:"groups"`
	Memberships     int `json:"memberships"`
	Teams           int `json:"teams"`
	TeamMemberships int `json:"teamMemberships"`
}

func (c *exportCounts) add(t admin.ExportType) {
	switch t {
	case admin.ExportUser:
		c.Users++
	case admin.ExportGroup:
		c.Groups++
	case admin.ExportMembership:
		c.Memberships++
	case admin.ExportTeam:
		c.Teams++
	case admin.ExportTeamMembership:
		c.TeamMemberships++
	}
}

func (c *exportCounts) String() string {
	return strings.Join([]string{
		admin.Counted(c.Users, "user"), admin.Counted(c.Groups, "group"),
		admin.Counted(c.Memberships, "membership"), admin.Counted(c.Teams, "team"),
		admin.Counted(c.TeamMemberships, "team membership"),
	}, ", ")
}

// exportHeader is the first line of an export.
type exportHeader struct {
	Type   string `json:"type"` // header
	Format int    `json:"format"`
	admin.ExportStart
}

// exportEnd is the last line of an export.
type exportEnd struct {
	Type string `json:"type"` // end
	exportCounts
}

// exportFormat is the version of the format of the lines.
const exportFormat = 1

// exportResult is what a finished export prints with -o.
type exportResult struct {
	File string `json:"file"`
	admin.ExportStart
	exportCounts
}

func (s *session) exportTenant(ctx context.Context, tenant, file string) error {
	if file == "" {
		return s.writeExport(ctx, &exportRun{Tenant: tenant}, s.out, func() error { return nil })
	}
	f, err := openExport(file, tenant)
	if err != nil {
		return err
	}
	if err := s.writeExport(ctx, &f.run, f, f.save); err != nil {
		_ = f.close()
		return fmt.Errorf("%w\nrun the same command again to continue", err)
	}
	if err := f.finish(); err != nil {
		return err
	}
	return s.print(exportResult{file, f.run.Start, f.run.Counts}, func(w io.Writer) {
		row(w, fmt.Sprintf("exported %s", &f.run.Counts))
		row(w, fmt.Sprintf("to %s, as of event %d", file, f.run.Start.AsOf))
	})
}

// writeExport writes what is left of an export. saved is called after each part.
func (s *session) writeExport(ctx context.Context, run *exportRun, w io.Writer, saved func() error) error {
	buffer := bufio.NewWriter(w)
	lines := json.NewEncoder(buffer)
	lines.SetEscapeHTML(false)
	save := func() error {
		if err := buffer.Flush(); err != nil {
			return err
		}
		return saved()
	}
	path := tenantPath(run.Tenant) + "/export"
	if !run.Started {
		if err := s.client.Do(ctx, http.MethodPost, path, nil, &run.Start); err != nil {
			return err
		}
		run.Started = true
		if err := errors.Join(lines.Encode(exportHeader{"header", exportFormat, run.Start}), save()); err != nil {
			return err
		}
	}
	progress := newProgressLine(s)
	defer progress.close()
	for !run.Done {
		if err := s.exportPart(ctx, run, path, lines); err != nil {
			return err
		}
		if err := save(); err != nil {
			return err
		}
		progress.print(run.describe)
	}
	return errors.Join(lines.Encode(exportEnd{"end", run.Counts}), buffer.Flush())
}

// exportPart writes the next part of an export.
func (s *session) exportPart(ctx context.Context, run *exportRun, path string, lines *json.Encoder) error {
	query := ""
	if run.After != "" {
		query = "?" + url.Values{"after": {run.After}}.Encode()
	}
	var page admin.ExportPage
	err := s.client.Do(ctx, http.MethodGet, path+query, nil, &page)
	if ctx.Err() != nil {
		return errors.New("interrupted")
	}
	if err != nil {
		return err
	}
	for _, line := range page.Lines {
		if err := lines.Encode(line); err != nil {
			return err
		}
		run.Counts.add(line.Type)
	}
	run.After, run.Done = page.Next, page.Next == ""
	return nil
}

// fileExists is the error for a file that an export would replace.
func fileExists(file string) error {
	return fmt.Errorf("%s exists already: remove it, or give -o another name", wording.Printable(file))
}
