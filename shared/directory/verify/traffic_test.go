package verify_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/directory/verify"
	"scimserver/shared/scim"
	"scimserver/shared/testkit"
)

// contextWithPages makes a context that is canceled when a run has read a number of pages.
func contextWithPages(t *testing.T, o *verify.Options, pages int) (context.Context, context.CancelFunc) {
	ctx, interrupt := context.WithCancel(t.Context())
	o.Progress = func(verify.Progress) {
		if pages--; pages == 0 {
			interrupt()
		}
	}
	return ctx, interrupt
}

// traffic creates, changes and deletes users and groups until the context ends.
func traffic(ctx context.Context, tenant *directory.Tenant, worker int) error {
	for n := 0; ; n++ {
		name := fmt.Sprintf("w%d-%d", worker, n)
		if err := createAndDelete(ctx, tenant, name); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
	}
}

func createAndDelete(ctx context.Context, tenant *directory.Tenant, name string) error {
	u, err := tenant.Users().Create(ctx, directory.Content{Doc: person(name, "x-"+name)})
	if err != nil {
		return err
	}
	members := directory.MemberEdit{Add: []directory.Member{{ID: u.ID, Kind: directory.UserKind}}}
	g, err := tenant.Groups().Create(ctx, scim.Map(scim.Member{Name: "displayName", Value: scim.Text(name)}), members)
	if err != nil {
		return err
	}
	renamed := directory.Content{Doc: person(name+"-renamed", "y-"+name)}
	replace := func(directory.User) (directory.Content, error) { return renamed, nil }
	_, err = tenant.Users().Replace(ctx, u.ID, nil, replace)
	return errors.Join(err, tenant.Users().Delete(ctx, u.ID, nil), tenant.Groups().Delete(ctx, g.Group.ID, nil))
}

// TestTraffic: writes during a run cause no findings, although the facts contradict each
// other. A run with repairs does not disturb the writes.
func TestTraffic(t *testing.T) {
	t.Parallel()
	db, _ := newTable(t)
	dir, err := directory.Open(directory.Options{
		Table: db.Name(), Endpoint: testkit.Endpoint(t), Client: &http.Client{},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var work sync.WaitGroup
	for worker := range 4 {
		work.Go(func() {
			if err := traffic(ctx, dir.For("acme"), worker); err != nil {
				t.Error(err)
			}
		})
	}
	checked := 0
	for n := 0; n < testkit.Size(100, 8) || checked == 0 && n < 300; n++ {
		o := verify.Options{Unfinished: time.Hour, Segments: 16, Repair: true, Progress: func(p verify.Progress) {
			if checked += p.Checked; !p.Checking {
				time.Sleep(5 * time.Millisecond) // so that more is written between the pages
			}
		}}
		if report := run(t, db, o); report.Number != 0 {
			t.Errorf("findings during the writes: %s", texts(report))
		}
	}
	stop()
	work.Wait()
	if checked == 0 {
		t.Error("the facts never contradicted each other, so this test shows nothing")
	}
	if report := run(t, db, verify.Options{Unfinished: time.Hour}); report.Number != 0 || report.Unchecked != nil {
		t.Errorf("afterwards: %s %v", texts(report), report.Unchecked)
	}
}
