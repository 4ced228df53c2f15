package eventsource

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/uuid"

	"scimserver/infra/local/template"
)

// Schedule invokes a function at a fixed interval.
type Schedule struct {
	Name string // of the function and the event

	every    time.Duration
	function Function
	deployed template.Deployment
	log      io.Writer
}

type scheduleProperties struct {
	Schedule    string
	Description string
}

var rate = regexp.MustCompile(`^rate\((\d+) (minute|hour|day)s?\)$`)

func (s source) schedule() (*Schedule, error) {
	var p scheduleProperties
	if err := s.decode(&p); err != nil {
		return nil, err
	}
	m := rate.FindStringSubmatch(p.Schedule)
	if m == nil {
		return nil, fmt.Errorf("the local stack does not know the schedule %q", p.Schedule)
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return nil, err
	}
	unit := map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}[m[2]]
	return &Schedule{
		Name:     s.name,
		every:    time.Duration(n) * unit,
		function: s.function,
		deployed: s.deployed,
		log:      s.log,
	}, nil
}

// Run invokes the function until ctx ends. As in the service, an invocation does not wait
// for the previous one.
func (s *Schedule) Run(ctx context.Context) {
	var calls sync.WaitGroup
	defer calls.Wait()
	ticker := time.NewTicker(s.every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			calls.Go(func() {
				if err := s.Call(ctx); err != nil && ctx.Err() == nil {
					_, _ = fmt.Fprintf(s.log, "schedule | %s: %v\n", s.Name, err)
				}
			})
		}
	}
}

// Call invokes the function now.
func (s *Schedule) Call(ctx context.Context) error {
	event, err := json.Marshal(events.EventBridgeEvent{
		Version: "0", ID: uuid.NewString(), DetailType: "Scheduled Event", Source: "aws.events",
		AccountID: s.deployed.AccountID, Region: s.deployed.Region, Time: time.Now().UTC().Truncate(time.Second),
		Resources: []string{
			fmt.Sprintf("arn:aws:events:%s:%s:rule/%s", s.deployed.Region, s.deployed.AccountID, s.Name),
		},
		Detail: json.RawMessage("{}"),
	})
	if err != nil {
		return err
	}
	_, err = s.function.Invoke(ctx, event)
	return err
}
