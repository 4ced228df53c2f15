// Package starts measures how the programs of the functions start: from the start of the
// process until it asks the Lambda Runtime API for its first event.
package starts

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"scimserver/infra/local/build"

	"scimbench/median"
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

// Empty is the name of the function that does nothing.
const Empty = "empty"

// Run starts each function of the project several times, in turns. The first row is the empty
// function's.
func Run(ctx context.Context, project string, times int) ([]Row, error) {
	out, err := os.MkdirTemp("", "starts-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(out) }()
	names, err := compile(ctx, project, out)
	if err != nil {
		return nil, err
	}
	table, err := serveTable()
	if err != nil {
		return nil, err
	}
	defer table.stop()
	starts := make([][]start, len(names))
	for range times {
		for i, name := range names {
			s, err := measure(ctx, build.Path(out, name), environment(table.url))
			if err != nil {
				return nil, fmt.Errorf("start of function %s: %w", name, err)
			}
			starts[i] = append(starts[i], s)
		}
	}
	rows := make([]Row, len(names))
	for i, name := range names {
		info, err := os.Stat(build.Path(out, name))
		if err != nil {
			return nil, err
		}
		rows[i] = Row{
			Function: name, Program: info.Size(),
			Wall:   median.Of(starts[i], func(s start) time.Duration { return s.wall }),
			CPU:    median.Of(starts[i], func(s start) time.Duration { return s.cpu }),
			Memory: median.Of(starts[i], func(s start) int64 { return s.memory }),
		}
	}
	return rows, nil
}

// compile builds the functions as they are deployed, and the empty one in the same way.
func compile(ctx context.Context, project, out string) (names []string, err error) {
	folders, err := filepath.Glob(filepath.Join(project, "functions", "*"))
	if err != nil {
		return nil, err
	}
	names = []string{Empty}
	packages := make([]string, len(folders))
	for i, folder := range folders {
		names = append(names, filepath.Base(folder))
		packages[i] = "functions/" + filepath.Base(folder)
	}
	if err := build.Programs(ctx, project, packages, out); err != nil {
		return nil, err
	}
	flags, err := build.Flags(filepath.Join(project, "Makefile"))
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-o", build.Path(out, Empty), "./"+Empty)
	cmd.Dir, cmd.Env = filepath.Join(project, "infra", "bench"), append(os.Environ(), flags...)
	if printed, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build the empty function: %w\n%s", err, printed)
	}
	return names, nil
}

// environment has what Lambda and the template set.
func environment(endpoint string) []string {
	return []string{
		"AWS_REGION=eu-central-1", "AWS_ACCESS_KEY_ID=local", "AWS_SECRET_ACCESS_KEY=local",
		"AWS_ENDPOINT_URL=" + endpoint, "AWS_LAMBDA_FUNCTION_NAME=bench", "TABLE_NAME=t",
		"BASE_URL=https://scim.example.com/scim/v2", "EVENT_BUS_NAME=bus", "EVENT_SOURCE=scim.bench",
		"USAGE_PLAN=plan", "SETUP_PAGE=on", "SIGNING_SECRET=arn:aws:secretsmanager:eu-central-1:0:secret:s",
	}
}
