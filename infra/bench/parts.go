package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"scimbench/costs"
	"scimbench/processes"
	"scimbench/requests"
	"scimbench/starts"
	"scimbench/throughput"
)

// sizes say how much each part does.
type sizes struct {
	requests   requests.Effort
	processes  processes.Effort
	starts     int
	throughput throughput.Effort
	costs      costs.Sizes
}

func sizesFor(quick, full bool) sizes {
	if quick {
		return sizes{
			requests.Effort{Span: 10 * time.Millisecond, Rounds: 1}, processes.Effort{Requests: 5, Rounds: 1}, 1,
			throughput.Effort{Users: 10, Rounds: 1}, costs.Sizes{Members: 100, Users: 300},
		}
	}
	s := sizes{
		requests.Effort{Span: 300 * time.Millisecond, Rounds: 7}, processes.Effort{Requests: 1000, Rounds: 3}, 15,
		throughput.Effort{Users: 200, Rounds: 9}, costs.Sizes{Members: 10_000, Users: 10_000},
	}
	if full {
		s.costs = costs.Sizes{Members: 100_000, Users: 100_000}
	}
	return s
}

// part is one of the measurements. measure stores its result in the report, and tables shows it.
type part struct {
	name    string
	measure func(ctx context.Context, project string, s sizes, into *report) error
	tables  func(report) []table
}

func parts() []part {
	return []part{
		{"requests", func(_ context.Context, _ string, s sizes, into *report) (err error) {
			into.Requests, err = requests.Run(s.requests)
			return err
		}, func(r report) []table { return []table{requestTable(r.Requests)} }},
		{"processes", func(ctx context.Context, project string, s sizes, into *report) (err error) {
			into.Processes, err = processes.Run(ctx, project, s.processes)
			return err
		}, func(r report) []table { return []table{processTable(r.Processes)} }},
		{"starts", func(ctx context.Context, project string, s sizes, into *report) (err error) {
			into.Starts, err = starts.Run(ctx, project, s.starts)
			return err
		}, func(r report) []table { return []table{startTable(r.Starts)} }},
		{"throughput", func(ctx context.Context, _ string, s sizes, into *report) (err error) {
			into.Throughput, err = throughput.Run(ctx, s.throughput)
			return err
		}, func(r report) []table { return []table{throughputTable(r.Throughput)} }},
		{"costs", func(ctx context.Context, _ string, s sizes, into *report) (err error) {
			into.Costs, err = costs.Run(ctx, s.costs)
			return err
		}, func(r report) []table {
			return []table{memberTable(r.Costs.Members), pageTable(r.Costs.Pages)}
		}},
	}
}

// measure runs parts, and prints the tables of each when it is done.
func measure(ctx context.Context, w io.Writer, project string, chosen []part, s sizes) (report, error) {
	r := report{Machine: thisMachine(project)}
	if _, err := fmt.Fprintf(w, "%s\n", r.Machine); err != nil {
		return r, err
	}
	for _, p := range chosen {
		if err := p.measure(ctx, project, s, &r); err != nil {
			return r, fmt.Errorf("%s: %w", p.name, err)
		}
		for _, t := range p.tables(r) {
			if _, err := fmt.Fprintf(w, "\n%s\n\n%s", t.title, t); err != nil {
				return r, err
			}
		}
	}
	return r, nil
}
