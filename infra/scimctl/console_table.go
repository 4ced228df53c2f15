package main

import (
	"context"
	"time"

	"scimserver/infra/scimctl/console"
	"scimserver/infra/scimctl/wording"
	"scimserver/shared/directory/verify"
)

// consoleTable is the table for the console, or nil if none is named. It is opened for each use, so that
// it uses the credentials of a new login.
func (s *session) consoleTable(name string) (*console.Table, error) {
	name, _, err := s.tableName(name)
	if err != nil || name == "" {
		return nil, err
	}
	q := verifyQuery{table: name, rate: defaultRate, limit: defaultLimit}
	return &console.Table{
		Estimate: func(ctx context.Context) (lines []string, err error) {
			db, size, err := s.openTable(ctx, name)
			if err != nil {
				return nil, err
			}
			for _, line := range formatEstimate(db.Name(), size, q.rate) {
				lines = append(lines, wording.Sentence(line))
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
	if err != nil {
		return console.TableReport{}, err
	}
	return s.consoleReport(result, q.table), nil
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
