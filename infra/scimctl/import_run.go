package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"

	"scimserver/infra/scimctl/apiclient"
	"scimserver/shared/admin"
	"scimserver/shared/scim"
)

// importer creates the accounts of a file, several at once. It counts and reports them
// in the order of the file.
type importer struct {
	*session
	rows     rowReader
	parallel int
	dryRun   bool
	report   *rejectReport
	progress *importProgress
	summary  importSummary
}

// run imports all rows. It stops at the first error; a rejected row is not an error.
// Running it again is safe: existing accounts are counted and not changed.
func (i *importer) run(whole context.Context) error {
	ctx, cancel := context.WithCancel(whole)
	defer cancel()
	// The size of ordered limits how many rows are in memory while a slow one is waited for.
	work, ordered := make(chan *importRow), make(chan *importRow, 16*i.parallel)
	var workers sync.WaitGroup
	workers.Go(func() { i.readRows(ctx, work, ordered) })
	for range i.parallel {
		workers.Go(func() {
			for r := range work {
				r.finish(i.process(ctx, r))
			}
		})
	}
	err := i.countResults(ordered, cancel)
	workers.Wait()
	if whole.Err() != nil {
		return errors.New("interrupted")
	}
	return err
}

// readRows sends each row to the workers, and in order to countResults.
func (i *importer) readRows(ctx context.Context, work, ordered chan<- *importRow) {
	defer close(work)
	defer close(ordered)
	index := rowIndex{}
	for ctx.Err() == nil {
		row, err := i.rows.next()
		if errors.Is(err, io.EOF) {
			return
		}
		r := index.add(row)
		if err != nil {
			r.finish(rowResult{err: err})
			ordered <- r
			return
		}
		ordered <- r
		select {
		case work <- r:
		case <-ctx.Done():
			r.finish(rowResult{err: ctx.Err()})
		}
	}
}

// countResults takes the results in the order of the file. It cancels the import at the
// first error.
func (i *importer) countResults(ordered <-chan *importRow, cancel func()) (err error) {
	for r := range ordered {
		<-r.finished
		if err != nil {
			continue // rows after the error
		}
		if err = i.count(r); err != nil {
			cancel()
			continue
		}
		i.progress.update(i.summary.rows(), r.end)
	}
	i.progress.close()
	return err
}

func (i *importer) count(r *importRow) error {
	switch {
	case r.result.err != nil:
		return fmt.Errorf("line %d: %w", r.line, r.result.err)
	case r.result.created:
		i.summary.Created++
	case r.result.exists:
		i.summary.Existing++
	default:
		i.summary.Rejected++
		if i.dryRun {
			i.summary.RejectedRows = append(i.summary.RejectedRows, rejectedRow{r.line, r.result.rejected})
		}
		return i.report.add(r.fileRow, r.result.rejected)
	}
	return nil
}

// process imports a row, and retries while the service is not available.
func (i *importer) process(ctx context.Context, r *importRow) rowResult {
	const tries, maxWait = 10, 15 * time.Second
	if r.problem != "" {
		return rowResult{rejected: r.problem}
	}
	if result := r.firstWins(ctx); result != (rowResult{}) {
		return result
	}
	step := i.create
	if i.dryRun {
		step = i.check
	}
	wait := time.Second
	for n := 1; ; n++ {
		result := step(ctx, r)
		if result.err == nil || n == tries || !apiclient.IsTransient(result.err) || !apiclient.Sleep(ctx, wait) {
			return result
		}
		wait = min(2*wait, maxWait)
	}
}

// create sends the request that creates the account.
func (i *importer) create(ctx context.Context, r *importRow) rowResult {
	var a admin.Account
	err := i.client.Once(ctx, http.MethodPost, "/accounts", r.body, &a)
	switch {
	case err == nil:
		return rowResult{created: true}
	case apiclient.HasStatus(err, http.StatusConflict):
		return i.compare(ctx, r, err)
	case apiclient.HasStatus(err, http.StatusBadRequest), apiclient.HasStatus(err, http.StatusRequestEntityTooLarge):
		return rowResult{rejected: err.Error()}
	}
	return rowResult{err: err}
}

// compare finds out why the service refused a row with 409. The account may exist already, perhaps from a request
// whose response was lost. Otherwise somebody else holds one of the values, and the row is rejected.
func (i *importer) compare(ctx context.Context, r *importRow, refused error) rowResult {
	want, err := admin.CheckNewAccount(r.body)
	if err != nil {
		return rowResult{rejected: refused.Error()}
	}
	a, err := accountBy(ctx, i.client, url.Values{"userName": {*want.UserName}})
	switch {
	case err != nil:
		return rowResult{err: err}
	case a != nil && isSameAccount(*a, want):
		return rowResult{exists: true}
	}
	return rowResult{rejected: refused.Error()}
}

// check says what create would do, as far as this can be known without creating the account: it does not find
// values that users of tenants hold.
func (i *importer) check(ctx context.Context, r *importRow) rowResult {
	want, err := admin.CheckNewAccount(r.body)
	if err != nil {
		return rowResult{rejected: err.Error()}
	}
	for _, v := range r.values {
		a, err := accountBy(ctx, i.client, url.Values{v.attribute: {v.value}})
		switch {
		case err != nil:
			return rowResult{err: err}
		case a != nil && isSameAccount(*a, want):
			return rowResult{exists: true}
		case a != nil:
			return rowResult{rejected: fmt.Sprintf("%s %q is taken by account %s", v.attribute, v.value, a.ID)}
		}
	}
	return rowResult{created: true}
}

// isSameAccount reports whether an account has the username and the emails of a row.
func isSameAccount(a admin.Account, want admin.NewAccount) bool {
	var emails []admin.AccountEmail
	if want.Emails != nil {
		emails = *want.Emails
	}
	if scim.Fold(a.UserName) != scim.Fold(*want.UserName) || len(a.Emails) != len(emails) {
		return false
	}
	for _, e := range emails {
		if !hasEmail(a.Emails, e.Value) {
			return false
		}
	}
	return true
}
