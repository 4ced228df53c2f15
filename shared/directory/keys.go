package directory

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"scimserver/shared/directory/table"
	"scimserver/shared/tenant"
)

// The items of the table. t is a tenant id.
//
//	TABLE                       SETTINGS        folding version, scope of uniqueness
//	TENANT                      <tenant id>     a tenant
//	CRED#<key id>               CRED            a credential
//	T#<t>#USER                  <id>            a user
//	T#<t>#LOOKUP#USER#externalId#<value>  <id>  finds users by externalId
//	T#<t>#COUNT#USER            00 .. 15        shards of the number of users
//	CLAIM#<scope>#USERNAME#<folded>  CLAIM      the one holder of a username
//	CLAIM#<scope>#EMAIL#<folded>     CLAIM      the one holder of an email
//
// <scope> is SYSTEM or T#<t>. A claim's owner is the id of the resource that
// holds it; ids are random and never given again.

var settingsKey = table.Key{PK: "TABLE", SK: "SETTINGS"}

func tenantKey(id tenant.ID) table.Key { return table.Key{PK: "TENANT", SK: string(id)} }

func credentialKey(id tenant.KeyID) table.Key {
	return table.Key{PK: "CRED#" + string(id), SK: "CRED"}
}

func (t *Tenant) prefix() string { return "T#" + string(t.id) + "#" }

func (t *Tenant) userPK() string { return t.prefix() + "USER" }

func (t *Tenant) lookupPK(attribute, value string) string {
	return t.prefix() + "LOOKUP#USER#" + attribute + "#" + bounded(value)
}

func (t *Tenant) countPK() string { return t.prefix() + "COUNT#USER" }

func countKey(pk string, shard int) table.Key {
	return table.Key{PK: pk, SK: fmt.Sprintf("%02d", shard)}
}

// claimKey returns the key of the claim on a folded value.
func (t *Tenant) claimKey(kind, folded string) table.Key {
	scope := string(SystemScope)
	if t.d.scope == TenantScope {
		scope = "T#" + string(t.id)
	}
	return table.Key{PK: "CLAIM#" + scope + "#" + kind + "#" + bounded(folded), SK: "CLAIM"}
}

// maxKeyValue is the longest value, in bytes, that stands in a key as it is.
const maxKeyValue = 512

// hashed starts the hash of a value in a key.
const hashed = "\x01"

// bounded returns a value for use in a key; a long one is replaced by its hash,
// and so is one that looks like a hash.
func bounded(value string) string {
	if len(value) <= maxKeyValue && !strings.HasPrefix(value, hashed) {
		return value
	}
	sum := sha256.Sum256([]byte(value))
	return hashed + hex.EncodeToString(sum[:])
}
