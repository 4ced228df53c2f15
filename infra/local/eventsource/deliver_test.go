package eventsource

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// batchOf makes records with the numbers 1, 2, ...; each says what its function does.
func batchOf(t *testing.T, orders ...string) []record {
	t.Helper()
	var batch []record
	for i, do := range orders {
		n := strconv.Itoa(i + 1)
		r := record{sequence: n, created: time.Now(), json: json.RawMessage(fmt.Sprintf(
			`{"eventName":"MODIFY","dynamodb":{"Keys":{"PK":{"S":"k"}},"NewImage":{"do":{"S":%q}},`+
				`"SequenceNumber":%q}}`, do, n))}
		if do == "old" {
			r.created = time.Now().Add(-2 * time.Hour)
		}
		batch = append(batch, r)
	}
	return batch
}

func TestDeliver(t *testing.T) {
	r := newRig(t)
	for _, c := range []struct {
		name   string
		orders string
		change func(*mappingProperties)
		calls  string // see sequences
		given  string // up, in this order
	}{
		{"one call does it", "go go go", nil, "1 2 3", ""},
		{"halves find the one that fails, which is tried three times", "go go fail go", nil, "1 2 3 4|1 2|3 4|3|3|3|4",
			"3"},
		{"a process that ends is an error like any", "exit", nil, "1|1|1", "1"},
		{"without halves all are lost", "go fail", func(p *mappingProperties) {
			p.BisectBatchOnFunctionError = false
		}, "1 2|1 2|1 2", "1 2"},
		{"from the first that is reported", "go report go report", nil, "1 2 3 4|2 3 4|2 3 4", "2 3 4"},
		{"a report of no such record is an error", "go report_another", nil, "1 2|1|2|2|2", "2"},
		{"reports that the template does not ask for", "report", func(p *mappingProperties) {
			p.FunctionResponseTypes = nil
		}, "1", ""},
		{"no retries", "fail", func(p *mappingProperties) { p.MaximumRetryAttempts = 0 }, "1", "1"},
		{"old records", "old go", nil, "2", "1"},
		{"nothing but old records", "old old", nil, "", "1 2"},
		{"no age", "old", func(p *mappingProperties) { p.MaximumRecordAgeInSeconds = -1 }, "1", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := *r.Mappings[0]
			if c.change != nil {
				c.change(&m.properties)
			}
			r.log.Reset()
			m.deliver(t.Context(), batchOf(t, strings.Fields(c.orders)...), 0)
			if got := r.sequences(); got != c.calls {
				t.Errorf("the calls are %s, want %s", got, c.calls)
			}
			if got := givenUp(t, r.log.String()); got != c.given {
				t.Errorf("given up are %s, want %s; the log says %s", got, c.given, r.log)
			}
		})
	}
}

// givenUp reads the numbers of the records that would go to the queue.
func givenUp(t *testing.T, log string) string {
	t.Helper()
	line := regexp.MustCompile(`^stream \| Fn\.Marks: record (\d+): .+: ` +
		`dead letter to arn:aws:sqs:eu-central-1:000000000000:app-Letters\n$`)
	var all []string
	for l := range strings.Lines(log) {
		m := line.FindStringSubmatch(l)
		if m == nil {
			t.Errorf("the log says %q", l)
			continue
		}
		all = append(all, m[1])
	}
	return strings.Join(all, " ")
}

func TestWithoutADestinationRecordsAreDropped(t *testing.T) {
	r := newRig(t)
	m := r.Mappings[0]
	m.properties.DestinationConfig.OnFailure.Destination = ""
	m.deliver(t.Context(), batchOf(t, "old"), 0)
	if !strings.Contains(r.log.String(), "record 1: older than the mapping takes: dropped") {
		t.Errorf("the log says %s", r.log)
	}
}
