// Package starts measures how the programs of the functions start: from the start of the
// process until it asks the Lambda Runtime API for its first event.
package starts

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"scimserver/infra/local/build"
	"scimserver/shared/testkit/command"

	"scimbench/deployed"
	"scimbench/median"
	"scimbench/process"
)

// Row is the start of a function: medians of several starts. Functions that read the table's
// settings when they start make one call, which is answered at once.
type Row struct {
	Function string        `json:"function"`
	Wall     time.Duration `json:"wallNs"`
	CPU      time.Duration `json:"cpuNs"`
	Memory   int64         `json:"memoryBytes"` // resident, at most
	Program  int64         `json:"programBytes"`
}

// empty is the folder and the name of the function that does nothing.
const empty = "empty"

// candidate is a program whose start is measured.
type candidate struct {
	name, program string
	env           []string
}

// start is what one start of a process took.
type start struct {
	wall, cpu time.Duration
	memory    int64
}

// Run starts each function of the project several times. The functions take turns. The first row is
// the empty function's.
func Run(ctx context.Context, project string, times int) ([]Row, error) {
	out, err := os.MkdirTemp("", "starts-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(out) }()
	table, err := process.ServeTable("{}")
	if err != nil {
		return nil, err
	}
	defer table.Stop()
	candidates, err := compile(ctx, project, out, "http://"+table.Address)
	if err != nil {
		return nil, err
	}
	starts := make([][]start, len(candidates))
	for range times {
		for i, c := range candidates {
			s, err := c.start(ctx)
			if err != nil {
				return nil, fmt.Errorf("start of function %s: %w", c.name, err)
			}
			starts[i] = append(starts[i], s)
		}
	}
	rows := make([]Row, len(candidates))
	for i, c := range candidates {
		if rows[i], err = c.row(starts[i]); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// compile builds the functions as they are deployed, and the empty one in the same way.
func compile(ctx context.Context, project, out, endpoint string) ([]candidate, error) {
	functions, err := deployed.Functions(project, endpoint)
	if err != nil {
		return nil, err
	}
	if err := deployed.Compile(ctx, project, out, functions...); err != nil {
		return nil, err
	}
	flags, err := build.Flags(filepath.Join(project, "Makefile"))
	if err != nil {
		return nil, err
	}
	all := []candidate{{empty, build.Path(out, empty), functions[0].Env}}
	cmd := command.Limited(ctx, 5*time.Minute, "go", "build", "-o", all[0].program, "./"+empty)
	cmd.Dir, cmd.Env = filepath.Join(project, "infra", "bench"), append(os.Environ(), flags...)
	if printed, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build the empty function: %w\n%s", err, printed)
	}
	for _, f := range functions {
		all = append(all, candidate{f.Name, f.Program(out), f.Env})
	}
	return all, nil
}

// start starts the program, and ends it when it asks for its first event.
func (c candidate) start(ctx context.Context) (start, error) {
	p, wall, err := process.Start(ctx, c.program, c.env, nil)
	if err != nil {
		return start{}, err
	}
	memory, err := process.Memory(p.Pid())
	return start{wall, p.End(), memory}, err
}

func (c candidate) row(starts []start) (Row, error) {
	info, err := os.Stat(c.program)
	if err != nil {
		return Row{}, err
	}
	return Row{
		Function: c.name, Program: info.Size(),
		Wall:   median.Of(starts, func(s start) time.Duration { return s.wall }),
		CPU:    median.Of(starts, func(s start) time.Duration { return s.cpu }),
		Memory: median.Of(starts, func(s start) int64 { return s.memory }),
	}, nil
}
