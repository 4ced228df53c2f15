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

// counts are the numbers of the resources that the scan has met, and those that the
// counters say. They take memory for each tenant, not for each item.
type counts struct {
	Met      map[string]int64 // tenant, kind -> resources
	Counters map[string]int64 // tenant, kind -> sum of the counter's shards
	Feeds    map[string]feed  // tenant -> events
	Claims   int
	Members  int
}

func newCounts() counts {
	return counts{Met: map[string]int64{}, Counters: map[string]int64{}, Feeds: map[string]feed{}}
}

func (c *counts) addResource(tenant string, k kind) { c.Met[tenant+"#"+string(k)]++ }

func (c *counts) addCounter(tenant string, k kind, n int64) { c.Counters[tenant+"#"+string(k)] += n }

// total is the number of resources of a kind in all tenants.
func (c *counts) total(k kind) (n int) {
	for of, met := range c.Met {
		if strings.HasSuffix(of, "#"+string(k)) {
			n += int(met)
		}
	}
	return n
}

// suspicious lists the counters that differ from what the scan has met, and the feeds that
// lack events.
func (c *counts) suspicious() (list []subject) {
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

// counterSubject is a number of resources that may be wrong.
type counterSubject struct {
	tenant string
	kind   kind
}

// countAttempts bounds how often the resources of a tenant are counted to find a time without
// writes.
const countAttempts = 5

// census is what the counter and the resources themselves say, with a fingerprint of
// both: the same one twice means that no write came between.
type census struct {
	shards      []table.Item
	stored, met int64
	fingerprint uint64
}

// busyError says that writes come too fast to count a tenant's resources.
type busyError struct{ counterSubject }

func (e busyError) Error() string {
	return fmt.Sprintf("the number of %ss of %s was not checked, because they were created and deleted all the time",
		e.kind.noun(), e.owner())
}

func (s counterSubject) owner() string {
	if s.kind == account {
		return "the application"
	}
	return "tenant " + s.tenant
}

// check counts the resources between two reads of the counters. The reads can't be one
// snapshot, so it counts until two counts in a row have met the same resources under the same
// counters. The error is busyError if there is no such time.
func (s counterSubject) check(ctx context.Context, c *checker) ([]Finding, error) {
	seed := maphash.MakeSeed()
	var before census
	for n := range countAttempts {
		now, quiet, err := s.count(ctx, c, seed)
		if err != nil {
			return nil, err
		}
		if n > 0 && quiet && now.fingerprint == before.fingerprint {
			return list(s.judge(now)), nil
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

// judge compares the counter with the count. The repair adds the difference to one shard,
// under the condition that the shard is as it was, so that it can't be done twice.
func (s counterSubject) judge(now census) *Finding {
	if now.stored == now.met {
		return nil
	}
	f := &Finding{Kind: WrongCounter, Tenant: s.tenant, Advice: repairAdvice,
		Text:   fmt.Sprintf("%s has %d %ss, its counters say %d", s.owner(), now.met, s.kind.noun(), now.stored),
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
