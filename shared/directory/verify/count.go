package verify

import (
	"context"
	"fmt"
	"hash/maphash"
	"maps"
	"slices"
	"strings"

	"scimserver/shared/table"
)

// counts has the numbers of resources that the scan has seen, and the numbers in the
// counters. It takes memory for each tenant, not for each item.
type counts struct {
	Met      map[string]int64 // tenant#kind to the number of resources
	Counters map[string]int64 // tenant#kind to the sum of the counter's shards
	Feeds    map[string]feed  // tenant to its events
	Claims   int
	Members  int
}

func newCounts() counts {
	return counts{Met: map[string]int64{}, Counters: map[string]int64{}, Feeds: map[string]feed{}}
}

func (c *counts) addResource(tenant string, k kind) { c.Met[tenant+"#"+string(k)]++ }

func (c *counts) addCounter(tenant string, k kind, n int64) { c.Counters[tenant+"#"+string(k)] += n }

// total returns the number of resources of a kind in all tenants.
func (c *counts) total(k kind) (n int) {
	for of, met := range c.Met {
		if strings.HasSuffix(of, "#"+string(k)) {
			n += int(met)
		}
	}
	return n
}

// suspicions returns the counters that differ from the resources that the scan has seen,
// and the feeds that lack events.
func (c *counts) suspicions() (list []subject) {
	for _, of := range slices.Sorted(maps.Keys(c.Feeds)) {
		if f := c.Feeds[of]; !f.hasAll() {
			list = append(list, feedSubject{of, f})
		}
	}

	both := maps.Clone(c.Met)
	maps.Copy(both, c.Counters)
	for _, of := range slices.Sorted(maps.Keys(both)) {
		if c.Met[of] != c.Counters[of] {
			tenant, k, _ := strings.Cut(of, "#")
			list = append(list, counterSubject{tenant, kind(k)})
		}
	}
	return list
}

// counterSubject is a counter that may be wrong.
type counterSubject struct {
	tenant string
	kind   kind
}

// countAttempts bounds how often the resources of a tenant are counted.
const countAttempts = 5

// census is the result of one count. If two counts in a row have the same fingerprint, no
// resource was created or deleted between them.
type census struct {
	shards      []table.Item // of the counter
	stored      int64        // the sum of the shards
	met         int64        // the number of resources
	fingerprint uint64       // of the shards and the ids
}

// busyError means that writes come too fast to count a tenant's resources.
type busyError struct{ counterSubject }

func (e busyError) Error() string {
	return fmt.Sprintf("the number of %ss of %s was not checked, because it kept changing", e.kind.noun(), e.owner())
}

func (s counterSubject) owner() string {
	if s.kind == account {
		return "the application"
	}
	return "tenant " + s.tenant
}

// check counts the resources. The count and the counter can't be read in one snapshot, so it
// counts until two counts in a row are equal. If that does not happen, the error is busyError.
func (s counterSubject) check(ctx context.Context, c *checker) ([]Finding, error) {
	seed := maphash.MakeSeed()
	var before census
	for n := range countAttempts {
		now, quiet, err := s.count(ctx, c, seed)
		if err != nil {
			return nil, err
		}
		if n > 0 && quiet && now.fingerprint == before.fingerprint {
			return list(s.finding(now)), nil
		}
		before = now
	}
	return nil, busyError{s}
}

// count counts once. quiet is false if the counters changed meanwhile.
func (s counterSubject) count(ctx context.Context, c *checker, seed maphash.Seed) (now census, quiet bool, err error) {
	first, err := s.shards(ctx, c)
	if err != nil {
		return now, false, err
	}
	of := resource{s.tenant, s.kind, ""}
	ctx, meter := table.WithMeter(ctx)
	spent := 0.0
	err = c.db.Walk(ctx, table.Query{PK: of.key().PK, Only: "SK"}, func(page []table.Item, _ string) (bool, error) {
		for _, item := range page {
			now.met++
			now.fingerprint += maphash.String(seed, item.Text("SK")) // the order does not matter
		}
		all := meter.Usage().Reads
		err := c.pace.spend(ctx, all-spent)
		spent = all
		return true, err
	})
	if err != nil {
		return now, false, err
	}
	now.shards, err = s.shards(ctx, c)
	for _, shard := range now.shards {
		now.stored += shard.Int("n")
	}
	now.fingerprint += maphash.String(seed, fmt.Sprint(now.shards))
	return now, fmt.Sprint(first) == fmt.Sprint(now.shards), err
}

func (s counterSubject) partition() string {
	if s.kind == account {
		return "COUNT#" + string(s.kind)
	}
	return inTenant(s.tenant) + "COUNT#" + string(s.kind)
}

func (s counterSubject) shards(ctx context.Context, c *checker) ([]table.Item, error) {
	items, _, err := c.db.Query(ctx, table.Query{PK: s.partition()})
	return items, err
}

// finding compares the counter with the count. The repair adds the difference to one shard,
// on the condition that the shard has not changed, so that it can't be done twice.
func (s counterSubject) finding(now census) *Finding {
	if now.stored == now.met {
		return nil
	}
	f := &Finding{Kind: WrongCounter, Tenant: s.tenant, Advice: repairAdvice,
		Text:   fmt.Sprintf("the counter of %ss is %d instead of %d", s.kind.noun(), now.stored, now.met),
		Repair: fmt.Sprintf("add %d to the counter", now.met-now.stored)}
	key, condition, values := table.Key{PK: s.partition(), SK: "00"}, "attribute_not_exists(PK)", table.Item(nil)
	if len(now.shards) > 0 {
		key.SK, condition = now.shards[0].Text("SK"), "#n = :n"
		values = table.Item{"n": now.shards[0].Int("n")}
	}
	f.writes = []table.Write{
		table.Update(key, nil).Adding("n", now.met-now.stored).WithCondition(condition, values),
	}
	return f
}
