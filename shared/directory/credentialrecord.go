package directory

import (
	"strings"
	"time"

	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/tenant"
)

// forgottenAfter is how long a credential that works no more is still listed.
const forgottenAfter = 90 * 24 * time.Hour

// kept adds when DynamoDB may forget the credential, if ever.
func kept(item table.Item, c tenant.Credential) table.Item {
	end := c.Expires
	if !c.Revoked.IsZero() {
		end = c.Revoked
	}
	if !end.IsZero() {
		item["expires"] = end.Add(forgottenAfter).Unix()
	}
	return item
}

// validity is what of a credential may change.
func validity(c tenant.Credential) table.Item {
	return table.Item{"expiresAt": seconds(c.Expires), "revokedAt": seconds(c.Revoked)}
}

func credentialItem(c tenant.Credential) table.Item {
	scopes := make([]string, len(c.Scopes))
	for i, scope := range c.Scopes {
		scopes[i] = string(scope)
	}
	item := kept(validity(c), c)
	item["tenant"], item["kind"], item["client"] = string(c.Tenant), string(c.Kind), string(c.Client)
	item["hash"], item["scopes"], item["subject"] = c.Hash[:], strings.Join(scopes, " "), c.Subject
	item["life"] = int64(c.Life / time.Second)
	item["created"], item["usedAt"] = scim.FormatTime(c.Created), seconds(c.Used)
	return item
}

func credentialFrom(item table.Item) (tenant.Credential, error) {
	id := strings.TrimPrefix(item.Text("PK"), "CRED#")
	c := tenant.Credential{
		KeyID: tenant.KeyID(id), Tenant: tenant.ID(item.Text("tenant")), Kind: tenant.Kind(item.Text("kind")),
		Client: tenant.KeyID(item.Text("client")), Subject: item.Text("subject"),
		Expires: instantOf(item.Int("expiresAt")), Revoked: instantOf(item.Int("revokedAt")), Used: instantOf(item.Int("usedAt")),
		Life: time.Duration(item.Int("life")) * time.Second,
	}
	copy(c.Hash[:], item.Bytes("hash"))
	for _, scope := range strings.Fields(item.Text("scopes")) {
		c.Scopes = append(c.Scopes, tenant.Scope(scope))
	}
	var err error
	c.Created, err = time.Parse(time.RFC3339, item.Text("created"))
	return c, err
}

// seconds is a time as stored: 0 for the zero time.
func seconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

func instantOf(seconds int64) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}
