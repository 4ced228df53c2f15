package tenantstore

import (
	"strings"
	"time"

	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/tenant"
)

// retentionAfterEnd is how long an expired or revoked credential is still listed.
const retentionAfterEnd = 90 * 24 * time.Hour

// withTTL adds the time at which DynamoDB may delete an item of a credential, unless the
// credential does not expire.
func withTTL(item table.Item, c tenant.Credential) table.Item {
	end := c.Expires
	if !c.Revoked.IsZero() {
		end = c.Revoked
	}
	if !end.IsZero() {
		item["expires"] = end.Add(retentionAfterEnd).Unix()
	}
	return item
}

// mutableAttributes returns the attributes of a credential that can change.
func mutableAttributes(c tenant.Credential) table.Item {
	return table.Item{"expiresAt": table.Seconds(c.Expires), "revokedAt": table.Seconds(c.Revoked)}
}

func credentialItem(c tenant.Credential) table.Item {
	scopes := make([]string, len(c.Scopes))
	for i, scope := range c.Scopes {
		scopes[i] = string(scope)
	}
	item := withTTL(mutableAttributes(c), c)
	item["tenant"], item["kind"], item["client"] = string(c.Tenant), string(c.Kind), string(c.Client)
	item["hash"], item["scopes"], item["subject"] = c.Hash[:], strings.Join(scopes, " "), c.Subject
	item["name"], item["maker"] = c.Name, c.Maker
	item["life"] = int64(c.Lifetime / time.Second)
	item["created"], item["usedAt"] = scim.FormatTime(c.Created), table.Seconds(c.Used)
	return item
}

func credentialFrom(item table.Item) (tenant.Credential, error) {
	id := strings.TrimPrefix(item.Text("PK"), "CRED#")
	c := tenant.Credential{
		KeyID: tenant.KeyID(id), Tenant: tenant.ID(item.Text("tenant")), Kind: tenant.Kind(item.Text("kind")),
		Client: tenant.KeyID(item.Text("client")), Subject: item.Text("subject"),
		Name: item.Text("name"), Maker: item.Text("maker"),
		Expires: item.Time("expiresAt"), Revoked: item.Time("revokedAt"), Used: item.Time("usedAt"),
		Lifetime: time.Duration(item.Int("life")) * time.Second,
	}
	copy(c.Hash[:], item.Bytes("hash"))
	for _, scope := range strings.Fields(item.Text("scopes")) {
		c.Scopes = append(c.Scopes, tenant.Scope(scope))
	}
	c.Scopes = tenant.Effective(c.Scopes) // older records may name write alone
	var err error
	c.Created, err = time.Parse(time.RFC3339, item.Text("created"))
	return c, err
}
