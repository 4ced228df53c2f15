package directory

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/tenant"
)

// The items of users, groups, accounts, teams and conflicts. Packages tenantstore, provlog,
// outbox and trace describe their own items. <t> is a tenant id.
//
//	TABLE                       SETTINGS        folding version, scope of uniqueness, secret of seals
//	T#<t>#USER                  <id>            a user
//	T#<t>#GROUP                 <id>            a group, without its members
//	T#<t>#TEAM                  <id>            a team, without its members
//	ACCOUNT                     <id>            an account, which belongs to no tenant
//	T#<t>#MEMBERS#<group>       U#<id>, G#<id>  a member of the group: a user, a group
//	T#<t>#MEMBEROF#<digit>      <member>#<group>  the same edge from the member, whose id begins with the digit
//	T#<t>#TEAMMEMBERS#<team>    <person>        a member of the team: an account or a user
//	TEAMOF#<person>             <t>#<team>      the same edge from the person, whose item has the attribute "teams"
//	T#<t>#LOOKUP#<type>#externalId#<value>  <id>      finds users or groups by externalId
//	T#<t>#LOOKUP#GROUP#displayName#<folded> CLAIM     the one group or team with a displayName
//	T#<t>#COUNT#<type>          00 .. 15        shards of the number of users, groups or teams
//	COUNT#ACCOUNT               00 .. 15        shards of the number of accounts
//	T#<t>#PAGE#<kind>           <mark>          a page mark; expires
//	T#<t>#DELETED#<type>        <id>            a tombstone: the stamps of a deleted resource; expires
//	DELETED#ACCOUNT             <id>            the tombstone of an account; expires
//	T#<t>#NESTING               V               changes that added groups to groups: their number, the last group
//	T#<t>#PENDING#<group>       <change>#<step> a step of a change that is too large for one transaction
//	T#<t>#GUESSES               <hash>          the number of passwords tried for a username; expires
//	ACCOUNT#GUESSES             <hash>          the same for accounts
//	T#<t>#BULK                  RATE            the rate limit of bulk operations; expires
//	T#<t>#SCAN                  RATE            the rate limit of queries without a key; expires
//	T#<t>#CONFLICT              <conflict>      a conflict: a provider asked for a value that is taken; expires
//	T#<t>#CONFLICTOF#<record>   <conflict>      finds conflicts by a record: externalId=..., id=...; expires
//	T#<t>#ERASURE               <hash>          progress of a person's erasure, and the person's values; expires
//	ACCOUNT#ERASURE             <hash>          the same for accounts
//	UNFINISHED                  <t>#<kind>#<id> work that was unfinished when function changes saw it
//	CLAIM#<scope>#USERNAME#<folded>  CLAIM      the claim on a username
//	CLAIM#<scope>#EMAIL#<folded>     CLAIM      the claim on an email
//
// <type> is USER or GROUP; counters also have TEAM. <scope> is SYSTEM if values are unique
// among all tenants; otherwise it is T#<t>, or ACCOUNTS for accounts. A claim's owner is the
// id of the resource that holds the value. Ids are random and never reused.

var settingsKey = table.Key{PK: "TABLE", SK: "SETTINGS"}

// keys make the keys of a namespace.
type keys struct {
	id    tenant.ID // "" for accounts
	scope Scope
}

// prefix returns the prefix of a tenant's own partition keys, "" for accounts.
func (t keys) prefix() string {
	if t.id == "" {
		return ""
	}
	return "T#" + string(t.id) + "#"
}

// keyName is the name of a kind in partition keys.
func (k Kind) keyName() string { return strings.ToUpper(string(k)) }

// letter is the name of a kind in the sort keys of edges.
func (k Kind) letter() string { return k.keyName()[:1] }

func kindOf(letter string) Kind {
	if strings.HasPrefix(letter, "G") {
		return GroupKind
	}
	return UserKind
}

func (t keys) partition(k Kind) string { return t.prefix() + k.keyName() }

func (t keys) resource(k Kind, id scim.ID) table.Key {
	return table.Key{PK: t.partition(k), SK: string(id)}
}

func (t keys) lookup(k Kind, attribute, value string) string {
	return t.prefix() + "LOOKUP#" + k.keyName() + "#" + attribute + "#" + bounded(value)
}

func (t keys) groupName(folded string) table.Key {
	return table.Key{PK: t.lookup(GroupKind, "displayName", folded), SK: "CLAIM"}
}

func (t keys) tombstones(k Kind) string { return t.prefix() + "DELETED#" + k.keyName() }

func (t keys) count(k Kind) string { return t.prefix() + "COUNT#" + k.keyName() }

func (t keys) members(group scim.ID) string { return t.prefix() + "MEMBERS#" + string(group) }

func (t keys) memberOf(member scim.ID) string {
	return t.prefix() + "MEMBEROF#" + string(member[:1])
}

func (t keys) teamMembers(team scim.ID) string {
	return t.prefix() + "TEAMMEMBERS#" + string(team)
}

func teamsOfPK(person scim.ID) string { return "TEAMOF#" + string(person) }

func (t keys) pageMarks(kind string) string { return t.prefix() + "PAGE#" + kind }

func (t keys) nesting() table.Key { return table.Key{PK: t.prefix() + "NESTING", SK: "V"} }

func (t keys) pending(group scim.ID) string { return t.prefix() + "PENDING#" + string(group) }

// scanRate is the key of the rate limit of a tenant's queries that use no key.
func (t keys) scanRate() table.Key { return table.Key{PK: t.prefix() + "SCAN", SK: "RATE"} }

// bulkRate is the key of the rate limit of a tenant's bulk operations.
func (t keys) bulkRate() table.Key { return table.Key{PK: t.prefix() + "BULK", SK: "RATE"} }

const unfinishedPK = "UNFINISHED"

func countKey(pk string, shard int) table.Key {
	return table.Key{PK: pk, SK: fmt.Sprintf("%02d", shard)}
}

// claim returns the key of the claim on a folded value.
func (t keys) claim(kind, folded string) table.Key {
	scope := string(SystemScope)
	switch {
	case t.scope == TenantScope && t.id == "":
		scope = "ACCOUNTS"
	case t.scope == TenantScope:
		scope = "T#" + string(t.id)
	}
	return table.Key{PK: "CLAIM#" + scope + "#" + kind + "#" + bounded(folded), SK: "CLAIM"}
}

// maxKeyValue is the maximum length, in bytes, of a value that is part of a key unchanged.
const maxKeyValue = 512

// hashed is the prefix of a hash in a key.
const hashed = "\x01"

// bounded returns a value for use in a key. It replaces a long value by its hash, and also a
// value that looks like a hash.
func bounded(value string) string {
	if len(value) <= maxKeyValue && !strings.HasPrefix(value, hashed) {
		return value
	}
	sum := sha256.Sum256([]byte(value))
	return hashed + hex.EncodeToString(sum[:])
}
