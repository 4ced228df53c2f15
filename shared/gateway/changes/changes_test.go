package changes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"scimserver/shared/directory"
)

// finisher records the calls that it gets. It fails for the keys in fails, and for "slow" when the time is up.
type finisher struct {
	logged  []directory.StreamChange
	settled []directory.StreamChange
	unable  error // to log
	told    []directory.StreamRecord
	untold  map[int]error
	fails   map[string]error
	noticed []string
	swept   error
	unready error
	left    time.Duration
}

func (f *finisher) Ready(context.Context) error { return f.unready }

func (f *finisher) WriteLog(_ context.Context, all []directory.StreamChange) error {
	f.logged = append(f.logged, all...)
	return f.unable
}

func (f *finisher) CloseConflicts(_ context.Context, all []directory.StreamChange) error {
	f.settled = append(f.settled, all...)
	return nil
}

func (f *finisher) WriteEvents(_ context.Context, records []directory.StreamRecord) (int, map[int]error) {
	f.told = append(f.told, records...)
	return len(records), f.untold
}

func (f *finisher) EnqueueUnfinished(ctx context.Context, pk, sk string) error {
	f.noticed = append(f.noticed, pk+"/"+sk)
	if sk == "slow" {
		<-ctx.Done()
		return ctx.Err()
	}
	return f.fails[sk]
}

func (f *finisher) Sweep(ctx context.Context) (int, error) {
	deadline, _ := ctx.Deadline()
	f.left = time.Until(deadline)
	return 3, f.swept
}

// record is a stream record of an item whose new image has an attribute; "" means none.
func record(number int, sk, attribute string) string {
	image := ""
	if attribute != "" {
		image = fmt.Sprintf(`"NewImage":{"PK":{"S":"T#acme#GROUP"},"SK":{"S":%q},%q:{"S":"x"}},`, sk, attribute)
	}
	return fmt.Sprintf(`{"eventName":"MODIFY","dynamodb":{"Keys":{"PK":{"S":"T#acme#GROUP"},"SK":{"S":%q}},`+
		`%s"SequenceNumber":"%d"}}`, sk, image, number)
}

func stream(records ...string) string { return `{"Records":[` + strings.Join(records, ",") + `]}` }

const schedule = `{"version":"0","detail-type":"Scheduled Event","source":"aws.events","detail":{}}`

// call invokes the function and returns its response to Lambda, and its log.
func call(t *testing.T, f *finisher, event string, timeout time.Duration) (answer, log string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	var lines strings.Builder
	out, err := Handler(f, nil, slog.New(slog.NewJSONHandler(&lines, nil)))(ctx, json.RawMessage(event))
	data, jsonErr := json.Marshal(out)
	if jsonErr != nil {
		t.Fatal(jsonErr)
	}
	if n := strings.Count(lines.String(), "\n"); n != 1 {
		t.Errorf("%d log lines, want one: %s", n, lines.String())
	}
	return string(data), lines.String(), err
}

func TestMarksAreNoticed(t *testing.T) {
	f := &finisher{}
	answer, log, err := call(t, f, stream(
		record(1, "g1", "pending"), record(2, "g2", "members"), record(3, "u1", "deleting"), record(4, "g3", "")),
		time.Minute)
	if err != nil || answer != `{"batchItemFailures":[]}` {
		t.Errorf("%s, %v", answer, err)
	}
	if want := []string{"T#acme#GROUP/g1", "T#acme#GROUP/u1"}; !reflect.DeepEqual(f.noticed, want) {
		t.Errorf("noticed %v, want %v", f.noticed, want)
	}
	if strings.Contains(log, "u1") || strings.Contains(log, "acme") ||
		!strings.Contains(log, `"trigger":"stream","records":4,"provisioned":0,"events":4,"pushed":0,"failed":0`) {
		t.Errorf("log %s", log)
	}
}

func TestTheFirstFailureIsTheCheckpoint(t *testing.T) {
	f := &finisher{fails: map[string]error{"g2": errors.New("broken"), "g3": errors.New("broken too")}}
	answer, log, err := call(t, f, stream(
		record(1, "g1", "pending"), record(2, "g2", "pending"), record(3, "g3", "pending"), record(4, "g4", "pending")),
		time.Minute)
	if err != nil || answer != `{"batchItemFailures":[{"itemIdentifier":"2"}]}` {
		t.Errorf("%s, %v", answer, err)
	}
	if len(f.noticed) != 4 {
		t.Errorf("noticed %v: one failure kept others from their turn", f.noticed)
	}
	if !strings.Contains(log, `"level":"ERROR"`) || !strings.Contains(log, `"failed":2`) ||
		!strings.Contains(log, `"error":"broken"`) {
		t.Errorf("log %s", log)
	}
}

func TestRecordsThatTheTimeDoesNotAllowComeAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &finisher{}
		answer, _, err := call(t, f, stream(
			record(1, "g1", "pending"), record(2, "slow", "pending"), record(3, "g3", "pending")), time.Minute)
		if err != nil || answer != `{"batchItemFailures":[{"itemIdentifier":"2"}]}` || len(f.noticed) != 2 {
			t.Errorf("%s, %v, noticed %v", answer, err, f.noticed)
		}
	})
}

func TestARecordWithoutKeysFails(t *testing.T) {
	answer, _, err := call(t, &finisher{},
		stream(`{"dynamodb":{"Keys":{"PK":{"N":"1"}},"NewImage":{"deleting":{"S":"x"}},"SequenceNumber":"7"}}`),
		time.Minute)
	if err != nil || answer != `{"batchItemFailures":[{"itemIdentifier":"7"}]}` {
		t.Errorf("%s, %v", answer, err)
	}
}

func TestScheduleSweeps(t *testing.T) {
	f := &finisher{}
	answer, log, err := call(t, f, schedule, time.Minute)
	if err != nil || answer != "null" || !strings.Contains(log, `"trigger":"schedule"`) ||
		!strings.Contains(log, `"finished":3`) {
		t.Errorf("%s, %v, log %s", answer, err, log)
	}
	if f.left > time.Minute-500*time.Millisecond {
		t.Errorf("the sweep has %v, which leaves no time to answer", f.left)
	}
	f.swept = errors.New("no table")
	if _, log, err := call(t, f, schedule, time.Minute); err != f.swept ||
		!strings.Contains(log, `"error":"no table"`) {
		t.Errorf("%v, log %s", err, log)
	}
}

func TestChangesRefuses(t *testing.T) {
	for name, event := range map[string]string{
		"another event": `{"httpMethod":"GET"}`, "no object": `[]`,
		"broken records": `{"Records":[{"dynamodb":1}]}`,
	} {
		if _, _, err := call(t, &finisher{}, event, time.Minute); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
	f := &finisher{unready: errors.New("another table")}
	if _, _, err := call(t, f, stream(record(1, "g1", "pending")), time.Minute); err != f.unready ||
		len(f.noticed) > 0 {
		t.Errorf("%v, noticed %v", err, f.noticed)
	}
}
