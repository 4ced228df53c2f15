package tenantstore

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/tenant"
)

// checkTenant rejects an invalid record. Callers have already validated the input, and reported
// errors to its sender.
func checkTenant(t tenant.Tenant) error {
	if !t.ID.Valid() || !t.Profile.Valid() || !t.Connect.Valid() || len(t.Domains) > MaxDomains {
		return fmt.Errorf("tenantstore: can't store tenant %q with profile %q, connect %q and %d domains",
			t.ID, t.Profile, t.Connect, len(t.Domains))
	}
	return t.Limits.Check()
}

func tenantItem(t tenant.Tenant) table.Item {
	item := table.Item{
		"name": t.Name, "profile": string(t.Profile),
		"state": string(t.State), "since": scim.FormatTime(t.Since), "created": scim.FormatTime(t.Created),
		"domains": strings.Join(t.Domains, " "),
		"connect": string(t.Connect), "reactivate": t.Reactivate,
		"requestsPerSecond": int64(t.Limits.RequestsPerSecond), "burst": int64(t.Limits.Burst),
		"users": int64(t.Limits.Users), "groups": int64(t.Limits.Groups),
		"emailsPerUser": int64(t.Limits.EmailsPerUser), "tokenAge": int64(t.Limits.TokenAge / time.Second),
		"apiKeyID": t.Key.ID, "apiKey": t.Key.Value,
	}
	if t.Schemas != "" {
		item["schemas"] = string(t.Schemas)
	}
	if !t.DeletingSince.IsZero() {
		item["deletingSince"] = scim.FormatTime(t.DeletingSince)
	}
	if !t.KeySince.IsZero() {
		item["apiKeySince"] = scim.FormatTime(t.KeySince)
	}
	if !t.Trace.End.IsZero() {
		item["trace"] = t.Trace.String()
	}
	return item
}

// FromItem decodes the record of a tenant. The error says that the record is damaged.
func FromItem(item table.Item) (t tenant.Tenant, err error) {
	number := func(name string) int { return int(item.Int(name)) }
	t = tenant.Tenant{
		ID: tenant.ID(item.Text("SK")), Name: item.Text("name"), Profile: tenant.Profile(item.Text("profile")),
		State: tenant.State(item.Text("state")), Domains: strings.Fields(item.Text("domains")),
		Connect: tenant.Connect(item.Text("connect")), Reactivate: item.Bool("reactivate"),
		Limits: tenant.Limits{
			RequestsPerSecond: number("requestsPerSecond"), Burst: number("burst"),
			Users: number("users"), Groups: number("groups"), EmailsPerUser: number("emailsPerUser"),
			TokenAge: time.Duration(item.Int("tokenAge")) * time.Second,
		},
		Key:     tenant.APIKey{ID: item.Text("apiKeyID"), Value: item.Text("apiKey")},
		Trace:   tenant.ParseTrace(item.Text("trace")),
		Schemas: tenant.SchemaVersion(item.Text("schemas")),
	}
	if t.Since, err = time.Parse(time.RFC3339, item.Text("since")); err == nil {
		t.Created, err = time.Parse(time.RFC3339, item.Text("created"))
	}
	for name, at := range map[string]*time.Time{"deletingSince": &t.DeletingSince, "apiKeySince": &t.KeySince} {
		if text := item.Text(name); err == nil && text != "" {
			*at, err = time.Parse(time.RFC3339, text)
		}
	}
	if err != nil {
		return t, fmt.Errorf("tenantstore: the record of tenant %s is damaged: %w", t.ID, err)
	}
	return t, nil
}

// difference returns the domains of list that are not in other.
func difference(list, other []string) (rest []string) {
	for _, domain := range list {
		if !slices.Contains(other, domain) {
			rest = append(rest, domain)
		}
	}
	return rest
}

// claimDomains makes the writes that claim domains for a tenant.
func claimDomains(id tenant.ID, domains []string) (writes []table.Write) {
	for _, domain := range domains {
		writes = append(writes, table.Put(domainKey(domain), table.Item{"tenant": string(id)}).
			WithCondition("attribute_not_exists(PK) OR #tenant = :me", table.Item{"me": string(id)}))
	}
	return writes
}

// releaseDomains makes the writes that release the claims of a tenant on domains.
func releaseDomains(id tenant.ID, domains []string) (writes []table.Write) {
	for _, domain := range domains {
		writes = append(writes, table.Delete(domainKey(domain)).
			WithCondition("attribute_not_exists(PK) OR #tenant = :me", table.Item{"me": string(id)}))
	}
	return writes
}

// domainsTaken returns a *DomainTakenError if a transaction failed because of the claims on added
// domains. The transaction has the write of the tenant's record first, and then these claims.
func domainsTaken(err error, failed *table.ConditionFailed, added []string) error {
	if failed == nil {
		return err
	}
	e := &DomainTakenError{}
	for i, domain := range added {
		if failed.At(1+i) != nil {
			e.Domains = append(e.Domains, domain)
		}
	}
	if len(e.Domains) == 0 {
		return table.ErrItemChanged
	}
	return e
}
