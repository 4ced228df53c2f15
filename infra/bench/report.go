package main

import (
	"encoding/json"
	"os"

	"scimbench/costs"
	"scimbench/processes"
	"scimbench/requests"
	"scimbench/starts"
	"scimbench/throughput"
)

// report is the result of a run. Times are in nanoseconds.
type report struct {
	Machine    machine          `json:"machine"`
	Requests   []requests.Row   `json:"requests,omitempty"`
	Processes  []processes.Row  `json:"processes,omitempty"`
	Starts     []starts.Row     `json:"starts,omitempty"`
	Throughput []throughput.Row `json:"throughput,omitempty"`
	Costs      costs.Report     `json:"costs,omitzero"`
}

func (r report) save(file string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}
