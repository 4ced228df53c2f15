package directory_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/testkit"
	"scimserver/shared/testkit/fault"
)

// BenchmarkLargeChange measures one change that adds 10,000 members to a group (320 without
// -long). The local engine carries out its calls one after the other, so parallel calls save
// little there. With a delay of each call, they save what they save over a network.
//
//	go test ./shared/directory -run '^$' -bench LargeChange -benchtime 1x -long
func BenchmarkLargeChange(b *testing.B) {
	name := testkit.Table(b)
	ids := seedUsers(b, name, testkit.Size(10_000, 320))
	for _, delay := range []time.Duration{0, 5 * time.Millisecond, 75 * time.Millisecond} {
		b.Run(fmt.Sprint("delay ", delay), func(b *testing.B) {
			delayed := fault.Rule{Fault: fault.Delayed(delay)}
			client := &http.Client{Transport: fault.Script(http.DefaultTransport.(*http.Transport).Clone(), delayed)}
			dir, err := directory.Open(directory.Options{Table: name, Endpoint: testkit.Endpoint(b), Client: client})
			if err != nil {
				b.Fatal(err)
			}
			for i := 0; b.Loop(); i++ {
				addAll(b, dir.For("acme").Groups(), fmt.Sprint(delay, i), ids)
			}
		})
	}
}

// addAll makes a group and times how all become its members in one change.
func addAll(b *testing.B, groups directory.Groups, name string, ids []scim.ID) {
	b.StopTimer()
	made, err := groups.Create(b.Context(), group(name, ""), directory.MemberEdit{})
	if err != nil {
		b.Fatal(err)
	}
	ctx, meter := table.WithMeter(b.Context())
	b.StartTimer()
	_, err = groups.Change(ctx, made.Group.ID, nil, nil, func(d *directory.Draft) (directory.Edit, error) {
		return directory.Edit{Doc: d.Doc, Members: directory.MemberEdit{Add: members(ids...)}}, nil
	})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(meter.Usage().Calls), "calls")
	b.ReportMetric(float64(meter.Usage().Conflicts), "conflicts")
}

// seedUsers puts users below the directory: only what a change of members looks at.
func seedUsers(b *testing.B, name string, n int) (ids []scim.ID) {
	b.Helper()
	db, err := table.Open(table.Options{Name: name, Endpoint: testkit.Endpoint(b), Budget: time.Minute})
	if err != nil {
		b.Fatal(err)
	}
	var writes []table.Write
	for i := range n {
		ids = append(ids, scim.ID(fmt.Sprintf("%08x-0000-4000-8000-000000000000", uint32(i)*2654435761)))
		writes = append(writes, table.Put(table.Key{PK: "T#acme#USER", SK: string(ids[i])}, nil))
	}
	if err := db.WriteAll(b.Context(), writes); err != nil {
		b.Fatal(err)
	}
	return ids
}
