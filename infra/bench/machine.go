package main

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strings"
	"time"

	"scimserver/shared/testkit/command"
)

// machine says where and when a run was made, and of which source.
type machine struct {
	CPU    string `json:"cpu"`
	Cores  int    `json:"cores"`
	System string `json:"system"`
	Go     string `json:"go"`
	Commit string `json:"commit"`
	Date   string `json:"date"`
	// Load is the average number of processes that wanted to run, over the minute before the run.
	Load string `json:"load"`
}

const unknown = "unknown"

func thisMachine(project string) machine {
	return machine{
		CPU:    firstMatch("/proc/cpuinfo", `(?m)^model name\s*: (.*)$`),
		Load:   firstMatch("/proc/loadavg", `^(\S+)`),
		Commit: commit(project),
		Cores:  runtime.NumCPU(), System: runtime.GOOS + "/" + runtime.GOARCH, Go: runtime.Version(),
		Date: time.Now().UTC().Format(time.DateOnly),
	}
}

// String describes the machine and the run in one line.
func (m machine) String() string {
	return fmt.Sprintf("%s, %d cores, %s, %s, commit %s, %s, load %s before the run",
		m.CPU, m.Cores, m.System, m.Go, m.Commit, m.Date, m.Load)
}

// firstMatch returns the group of a pattern in a file, which not every system has.
func firstMatch(file, pattern string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return unknown
	}
	if m := regexp.MustCompile(pattern).FindSubmatch(text); m != nil {
		return string(m[1])
	}
	return unknown
}

func commit(project string) string {
	cmd := command.Limited(context.Background(), time.Minute, "git", "describe", "--always", "--dirty")
	cmd.Dir = project
	out, err := cmd.Output()
	if err != nil {
		return unknown
	}
	return strings.TrimSpace(string(out))
}
