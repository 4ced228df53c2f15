package stack

import (
	"context"
	"errors"
	"fmt"

	"scimserver/infra/local/eventsource"
)

// readSources finds the streams and schedules that call functions.
func (s *Stack) readSources() (err error) {
	find := func(id string) eventsource.Function { return s.functions[id] }
	s.sources, err = eventsource.Read(s.template, s.deployed, find, s.options.Log)
	return err
}

// feed starts the streams and schedules.
func (s *Stack) feed(ctx context.Context) {
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	s.endSources = end
	if !s.options.NoStream {
		for _, m := range s.sources.Mappings {
			s.feeding.Go(func() { s.follow(life, m) })
		}
	}
	if !s.options.NoSchedule {
		for _, schedule := range s.sources.Schedules {
			s.feeding.Go(func() { schedule.Run(life) })
		}
	}
}

func (s *Stack) follow(ctx context.Context, m *eventsource.Mapping) {
	err := m.Follow(ctx, eventsource.Engine{Account: s.account, Endpoint: s.EngineEndpoint})
	if errors.Is(err, eventsource.ErrNoStream) {
		_, _ = fmt.Fprintf(s.options.Log, "stream | %s gets no records: %v at %s\n", m.Name, err, s.EngineEndpoint())
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
