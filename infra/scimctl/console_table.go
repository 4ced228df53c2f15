package main

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"scimserver/infra/scimctl/apiclient"
	"scimserver/infra/scimctl/console"
	"scimserver/infra/scimctl/wording"
	"scimserver/shared/directory/verify"
)

// consoleTable is the table for the console, or nil if none is named. It is opened for each use, so that
// it uses the credentials of a new login.
func (s *session) consoleTable(name string) (*console.Table, error) {
	getenv, err := apiclient.Environment(s.envFile)
	if err != nil {
		return nil, err
	}
	if name = cmp.Or(name, getenv("TABLE_NAME")); name == "" {
		return nil, nil
	}
	q := verifyQuery{table: name, rate: defaultRate, limit: defaultLimit}
	return &console.Table{
		Name: name,
		Estimate: func(ctx context.Context) (lines []string, err error) {
			db, size, err := s.openTable(ctx, name)
			if err != nil {
				return nil, err
			}
			for line := range strings.Lines(formatEstimate(db.Name(), size, q.rate)) {
				lines = append(lines, wording.Sentence(strings.TrimSpace(line)))
			}
			return lines, nil
		},
		Check: func(ctx context.Context, report func(console.TableProgress)) (console.TableReport, error) {
			return s.checkForConsole(ctx, q, report)
		},
	}, nil
}

func (s *session) checkForConsole(
	ctx context.Context, q verifyQuery, report func(console.TableProgress),
) (console.TableReport, error) {
	db, size, err := s.openTable(ctx, q.table)
	if err != nil {
		return console.TableReport{}, err
	}
	text, began := newVerifyText(size.Items), time.Now()
	result, err := q.run(ctx, db, func(now verify.Progress) {
		text.note(now)
		report(console.TableProgress{
			Percent: 100 * text.done(now), Text: text.format(now, time.Since(began)),
		})
	})
	if errors.Is(err, verify.ErrSettings) {
		err = errOtherFolding
	}
	if err != nil {
		return console.TableReport{}, err
	}
	return s.consoleReport(verifyResult{db.Name(), time.Since(began).Seconds(), result}, q.table), nil
}

func (s *session) consoleReport(r verifyResult, tableFlag string) console.TableReport {
	out := console.TableReport{Number: r.Number, Open: r.Unchecked, Totals: totals(r)}
	for _, f := range r.Findings {
		out.Findings = append(out.Findings, console.TableFinding{
			Kind: string(f.Kind), Tenant: f.Tenant, Text: f.Text, Advice: s.advice(f, tableFlag),
		})
	}
	return out
}
