// Package throughput compares the requests that the whole local stack answers in a second with
// what its engine, DynamoDB Local, does alone with the same calls.
package throughput

import (
	"cmp"
	"context"
	"net/http"
	"runtime"
	"slices"
	"time"

	"scimserver/infra/local/stack"
	"scimserver/shared/testkit/canned"

	"scimbench/process"
)

// Row is an operation. Stack counts the requests in a second from HTTP client to HTTP client:
// API Gateway's part, the authorizer's cached answer, the function's process, the check of the
// function's policy and the engine. Engine counts them if the calls that the functions made
// are sent to the engine again, for another table, as recorded. Both run on this machine at
// the same concurrency.
type Row struct {
	Operation string  `json:"operation"`
	Stack     float64 `json:"stackPerSecond"`
	Engine    float64 `json:"enginePerSecond"`
	Calls     float64 `json:"callsPerRequest"`
	// FunctionCPU and EngineCPU are what the function's processes and the engine use for a
	// request to the stack, on average.
	FunctionCPU time.Duration `json:"functionCpuNs"`
	EngineCPU   time.Duration `json:"engineCpuNs"`
}

// Share is the stack's rate divided by the rate of the engine alone.
func (r Row) Share() float64 { return r.Stack / r.Engine }

// Effort says how many users each round creates, reads and changes.
type Effort struct{ Users, Rounds int }

// run is a running stack beside an empty table in the same engine.
type run struct {
	client
	recorder recorder
	engine   engine
	workers  int
	sent     int // calls to the engine alone
}

// Run starts a stack, and measures the medians of some rounds.
func Run(ctx context.Context, e Effort) ([]Row, error) {
	b := &run{workers: 2 * runtime.NumCPU()}
	o := stack.Options{
		Name: "bench", Lasting: true, MaxProcesses: b.workers, Transport: b.recorder.transport,
		NoStream: true, NoSchedule: true,
	}
	s, err := stack.Start(ctx, o)
	if err != nil {
		return nil, err
	}
	defer s.Stop()
	o.Name, o.Engine, o.Transport = "bench-engine", s.EngineEndpoint(), nil
	other, err := stack.Start(ctx, o) // for its table
	if err != nil {
		return nil, err
	}
	defer other.Stop()
	b.client = client{s, &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: b.workers}}}
	b.engine = engine{url: s.EngineEndpoint(), from: s.TableName(), to: other.TableName()}
	if _, err := b.round(ctx, 0, max(e.Users/5, b.workers)); err != nil { // starts processes, and warms the engine
		return nil, err
	}
	var rounds [][]Row
	for i := range e.Rounds {
		rows, err := b.round(ctx, i+1, e.Users)
		if err != nil {
			return nil, err
		}
		rounds = append(rounds, rows)
	}
	return medians(rounds), nil
}

// round creates users, reads each and changes each; the engine alone follows after each step.
func (b *run) round(ctx context.Context, round, users int) ([]Row, error) {
	ids := make([]string, users)
	steps := []struct {
		name string
		do   func(i int) error
	}{
		{"create a user", func(i int) (err error) {
			ids[i], err = b.send(ctx, http.MethodPost, "/Users", user(round, i))
			return err
		}},
		{"get a user", func(i int) error {
			_, err := b.send(ctx, http.MethodGet, "/Users/"+ids[i], "")
			return err
		}},
		{"change a user by PATCH", func(i int) error {
			_, err := b.send(ctx, http.MethodPatch, "/Users/"+ids[i], canned.PatchUser)
			return err
		}},
	}
	var rows []Row
	for _, step := range steps {
		row, err := b.requests(users, step.do)
		if err != nil {
			return nil, err
		}
		row.Operation = step.name
		if err := b.replay(ctx, users, &row); err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// requests sends requests to the stack.
func (b *run) requests(n int, do func(i int) error) (Row, error) {
	b.recorder.take()
	function, engine, err := b.used()
	if err != nil {
		return Row{}, err
	}
	took, err := each(n, b.workers, do)
	if err != nil {
		return Row{}, err
	}
	functionAfter, engineAfter, err := b.used()
	return Row{
		Stack:       float64(n) / took.Seconds(),
		FunctionCPU: (functionAfter - function) / time.Duration(n),
		EngineCPU:   (engineAfter - engine) / time.Duration(n),
	}, err
}

// used returns the processor time of the function and of the engine until now.
func (b *run) used() (ofFunction, ofEngine time.Duration, err error) {
	if ofFunction, err = process.CPUTime(b.stack.Pids(function)...); err != nil {
		return 0, 0, err
	}
	ofEngine, err = process.CPUTime(b.stack.EnginePid())
	return ofFunction, ofEngine, err
}

// replay sends the recorded calls of some requests to the engine again.
func (b *run) replay(ctx context.Context, requests int, row *Row) error {
	calls := b.recorder.take()
	for i := range calls {
		b.sent++
		calls[i] = b.engine.rewritten(calls[i], b.sent)
	}
	took, err := each(len(calls), b.workers, func(i int) error { return b.engine.send(ctx, b.http, calls[i]) })
	row.Engine, row.Calls = float64(requests)/took.Seconds(), float64(len(calls))/float64(requests)
	return err
}

// medians returns the round whose share is the median, for each operation, with the average
// processor times of all rounds: those of one round are too short for the resolution of the system's clock.
func medians(rounds [][]Row) []Row {
	rows := make([]Row, len(rounds[0]))
	for i := range rows {
		var all []Row
		var ofFunction, ofEngine time.Duration
		for _, round := range rounds {
			all = append(all, round[i])
			ofFunction, ofEngine = ofFunction+round[i].FunctionCPU, ofEngine+round[i].EngineCPU
		}
		slices.SortFunc(all, func(a, b Row) int { return cmp.Compare(a.Share(), b.Share()) })
		rows[i] = all[len(all)/2]
		rows[i].FunctionCPU = ofFunction / time.Duration(len(rounds))
		rows[i].EngineCPU = ofEngine / time.Duration(len(rounds))
	}
	return rows
}
