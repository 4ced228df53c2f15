package web

import (
	"fmt"
	"time"
)

// Day is what the provisioning log says about a tenant's day, for RequestChart and UserChart.
type Day struct {
	Start                             time.Time
	Changes, Failed, Created, Deleted int64
}

// RequestChart shows the requests of each day: those that changed something, and those that failed.
func RequestChart(days []Day) Chart {
	c := Chart{
		Title: "Requests", Unit: "per day", Step: "Day", Labels: dayLabels(days),
		Empty:  fmt.Sprintf("No request changed anything or failed in the last %d days.", len(days)),
		Series: []Series{{Name: "Changes", Tone: Info}, {Name: "Failed", Tone: Bad}},
	}
	var changes, failed int64
	for _, d := range days {
		c.Series[0].Values = append(c.Series[0].Values, d.Changes)
		c.Series[1].Values = append(c.Series[1].Values, d.Failed)
		changes, failed = changes+d.Changes, failed+d.Failed
	}
	c.Summary = fmt.Sprintf("Bar chart of the last %d days: %s changes, %s failed requests.",
		len(days), Number(changes), Number(failed))
	return c
}

// UserChart shows the number of users at the end of each day. It is computed from the current number and the users
// created and deleted since.
func UserChart(days []Day, now int64) Chart {
	values := make([]int64, len(days))
	for i := len(days) - 1; i >= 0; i-- {
		values[i] = now
		now = max(now-days[i].Created+days[i].Deleted, 0)
	}
	return Chart{
		Title: "Users", Unit: "at the end of each day", Step: "Day", Labels: dayLabels(days),
		Empty: "There are no users yet. They appear when the provider sends them.",
		Summary: fmt.Sprintf("Line chart of the number of users in the last %d days: from %s to %s.",
			len(days), Number(values[0]), Number(values[len(values)-1])),
		Series: []Series{{Name: "Users", Tone: Info, Line: true, Values: values}},
	}
}

func dayLabels(days []Day) (labels []string) {
	for _, d := range days {
		labels = append(labels, d.Start.Format("2 Jan"))
	}
	return labels
}
