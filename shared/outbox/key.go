package outbox

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/tenant"
)

// The items of this package. <feed> is T#<t># for tenant t, and ACCOUNT# for the accounts.
//
//	<feed>EVENTS#<bucket>  <sequence>  an event; a bucket has 1,000 of them; expires
//	<feed>EVENTSEEN        <second>    which stream records of a second have become events; expires
//	<feed>ERASED           <id>        a person whose events have no values; expires
//	EVENTHEADS#<digit>     <t>         the newest sequence of a feed; "-" stands for the accounts
//
// The heads of all feeds are in 16 partitions, so that 16 queries find the feeds that have
// new events.

// bucketSize is the number of events in a partition.
const bucketSize = 1000

// headShards is the number of partitions that hold heads. A shard is one hexadecimal digit.
const headShards = 16

// accountsSK is the sort key of the accounts' head. It is not a valid tenant id.
const accountsSK = "-"

func (f Feed) prefix() string {
	if f.id == "" {
		return "ACCOUNT#"
	}
	return "T#" + string(f.id) + "#"
}

func (f Feed) bucket(n int64) string { return f.prefix() + "EVENTS#" + strconv.FormatInt(n, 10) }

func (f Feed) eventKey(sequence int64) table.Key {
	return table.Key{PK: f.bucket(sequence / bucketSize), SK: sequenceSK(sequence)}
}

// sequenceSK pads a sequence with zeros, so that keys sort in numerical order.
func sequenceSK(sequence int64) string { return fmt.Sprintf("%012d", sequence) }

func (f Feed) seenPK() string { return f.prefix() + "EVENTSEEN" }

func (f Feed) seenKey(second int64) table.Key {
	return table.Key{PK: f.seenPK(), SK: time.Unix(second, 0).UTC().Format(time.RFC3339)}
}

func (f Feed) erasedKey(id scim.ID) table.Key {
	return table.Key{PK: f.prefix() + "ERASED", SK: string(id)}
}

func (f Feed) headKey() table.Key {
	sk := string(f.id)
	if sk == "" {
		sk = accountsSK
	}
	sum := sha256.Sum256([]byte(sk))
	return table.Key{PK: headsPK(hex.EncodeToString(sum[:1])[:1]), SK: sk}
}

func headsPK(shard string) string { return "EVENTHEADS#" + shard }

func tenantOf(headSK string) tenant.ID {
	if headSK == accountsSK {
		return ""
	}
	return tenant.ID(headSK)
}
