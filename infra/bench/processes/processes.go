// Package processes measures what a request costs in the function's own process, with its
// connections to Lambda's Runtime API and to DynamoDB.
package processes

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"scimserver/shared/testkit/canned"

	"scimbench/deployed"
	"scimbench/median"
	"scimbench/process"
	"scimbench/service"
)

// Row is a request, with the medians of several processes. DynamoDB's answers come from a stub on
// this machine, so Time does not include the work of a database.
type Row struct {
	Operation string        `json:"operation"`
	Time      time.Duration `json:"timeNs"`
	CPU       time.Duration `json:"cpuNs"`
	// OneThread is the CPU time of a process that runs Go code on one thread at a time.
	OneThread time.Duration `json:"cpuOneThreadNs"`
}

// Effort says how many requests each process handles, and how many processes there are.
type Effort struct{ Requests, Rounds int }

// function is the function that handles the requests.
const function = "users"

// bench is the program, and where it finds its table.
type bench struct {
	program string
	env     []string
	effort  Effort
}

// sample is what a request costs in one process.
type sample struct{ time, cpu time.Duration }

// Run measures all requests.
func Run(ctx context.Context, project string, e Effort) ([]Row, error) {
	out, err := os.MkdirTemp("", "processes-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(out) }()
	doc, err := service.StoredUser(canned.User)
	if err != nil {
		return nil, err
	}
	table, err := process.ServeTable(doc.JSON())
	if err != nil {
		return nil, err
	}
	defer table.Stop()
	f, err := find(project, "http://"+table.Address)
	if err != nil {
		return nil, err
	}
	if err := deployed.Compile(ctx, project, out, f); err != nil {
		return nil, err
	}
	b := bench{f.Program(out), f.Env, e}
	var rows []Row
	for _, r := range canned.Requests() {
		row, err := b.request(ctx, r)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.Name, err)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// find returns the function.
func find(project, endpoint string) (deployed.Function, error) {
	all, err := deployed.Functions(project, endpoint)
	if err != nil {
		return deployed.Function{}, err
	}
	for _, f := range all {
		if f.Name == function {
			return f, nil
		}
	}
	return deployed.Function{}, fmt.Errorf("the template has no function in a folder %s", function)
}

// request measures a request in several processes, alternately with and without threads.
func (b bench) request(ctx context.Context, r canned.Request) (Row, error) {
	event, err := json.Marshal(service.Event(r))
	if err != nil {
		return Row{}, err
	}
	var usual, single []sample
	for range b.effort.Rounds {
		s, err := b.sample(ctx, event, b.env)
		if err != nil {
			return Row{}, err
		}
		usual = append(usual, s)
		if s, err = b.sample(ctx, event, append(b.env, "GOMAXPROCS=1")); err != nil {
			return Row{}, err
		}
		single = append(single, s)
	}
	cpu := func(s sample) time.Duration { return s.cpu }
	return Row{
		Operation: r.Name, Time: median.Of(usual, func(s sample) time.Duration { return s.time }),
		CPU: median.Of(usual, cpu), OneThread: median.Of(single, cpu),
	}, nil
}

// sample starts a process and measures its requests after the first ones.
func (b bench) sample(ctx context.Context, event []byte, env []string) (sample, error) {
	p, _, err := process.Start(ctx, b.program, env, event)
	if err != nil {
		return sample{}, err
	}
	defer p.End()
	if err := p.Handle(b.effort.Requests/10 + 1); err != nil {
		return sample{}, err
	}
	before, err := process.CPUTime(p.Pid())
	if err != nil {
		return sample{}, err
	}
	begin, n := time.Now(), time.Duration(b.effort.Requests)
	if err := p.Handle(b.effort.Requests); err != nil {
		return sample{}, err
	}
	took := time.Since(begin)
	after, err := process.CPUTime(p.Pid())
	return sample{took / n, (after - before) / n}, err
}
