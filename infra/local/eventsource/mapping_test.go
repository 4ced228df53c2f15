package eventsource

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"scimserver/infra/local/lambda"
	"scimserver/infra/local/template"
	"scimserver/shared/testkit"
	"scimserver/shared/testkit/command"
	"scimserver/shared/testkit/ddblocal"
)

const programVariable = "EVENTSOURCE_TEST_PROGRAM"

// TestMain builds testdata/fn once.
func TestMain(m *testing.M) {
	if ddblocal.IsKeeper() {
		os.Exit(testkit.Run(m))
	}
	dir, err := os.MkdirTemp("", "eventsource-")
	if err != nil {
		panic(err)
	}
	path := filepath.Join(dir, "bootstrap")
	cmd := command.Limited(context.Background(), 5*time.Minute,
		"go", "build", "-tags", "lambda.norpc", "-o", path, "./testdata/fn")
	if out, err := cmd.CombinedOutput(); err != nil {
		panic(fmt.Sprintf("%v\n%s", err, out))
	}
	if err := os.Setenv(programVariable, path); err != nil {
		panic(err)
	}
	status := testkit.Run(m)
	_ = os.RemoveAll(dir)
	os.Exit(status)
}

// rig is testdata/app.yaml with testdata/fn as its function.
type rig struct {
	*testing.T
	*Sources
	calls string // file of the events that the function got
	asked int    // bytes of it, when it was last asked for
	log   *bytes.Buffer
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{T: t, calls: filepath.Join(t.TempDir(), "calls"), log: &bytes.Buffer{}}
	f := lambda.New(lambda.Config{
		Name: "fn", Program: os.Getenv(programVariable), Timeout: time.Minute, MaxProcesses: 1, Log: io.Discard,
		Env: []string{"CALLS=" + r.calls, "AWS_LAMBDA_FUNCTION_NAME=fn"},
	})
	t.Cleanup(f.Stop)
	var err error
	r.Sources, err = read(t, "testdata/app.yaml", f, r.log)
	if err != nil {
		t.Fatal(err)
	}
	r.Mappings[0].pause = time.Millisecond
	return r
}

func read(t *testing.T, file string, f Function, log *bytes.Buffer) (*Sources, error) {
	t.Helper()
	d := template.Deployment{StackName: "app", Region: "eu-central-1", AccountID: "000000000000"}
	s, err := template.Load(file, d)
	if err != nil {
		t.Fatal(err)
	}
	return Read(s, d, func(string) Function { return f }, log)
}

// events are those that the function got, since it was last asked.
func (r *rig) events() []events.DynamoDBEvent {
	r.Helper()
	data, err := os.ReadFile(r.calls)
	if err != nil && !os.IsNotExist(err) {
		r.Fatal(err)
	}
	data = data[r.asked : bytes.LastIndexByte(data, '\n')+1]
	r.asked += len(data)
	var all []events.DynamoDBEvent
	for line := range strings.Lines(string(data)) {
		var e events.DynamoDBEvent
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			r.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

// sequences are the numbers of the records of each event: "1 2|2".
func (r *rig) sequences() string {
	var all []string
	for _, e := range r.events() {
		var one []string
		for _, record := range e.Records {
			one = append(one, record.Change.SequenceNumber)
		}
		all = append(all, strings.Join(one, " "))
	}
	return strings.Join(all, "|")
}

func TestScheduleCallsTheFunction(t *testing.T) {
	r := newRig(t)
	if s := r.Schedules[0]; s.every != 2*time.Hour {
		t.Errorf("it runs every %v", s.every)
	}
	r.Schedules[0].every = 20 * time.Millisecond
	ctx, end := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { r.Schedules[0].Run(ctx); close(done) }()
	defer func() { end(); <-done }()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if data, _ := os.ReadFile(r.calls); bytes.Count(data, []byte("\n")) >= 2 {
			if !bytes.Contains(data, []byte(`"detail-type":"Scheduled Event","source":"aws.events",`+
				`"account":"000000000000"`)) {
				t.Errorf("the event is %s", data)
			}
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the function was not called twice")
		}
	}
}

func TestWhatCannotBeHonouredStopsWithItsLine(t *testing.T) {
	good, err := os.ReadFile("testdata/app.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"another event":       {"Type: Schedule", "Type: S3"},
		"another position":    {"TRIM_HORIZON", "LATEST"},
		"another property":    {"BatchSize: 2", "ParallelizationFactor: 2"},
		"another response":    {"ReportBatchItemFailures", "ReportNothing"},
		"no stream":           {"!GetAtt Table.StreamArn", "!GetAtt Table.Arn"},
		"a cron schedule":     {"rate(2 hours)", "cron(0 1 * * ? *)"},
		"repeated schedule":   {"MaximumRetryAttempts: 0", "MaximumRetryAttempts: 1"},
		"a number":            {`[{"exists":true}]`, `[1]`},
		"another rule":        {`[{"exists":true}]`, `[{"suffix":"x"}]`},
		"an old image":        {"NewImage", "OldImage"},
		"two rules in one":    {`[{"exists":true}]`, `[{"exists":true,"prefix":"x"}]`},
		"a filter of no JSON": {`'{"dynamodb"`, `'{dynamodb`},
		"a bare value":        {`[{"exists":true}]`, `true`},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "app.yaml")
			text := strings.Replace(string(good), change[0], change[1], 1)
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := read(t, file, nil, nil)
			if text == string(good) || err == nil || !strings.Contains(err.Error(), "app.yaml:7: Fn: the event ") {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

func TestPatterns(t *testing.T) {
	const there, gone = `{"a":{"b":{"S":[{"exists":true}]}}}`,
		`{"a":{"b":{"S":[{"exists":false}]},"c":[{"exists":true}]}}`
	const named = `{"a":{"b":{"S":[{"prefix":"TEAMOF#"},"ACCOUNT"]}}}`
	for _, c := range []struct {
		record   string
		patterns []string
		want     bool
	}{
		{`{"a":{"b":{"S":"x"}}}`, []string{there}, true},
		{`{"a":{"b":{"N":"1"}}}`, []string{there}, false},
		{`{"a":{"b":{"S":{"S":"x"}}}}`, []string{there}, false}, // only a leaf exists
		{`{"a":1}`, []string{there}, false},
		{`{"a":{"c":1}}`, []string{there, gone}, true},
		{`{"a":{"b":{"S":"x"},"c":1}}`, []string{gone}, false},
		{`{}`, []string{gone}, false},
		{`{"a":{"b":{"S":"TEAMOF#1"}}}`, []string{named}, true},
		{`{"a":{"b":{"S":"ACCOUNT"}}}`, []string{named}, true},
		{`{"a":{"b":{"S":"ACCOUNT#1"}}}`, []string{named}, false},
		{`{"a":{"b":{}}}`, []string{named}, false},
		{`{}`, nil, true},
	} {
		var filters []pattern
		for _, text := range c.patterns {
			p, err := parsePattern(text)
			if err != nil {
				t.Fatal(err)
			}
			filters = append(filters, p)
		}
		var record map[string]any
		if err := json.Unmarshal([]byte(c.record), &record); err != nil {
			t.Fatal(err)
		}
		if got := passes(filters, record); got != c.want {
			t.Errorf("%s through %v: %v, want %v", c.record, c.patterns, got, c.want)
		}
	}
}
