// Package eventsource invokes functions as Lambda and EventBridge do: with the records of
// a table's stream, by the event source mappings of the template, and on schedules.
package eventsource

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"scimserver/infra/local/journal"
	"scimserver/infra/local/template"
)

// Function is a Lambda function.
type Function interface {
	Invoke(ctx context.Context, event []byte) ([]byte, error)
}

// Sources are the streams and schedules of a template that invoke functions.
type Sources struct {
	Mappings  []*Mapping
	Schedules []*Schedule
}

// Mapping is an event source mapping from a table's stream to a function.
type Mapping struct {
	Name  string // of the function and the event
	Table string

	properties mappingProperties
	filters    []pattern
	function   Function
	region     string
	log        io.Writer
	pause      time.Duration // before the first retry; doubles with each retry
	waiting    *journal.Queue[record]
}

// mappingProperties are the properties of an event of type DynamoDB.
type mappingProperties struct {
	Stream                         string
	StartingPosition               string
	BatchSize                      int
	MaximumBatchingWindowInSeconds int
	BisectBatchOnFunctionError     bool
	MaximumRetryAttempts           int
	MaximumRecordAgeInSeconds      int
	FunctionResponseTypes          []string
	FilterCriteria                 struct{ Filters []struct{ Pattern string } }
	DestinationConfig              struct {
		OnFailure struct{ Type, Destination string }
	}
}

// maxWaiting bounds the records that wait for the function, in bytes of their JSON.
const maxWaiting = 64 << 20

// firstPause is the pause before the first retry of a failed batch. AWS does not document
// its value.
const firstPause = 500 * time.Millisecond

// Read returns the streams and schedules of a template. invoke finds a function by its
// logical id. Discarded records are logged to log.
func Read(s *template.Stack, d template.Deployment, invoke func(id string) Function, log io.Writer) (*Sources, error) {
	all := &Sources{}
	for _, f := range s.OfType("AWS::Serverless::Function") {
		var p functionProperties
		if err := f.Decode(&p); err != nil {
			return nil, err
		}
		for name, e := range p.Events {
			source := source{
				name:       f.ID + "." + name,
				properties: e.Properties,
				function:   invoke(f.ID),
				deployed:   d,
				log:        log,
			}
			if err := all.add(source, e.Type, p); err != nil {
				return nil, f.Errorf("the event %s: %w", name, err)
			}
		}
	}
	return all, nil
}

type functionProperties struct {
	Events map[string]struct {
		Type       string
		Properties json.RawMessage
	}
	EventInvokeConfig struct{ MaximumRetryAttempts *int }
}

// source is an event of a function as the template declares it.
type source struct {
	name       string
	properties json.RawMessage
	function   Function
	deployed   template.Deployment
	log        io.Writer
}

func (all *Sources) add(s source, kind string, p functionProperties) error {
	switch kind {
	case "Api": // package apigateway's
		return nil
	case "DynamoDB":
		m, err := s.mapping()
		all.Mappings = append(all.Mappings, m)
		return err
	case "Schedule":
		if n := p.EventInvokeConfig.MaximumRetryAttempts; n == nil || *n != 0 {
			return fmt.Errorf(
				"the local stack repeats no asynchronous call: EventInvokeConfig.MaximumRetryAttempts must be 0",
			)
		}
		schedule, err := s.schedule()
		all.Schedules = append(all.Schedules, schedule)
		return err
	}
	return fmt.Errorf("the local stack does not know events of type %s", kind)
}

// decode refuses properties that the local stack does not support.
func (s source) decode(into any) error {
	d := json.NewDecoder(bytes.NewReader(s.properties))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("the local stack does not support it: %w", err)
	}
	return nil
}

var tableOfStream = regexp.MustCompile(`:table/([^/]+)/stream/`)

func (s source) mapping() (*Mapping, error) {
	m := &Mapping{
		Name: s.name, function: s.function, region: s.deployed.Region, log: s.log, pause: firstPause,
		waiting: journal.NewQueue[record](maxWaiting),
		// The defaults of the service.
		properties: mappingProperties{BatchSize: 100, MaximumRetryAttempts: -1, MaximumRecordAgeInSeconds: -1},
	}
	if err := s.decode(&m.properties); err != nil {
		return nil, err
	}
	return m, m.read()
}

// read checks the properties and sets the table and the filters.
func (m *Mapping) read() error {
	p := m.properties
	table := tableOfStream.FindStringSubmatch(p.Stream)
	switch {
	case table == nil:
		return fmt.Errorf("%q is not the stream of a table", p.Stream)
	case p.StartingPosition != "TRIM_HORIZON":
		return fmt.Errorf("the local stack does not know the starting position %q", p.StartingPosition)
	case len(p.FunctionResponseTypes) > 1 || len(p.FunctionResponseTypes) == 1 && !m.partial():
		return fmt.Errorf(
			"the local stack does not know the response types %s",
			strings.Join(p.FunctionResponseTypes, ", "),
		)
	}
	m.Table = table[1]
	for _, f := range p.FilterCriteria.Filters {
		parsed, err := parsePattern(f.Pattern)
		if err != nil {
			return err
		}
		m.filters = append(m.filters, parsed)
	}
	return nil
}

// partial reports whether the function returns the failed records of a batch.
func (m *Mapping) partial() bool {
	return slices.Contains(m.properties.FunctionResponseTypes, "ReportBatchItemFailures")
}
