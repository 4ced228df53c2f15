package tenantstore

import (
	"scimserver/shared/table"
	"scimserver/shared/tenant"
)

// The items of this package. t is a tenant id.
//
//	TENANT            <tenant id>  a tenant
//	CRED#<key id>     CRED         a credential
//	T#<t>#CREDENTIALS <key id>     an entry in the tenant's list of credentials, with the last client
//	T#<t>#REFUSED     <yyyymmddhh>#<cause>#<key id>  how often requests were refused; expires
//	REFUSED           <yyyymmddhh>#unknown#          the same for unknown credentials
//	T#<t>#SCHEMAS     ALL          the tenant's own schemas, if it has some
//	DOMAIN#<domain>   CLAIM        a domain's claim: the one tenant for which it is verified
//	T#<t>#INVITATIONS <id>     an invitation to the setup page; expires
//	T#<t>#SESSIONS    <hash>   a session of the setup page; expires
//	T#<t>#REMOVED     LAST     until when the id of a removed tenant can't be used again; expires

const tenantsPK = "TENANT"

// Key is the key of a tenant's record.
func Key(id tenant.ID) table.Key { return table.Key{PK: tenantsPK, SK: string(id)} }

func credentialKey(id tenant.KeyID) table.Key {
	return table.Key{PK: "CRED#" + string(id), SK: "CRED"}
}

func credentialsPK(of tenant.ID) string { return "T#" + string(of) + "#CREDENTIALS" }

func listEntryKey(of tenant.ID, id tenant.KeyID) table.Key {
	return table.Key{PK: credentialsPK(of), SK: string(id)}
}

func schemasKey(of tenant.ID) table.Key {
	return table.Key{PK: "T#" + string(of) + "#SCHEMAS", SK: "ALL"}
}

func removedKey(id tenant.ID) table.Key {
	return table.Key{PK: "T#" + string(id) + "#REMOVED", SK: "LAST"}
}

func domainKey(domain string) table.Key { return table.Key{PK: "DOMAIN#" + domain, SK: "CLAIM"} }

// CheckNotDeleting requires in a transaction that a tenant is not being deleted, and that
// its record meets a further condition, if that is not "". A tenant without a record is
// not being deleted.
func CheckNotDeleting(id tenant.ID, condition string, values table.Item) table.Write {
	all := table.Item{"gone": string(tenant.Deleting)}
	for name, value := range values {
		all[name] = value
	}
	text := "(attribute_not_exists(#state) OR #state <> :gone)"
	if condition != "" {
		text += " AND " + condition
	}
	return table.Check(Key(id), text, all)
}

// CheckDomain requires in a transaction that a domain is verified for a tenant.
func CheckDomain(domain string, id tenant.ID) table.Write {
	return table.Check(domainKey(domain), "#tenant = :me", table.Item{"me": string(id)})
}
