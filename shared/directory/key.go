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

// The items of users, groups, accounts, teams and conflicts. The packages tenantstore,
// provlog and outbox have theirs. t is a tenant id.
//
//	TABLE                       SETTINGS        folding version, scope of uniqueness, secret of seals
//	T#<t>#USER                  <id>            a user
//	T#<t>#GROUP                 <id>            a group, without its members
//	T#<t>#TEAM                  <id>            a team, without its members
//	ACCOUNT                     <id>            an account, which belongs to no tenant
//	T#<t>#MEMBERS#<group>       U#<id>, G#<id>  a member of the group: a user, a group
//	T#<t>#MEMBEROF#<digit>      <member>#<group>  the same seen from the member, whose id begins with the digit
//	T#<t>#TEAMMEMBERS#<team>    <person>        a person in the team: an account, or a user who may have been one
//	TEAMOF#<person>             <t>#<team>      the same seen from the person; who has one has an attribute "teams"
//	T#<t>#LOOKUP#<type>#externalId#<value>  <id>      finds users or groups by externalId
//	T#<t>#LOOKUP#GROUP#displayName#<folded> CLAIM     the one group or team of a displayName
//	T#<t>#COUNT#<type>          00 .. 15        shards of the number of users, groups or teams
//	COUNT#ACCOUNT               00 .. 15        the same of accounts
//	T#<t>#PAGE#<kind>           <mark>          a page mark; expires
//	T#<t>#DELETED#<type>        <id>            the stamps of a resource deleted just now; expires
//	DELETED#ACCOUNT             <id>            the same of an account
//	T#<t>#NESTING               V               how often a group was put into a group, and into which last
//	T#<t>#PENDING#<group>       <change>#<step> a step of a change that is too large for one transaction
//	T#<t>#GUESSES               <hash>          how many passwords were tried for a name; expires
//	ACCOUNT#GUESSES             <hash>          the same of accounts
//	T#<t>#BULK                  RATE            until when the operations of bulk requests count; expires
//	T#<t>#CONFLICT              <conflict>      what a provider did not get because another holds it; expires
//	T#<t>#CONFLICTOF#<record>   <conflict>      finds conflicts by a record: externalId=..., id=...; expires
//	UNFINISHED                  <t>#<kind>#<id> work that was under way when function changes heard of it
//	CLAIM#<scope>#USERNAME#<folded>  CLAIM      the one holder of a username
//	CLAIM#<scope>#EMAIL#<folded>     CLAIM      the one holder of an email
//
// <type> is USER or GROUP, of counters TEAM as well; <scope> is SYSTEM, or T#<t> and for
// accounts ACCOUNTS. A claim's owner is the id of the resource that holds it; ids are
// random and never given again.

var settingsKey = table.Key{PK: "TABLE", SK: "SETTINGS"}

// keys make the keys of a namespace.
type keys struct {
	id    tenant.ID // "" for accounts
	scope Scope
}

// prefix starts the keys of what belongs to a tenant.
func (t keys) prefix() string {
	if t.id == "" {
		return ""
	}
	return "T#" + string(t.id) + "#"
}

// keyName is the word in keys for the resources of a kind.
func (k Kind) keyName() string { return strings.ToUpper(string(k)) }

// letter is the word in the keys of edges for members of a kind.
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

// bulkRate is the key of the count of a tenant's bulk operations.
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
