package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"sync"
	"time"

	"scimserver/shared/admin"
	"scimserver/shared/scim"
)

// importer makes accounts of entries, several at once, and counts them in the order
// of the file.
type importer struct {
	*session
	source   *os.File
	hash     string // of the source, "" where it can't be read again
	entries  entries
	ledger   *ledger
	parallel int
}

// job is an entry under way.
type job struct {
	entry
	*importRow
	earlier []sharedValue
}

// outcome is what became of an entry. With neither of the three, err says why
// nothing did.
type outcome struct {
	created, there bool
	rejected       string // the reason
	err            error
}

// run carries the import out, from where the ledger says. It ends at the first
// entry with an error; a rejected one has none.
func (i *importer) run(whole context.Context) error {
	ctx, cancel := context.WithCancel(whole)
	defer cancel()
	// order bounds what is in memory, however far one slow entry lags behind.
	work, order := make(chan job), make(chan job, 16*i.parallel)
	var group sync.WaitGroup
	group.Go(func() { i.read(ctx, work, order) })
	for range i.parallel {
		group.Go(func() {
			for j := range work {
				j.finish(i.settle(ctx, j))
			}
		})
	}
	err := i.count(order, cancel)
	group.Wait()
	if whole.Err() != nil {
		return errors.New("interrupted")
	}
	return err
}

// read hands out the entries that the ledger does not have yet.
func (i *importer) read(ctx context.Context, work, order chan<- job) {
	defer close(work)
	defer close(order)
	rows := rowIndex{}
	for n := 0; ctx.Err() == nil; n++ {
		e, err := i.entries.next()
		if errors.Is(err, io.EOF) {
			return
		}
		j := job{entry: e, importRow: newImportRow(e.line)}
		if err != nil {
			j.finish(outcome{err: err})
			order <- j
			return
		}
		j.earlier = rows.add(e, j.importRow)
		if n < i.ledger.resumed {
			j.finish(i.ledger.outcomeOf(e.line))
			continue
		}
		order <- j
		select {
		case work <- j:
		case <-ctx.Done():
			j.finish(outcome{err: ctx.Err()})
		}
	}
}

// count takes the outcomes in the order of the file, so that the ledger never runs
// ahead of an entry that is not done.
func (i *importer) count(order <-chan job, cancel func()) (err error) {
	show := newMeter(i.session, i.ledger.Entries)
	for j := range order {
		<-j.finished
		if err != nil {
			continue // what was under way behind the end
		}
		if err = i.note(j.entry, j.outcome); err != nil {
			cancel()
			continue
		}
		show.at(i.ledger.Entries)
	}
	show.end()
	return err
}

// note counts one outcome and now and then saves the count.
func (i *importer) note(e entry, o outcome) error {
	l := i.ledger
	switch {
	case o.err != nil:
		return fmt.Errorf("line %d: %w", e.line, o.err)
	case o.created:
		l.Created++
	case o.there:
		l.There++
	default:
		if err := l.reject(e, o.rejected); err != nil {
			return err
		}
	}
	l.Entries++
	return l.saveAfter(time.Second)
}

// settle sends an entry until something has become of it, unless the service stays
// in trouble: then the import stops, and goes on when it is called again.
func (i *importer) settle(ctx context.Context, j job) outcome {
	const tries, longest = 10, 15 * time.Second
	if j.reason != "" {
		return outcome{rejected: j.reason}
	}
	if lost := firstWins(ctx, j.earlier); lost != (outcome{}) {
		return lost
	}
	wait := time.Second
	for n := 1; ; n++ {
		o := i.send(ctx, j.entry)
		if o.err == nil || n == tries || !passing(o.err) || !pause(ctx, wait) {
			return o
		}
		wait = min(2*wait, longest)
	}
}

func (i *importer) send(ctx context.Context, e entry) outcome {
	var a admin.Account
	err := i.client.once(ctx, http.MethodPost, "/accounts", e.body, &a)
	refused, ok := errors.AsType[*apiError](err)
	switch {
	case err == nil:
		return outcome{created: true}
	case !ok:
		return outcome{err: err}
	case refused.status == http.StatusConflict:
		return i.compare(ctx, e, refused)
	case refused.status == http.StatusBadRequest, refused.status == http.StatusRequestEntityTooLarge:
		return outcome{rejected: refused.Error()}
	}
	return outcome{err: err}
}

// compare tells an entry that was made before, perhaps by a request whose answer was
// lost, from one whose values others hold.
func (i *importer) compare(ctx context.Context, e entry, refused error) outcome {
	var want admin.NewAccount
	if err := json.Unmarshal(e.body, &want); err != nil || want.UserName == nil {
		return outcome{rejected: refused.Error()}
	}
	a, err := i.client.findAccount(ctx, url.Values{"userName": {*want.UserName}})
	switch {
	case err != nil:
		return outcome{err: err}
	case a != nil && same(*a, want):
		return outcome{there: true}
	}
	return outcome{rejected: refused.Error()}
}

// same reports whether an account has the username and the emails that an entry says.
func same(a admin.Account, want admin.NewAccount) bool {
	var emails []admin.AccountEmail
	if want.Emails != nil {
		emails = *want.Emails
	}
	if scim.Fold(a.UserName) != scim.Fold(*want.UserName) || len(a.Emails) != len(emails) {
		return false
	}
	for _, e := range emails {
		if place(a.Emails, e.Value) < 0 {
			return false
		}
	}
	return true
}
