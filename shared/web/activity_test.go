package web_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"scimserver/shared/web"
)

func TestActivityCharts(t *testing.T) {
	first := time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)
	days := []web.Day{
		{Start: first, Created: 1, Changes: 1}, {Start: first.AddDate(0, 0, 1), Changes: 3, Created: 1, Deleted: 1},
		{Start: first.AddDate(0, 0, 2), Changes: 1, Failed: 1, Created: 1},
	}
	requests, users := web.RequestChart(days), web.UserChart(days, 5)
	for name, c := range map[string]struct{ got, want any }{
		"changes":               {requests.Series[0].Values, []int64{1, 3, 1}},
		"failed":                {requests.Series[1].Values, []int64{0, 0, 1}},
		"users":                 {users.Series[0].Values, []int64{4, 4, 5}},
		"never fewer than none": {web.UserChart(days, 0).Series[0].Values, []int64{0, 0, 0}},
		"labels":                {requests.Labels, []string{"27 Nov", "28 Nov", "29 Nov"}},
		"requests in words":     {requests.Summary, "Bar chart of the last 3 days: 5 changes, 1 failed requests."},
		"users in words":        {users.Summary, "Line chart of the number of users in the last 3 days: from 4 to 5."},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
