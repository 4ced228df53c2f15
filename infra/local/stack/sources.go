package stack

import (
	"context"
	"fmt"

	"scimserver/infra/local/eventsource"
	"scimserver/infra/local/journal"
)

// readSources finds the streams and schedules that call functions.
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

// newJournal makes the journal of the tables that are declared with a stream.
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

// feed starts the streams and schedules.
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

// stopSources ends the streams and schedules; a call that is under way is left to its function.
func (s *Stack) stopSources() {
	if s.endSources != nil {
		s.endSources()
	}
	s.feeding.Wait()
}

// RunSchedules makes every call now that schedules make, one after the other,
// whether schedules are switched off or not.
func (s *Stack) RunSchedules(ctx context.Context) error {
	for _, schedule := range s.sources.Schedules {
		if err := schedule.Call(ctx); err != nil {
			return fmt.Errorf("%s: %w", schedule.Name, err)
		}
	}
	return nil
}
