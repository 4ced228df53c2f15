package stack

import (
	"context"
	"fmt"

	"scimserver/infra/local/eventsource"
	"scimserver/infra/local/journal"
)

// readSources returns the streams and schedules that invoke functions.
func (s *Stack) readSources() (err error) {
	find := func(id string) eventsource.Function { return s.functions[id] }
	s.sources, err = eventsource.Read(s.template, s.deployed, find, s.options.Log)
	if err != nil || s.options.NoStream {
		return err
	}
	for _, m := range s.sources.Mappings {
		s.journal.Subscribe(m.Table, m.Take)
	}
	return nil
}

// newJournal returns the journal of the tables that are declared with a stream.
func (s *Stack) newJournal() *journal.Journal {
	keys := map[string][]string{}
	for _, t := range s.tables {
		if t.Streamed() {
			keys[t.Name] = t.Keys()
		}
	}
	item := func(ctx context.Context, table string, key map[string]any) (map[string]any, error) {
		return s.proxy.Item(ctx, table, key)
	}
	return journal.New(keys, item, s.options.Log)
}

// feed starts the streams and schedules of the template.
func (s *Stack) feed(ctx context.Context) {
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	s.endSources = end
	if !s.options.NoStream {
		s.feeding.Go(func() { s.journal.Run(life) })
		for _, m := range s.sources.Mappings {
			s.feeding.Go(func() { m.Run(life) })
		}
	}
	if !s.options.NoSchedule {
		for _, schedule := range s.sources.Schedules {
			s.feeding.Go(func() { schedule.Run(life) })
		}
	}
}

// stopSources stops the streams and schedules. A running invocation is left to its
// function.
func (s *Stack) stopSources() {
	if s.endSources != nil {
		s.endSources()
	}
	s.feeding.Wait()
}

// RunSchedules makes each invocation of the schedules now, one after the other, even if
// schedules are switched off.
func (s *Stack) RunSchedules(ctx context.Context) error {
	for _, schedule := range s.sources.Schedules {
		if err := schedule.Call(ctx); err != nil {
			return fmt.Errorf("%s: %w", schedule.Name, err)
		}
	}
	return nil
}
