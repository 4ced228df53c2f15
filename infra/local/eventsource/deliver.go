package eventsource

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// longestPause bounds the pause between two attempts at a batch.
const longestPause = 30 * time.Second

// record is a record of the stream that passed the filters.
type record struct {
	sequence string
	created  time.Time
	json     json.RawMessage
}

// deliver sends a batch to the function until every record is handled or discarded. When
// ctx ends first, the rest is left.
func (m *Mapping) deliver(ctx context.Context, batch []record, tries int) {
	for pause := m.pause; ctx.Err() == nil; pause = min(2*pause, longestPause) {
		if batch = m.dropOld(batch); len(batch) == 0 {
			return
		}
		rest, err := m.invoke(ctx, batch)
		if len(rest) == 0 || ctx.Err() != nil {
			return
		}
		sleep(ctx, pause)
		if err != nil && m.properties.BisectBatchOnFunctionError && len(batch) > 1 {
			// Splitting a batch does not count as an attempt.
			m.deliver(ctx, batch[:len(batch)/2], tries)
			m.deliver(ctx, batch[len(batch)/2:], tries)
			return
		}
		batch = rest
		tries++
		if limit := m.properties.MaximumRetryAttempts; limit >= 0 && tries > limit {
			m.giveUp(batch, fmt.Sprintf("%d tries failed", tries))
			return
		}
	}
}

// invoke calls the function once and returns the records to be sent again: from the first
// failed record on, or all of them with the reason.
func (m *Mapping) invoke(ctx context.Context, batch []record) (rest []record, err error) {
	event := struct{ Records []json.RawMessage }{}
	for _, r := range batch {
		event.Records = append(event.Records, r.json)
	}
	data, err := json.Marshal(event)
	if err != nil {
		return batch, err
	}
	answer, err := m.function.Invoke(ctx, data)
	if err != nil {
		return batch, err
	}
	if !m.partial() {
		return nil, nil
	}
	return remaining(answer, batch)
}

var errReport = errors.New("the function's report of failed records does not fit the batch")

// remaining returns the records from the first failed one on. An empty answer means that none
// failed. An identifier that is not in the batch means that all failed.
func remaining(answer []byte, batch []record) ([]record, error) {
	var report struct {
		BatchItemFailures []struct {
			ItemIdentifier *string `json:"itemIdentifier"`
		} `json:"batchItemFailures"`
	}
	if len(answer) > 0 {
		if err := json.Unmarshal(answer, &report); err != nil {
			return batch, fmt.Errorf("%w: %w", errReport, err)
		}
	}
	first := len(batch)
	for _, f := range report.BatchItemFailures {
		i := slices.IndexFunc(
			batch,
			func(r record) bool { return f.ItemIdentifier != nil && r.sequence == *f.ItemIdentifier },
		)
		if i < 0 {
			return batch, errReport
		}
		first = min(first, i)
	}
	return batch[first:], nil
}

// dropOld discards the records that exceed the mapping's maximum age.
func (m *Mapping) dropOld(batch []record) []record {
	maxAge := m.properties.MaximumRecordAgeInSeconds
	if maxAge < 0 {
		return batch
	}
	oldest := time.Now().Add(-time.Duration(maxAge) * time.Second)
	isYoung := func(r record) bool { return r.created.After(oldest) }
	young := slices.IndexFunc(batch, isYoung)
	if young < 0 {
		young = len(batch)
	}
	m.giveUp(batch[:young], "older than the mapping takes")
	return batch[young:]
}

// giveUp logs for each discarded record where AWS would send it.
func (m *Mapping) giveUp(batch []record, why string) {
	where := "dropped, because the mapping names no destination"
	if queue := m.properties.DestinationConfig.OnFailure.Destination; queue != "" {
		where = "dead letter to " + queue
	}
	for _, r := range batch {
		_, _ = fmt.Fprintf(m.log, "stream | %s: record %s: %s: %s\n", m.Name, r.sequence, why, where)
	}
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
