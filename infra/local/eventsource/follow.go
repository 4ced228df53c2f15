package eventsource

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
	"github.com/aws/smithy-go"
)

const (
	// pollEvery is how often the service reads a shard.
	pollEvery = 250 * time.Millisecond
	// shardsEvery is how often new shards are looked for.
	shardsEvery = time.Second
)

// Engine is where the tables are.
type Engine struct {
	Account  aws.Config
	Endpoint func() string // "" while the engine restarts
}

// Follow feeds the stream of the table to the function until ctx ends. An engine
// that restarts is followed on; one without streams ends it with ErrNoStream.
func (m *Mapping) Follow(ctx context.Context, e Engine) error {
	place := &place{after: map[string]string{}}
	for ; ctx.Err() == nil; sleep(ctx, pollEvery) {
		endpoint := e.Endpoint()
		if endpoint == "" {
			continue
		}
		s, err := openStream(ctx, e.Account, endpoint, m.Table)
		if err == nil {
			err = m.followStream(ctx, s, place)
		}
		if errors.Is(err, ErrNoStream) {
			return err
		}
		// A connection that breaks is the engine's restart, which the engine tells of.
		if refused, ok := errors.AsType[smithy.APIError](err); ok && ctx.Err() == nil {
			_, _ = fmt.Fprintf(m.log, "stream | %s: the engine says: %v\n", m.Name, refused)
		}
	}
	return nil
}

// place is how far the shards have been worked off.
type place struct {
	mu    sync.Mutex
	after map[string]string // by stream and shard: the sequence number of the last record done with
}

func (p *place) of(shard string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.after[shard]
}

func (p *place) set(shard, sequence string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.after[shard] = sequence
}

// follower works off the shards of one stream, each by itself, parents before their children.
type follower struct {
	*Mapping
	stream *stream
	place  *place

	mu    sync.Mutex
	begun map[string]bool
	ended map[string]bool
}

// followStream returns when ctx ends, or with the first error of any shard.
func (m *Mapping) followStream(ctx context.Context, s *stream, p *place) error {
	f := &follower{Mapping: m, stream: s, place: p, begun: map[string]bool{}, ended: map[string]bool{}}
	ctx, fail := context.WithCancelCause(ctx)
	var shards sync.WaitGroup
	defer shards.Wait()
	defer fail(nil)
	for ; ctx.Err() == nil; sleep(ctx, shardsEvery) {
		all, err := s.shards(ctx)
		if err != nil {
			return err
		}
		for _, id := range f.due(all) {
			shards.Go(func() {
				if err := f.followShard(ctx, id); err != nil {
					fail(err)
				}
			})
		}
	}
	return context.Cause(ctx)
}

// due lists the shards that can be begun: those whose parent has ended or is gone.
func (f *follower) due(all []types.Shard) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	listed := map[string]bool{}
	for _, s := range all {
		listed[aws.ToString(s.ShardId)] = true
	}
	var due []string
	for _, s := range all {
		id, parent := aws.ToString(s.ShardId), aws.ToString(s.ParentShardId)
		if !f.begun[id] && (f.ended[parent] || !listed[parent]) {
			f.begun[id] = true
			due = append(due, id)
		}
	}
	return due
}

// followShard returns when the shard has ended.
func (f *follower) followShard(ctx context.Context, id string) error {
	b := &batcher{follower: f, shard: f.stream.arn + "/" + id}
	at, err := f.stream.iterator(ctx, id, f.place.of(b.shard))
	for ; err == nil && at != nil && ctx.Err() == nil; sleep(ctx, pollEvery) {
		var records []types.Record
		if records, at, err = f.stream.read(ctx, at); err != nil {
			return err
		}
		if err = b.add(ctx, records); err == nil {
			b.flush(ctx, at == nil)
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ended[id] = err == nil && at == nil
	return err
}
