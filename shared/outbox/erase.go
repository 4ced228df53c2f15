package outbox

import (
	"context"

	"scimserver/shared/table"
)

// Erase deletes the personal data of a feed: its events and the marks of its records. The
// event that closed the feed stays, and the sequence continues. Erase is idempotent. The
// error is table.ErrUnavailable.
func (f Feed) Erase(ctx context.Context) error {
	item, err := f.db.Get(ctx, f.headKey())
	if err != nil {
		return err
	}
	h := headFrom(item)
	oldest, err := f.oldest(ctx, h.sequence)
	if err != nil {
		return err
	}
	// An interrupted call may have left events in the bucket before the oldest event's.
	for bucket := max(0, oldest/bucketSize-1); bucket <= h.sequence/bucketSize; bucket++ {
		if err := f.eraseBucket(ctx, bucket, h.final); err != nil {
			return err
		}
	}
	for _, pk := range []string{f.seenPK(), f.erasedKey("").PK} {
		if err := f.db.DeleteRange(ctx, table.Query{PK: pk, Only: "PK, SK"}, nil); err != nil {
			return err
		}
	}
	return nil
}

// eraseBucket deletes the events of a bucket, except the one with the sequence kept.
func (f Feed) eraseBucket(ctx context.Context, bucket, kept int64) error {
	first, last := bucket*bucketSize, (bucket+1)*bucketSize-1
	ranges := [][2]int64{{first, last}}
	if kept >= first && kept <= last {
		ranges = [][2]int64{{first, kept - 1}, {kept + 1, last}}
	}
	for _, r := range ranges {
		q := table.Query{PK: f.bucket(bucket), From: sequenceSK(r[0]), To: sequenceSK(r[1]), Only: "PK, SK"}
		if r[0] > r[1] {
			continue
		}
		if err := f.db.DeleteRange(ctx, q, nil); err != nil {
			return err
		}
	}
	return nil
}
