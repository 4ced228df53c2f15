package verify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"sync"

	"golang.org/x/sync/errgroup"

	"scimserver/shared/table"
)

// matcher compares the facts. Meanwhile, suspicions are checked in the background.
type matcher struct {
	checker *checker
	o       Options
	work    *errgroup.Group
	ctx     context.Context // of the checks
	present resource        // the last group or team whose own fact was seen

	mu      sync.Mutex // guards the fields below
	report  Report
	checked int
	kept    map[Kind]int
	seen    map[string]bool // kinds and subjects of the findings in the report
}

// parallel is the maximum number of suspicions that are checked at the same time.
const parallel = 16

func newMatcher(ctx context.Context, c *checker, o Options, w *walk) *matcher {
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(parallel)
	return &matcher{
		checker: c, o: o, work: work, ctx: ctx, report: newReport(&w.state),
		kept: map[Kind]int{}, seen: map[string]bool{},
	}
}

func (m *matcher) match(w *walk) error {
	err := w.sorter.each(func(key string, texts iter.Seq[string]) {
		if m.ctx.Err() != nil {
			return
		}
		switch rest := key[1:]; key[:1] {
		case claimCheck:
			m.matchClaims(rest, texts)
		case nameCheck:
			m.matchName(rest, texts)
		case lookupCheck:
			m.matchLookup(rest, texts)
		case edgeCheck:
			m.matchEdge(rest, texts)
		case teamCheck:
			m.matchTeam(rest, texts)
		case idCheck:
			m.matchID(rest, texts)
		case nestCheck:
			m.matchNesting(rest, texts)
		case directCheck:
			m.matchDirect(texts)
		}
	})
	for _, s := range w.state.Counts.suspicions() {
		m.check(s)
	}
	return err
}

// matchDirect reports the findings about one item alone.
func (m *matcher) matchDirect(texts iter.Seq[string]) {
	for text := range texts {
		var f Finding
		_ = json.Unmarshal([]byte(text), &f) // the text comes from json.Marshal
		m.add(text, f)
	}
}

// finish waits for the checks.
func (m *matcher) finish() error {
	err := m.work.Wait()
	m.report.sort()
	return err
}

// check checks a suspicion in the background.
func (m *matcher) check(s subject) {
	m.work.Go(func() error {
		found, err := s.check(m.ctx, m.checker)
		if busy, ok := errors.AsType[busyError](err); ok {
			m.unchecked(busy.Error())
			err = nil
		}
		if err != nil {
			return err
		}
		if m.o.Repair {
			found, err = m.repair(s, found)
		}
		for _, f := range found {
			m.add(fmt.Sprintf("%T %v", s, s), f)
		}
		m.progress()
		return err
	})
}

// repair carries out the repairs. If the items have changed since they were read, the
// suspicion is checked again.
func (m *matcher) repair(s subject, found []Finding) ([]Finding, error) {
	for range table.MaxAttempts {
		changed := false
		for i := range found {
			f := &found[i]
			if f.writes == nil || f.Repaired {
				continue
			}
			err := m.checker.db.Transact(m.ctx, func(table.Stamp) []table.Write { return f.writes })
			switch {
			case table.FailedConditions(err) != nil:
				changed = true
			case err != nil:
				return found, fmt.Errorf("repair: %w", err)
			default:
				f.Repaired = true
			}
		}
		if !changed {
			return found, nil
		}
		var err error
		if found, err = s.check(m.ctx, m.checker); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// add adds a finding about a subject to the report, unless another fact has led to the same
// finding before.
func (m *matcher) add(about string, f Finding) {
	m.mu.Lock()
	defer m.mu.Unlock()
	about = parts(string(f.Kind), about)
	if m.seen[about] {
		return
	}
	m.report.Number++
	if f.Repair != "" {
		m.report.Repairable++
	}
	if f.Repaired {
		m.report.Repaired++
	}
	if m.o.Keep == 0 || m.kept[f.Kind] < m.o.Keep {
		m.kept[f.Kind]++
		m.seen[about] = true
		m.report.Findings = append(m.report.Findings, f)
	}
}

func (m *matcher) unchecked(text string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.report.Unchecked = append(m.report.Unchecked, text)
}

func (m *matcher) progress() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.checked++
	if m.o.Progress != nil {
		m.o.Progress(Progress{Items: m.report.Items, Checking: true, Checked: m.checked})
	}
}
