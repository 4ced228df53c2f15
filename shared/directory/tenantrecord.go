package directory

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/tenant"
)

// checkTenant refuses a record that no code of ours should ask to store.
func checkTenant(t tenant.Tenant) error {
	if !t.ID.Valid() || !t.Profile.Valid() || !t.Connect.Valid() || len(t.Domains) > MaxDomains {
		return fmt.Errorf("directory: tenant %q with profile %q, connect %q and %d domains can't be stored", t.ID, t.Profile, t.Connect, len(t.Domains))
	}
	return t.Limits.Check()
}

func tenantItem(t tenant.Tenant) table.Item {
	return table.Item{
		"name": t.Name, "profile": string(t.Profile),
		"state": string(t.State), "since": scim.FormatTime(t.Since), "created": scim.FormatTime(t.Created),
		"domains": strings.Join(t.Domains, " "),
		"connect": string(t.Connect), "reactivate": t.Reactivate,
		"requestsPerSecond": int64(t.Limits.RequestsPerSecond), "burst": int64(t.Limits.Burst),
		"users": int64(t.Limits.Users), "groups": int64(t.Limits.Groups),
		"emailsPerUser": int64(t.Limits.EmailsPerUser), "tokenAge": int64(t.Limits.TokenAge / time.Second),
		"apiKeyID": t.Key.ID, "apiKey": t.Key.Value,
	}
}

func tenantFrom(item table.Item) (t tenant.Tenant, err error) {
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
		Key: tenant.APIKey{ID: item.Text("apiKeyID"), Value: item.Text("apiKey")},
	}
	if t.Since, err = time.Parse(time.RFC3339, item.Text("since")); err == nil {
		t.Created, err = time.Parse(time.RFC3339, item.Text("created"))
	}
	if err != nil {
		return t, fmt.Errorf("directory: the record of tenant %s: %w", t.ID, err)
	}
	return t, nil
}

// lacking returns the domains of a list that another one lacks.
func lacking(list, other []string) (rest []string) {
	for _, domain := range list {
		if !slices.Contains(other, domain) {
			rest = append(rest, domain)
		}
	}
	return rest
}

// takeDomains makes the writes that claim domains for a tenant.
func takeDomains(id tenant.ID, domains []string) (writes []table.Write) {
	for _, domain := range domains {
		writes = append(writes, table.Put(domainKey(domain), table.Item{"tenant": string(id)}).
			Provided("attribute_not_exists(PK) OR #tenant = :me", table.Item{"me": string(id)}))
	}
	return writes
}

// yieldDomains makes the writes that give up what takeDomains claimed.
func yieldDomains(id tenant.ID, domains []string) (writes []table.Write) {
	for _, domain := range domains {
		writes = append(writes, table.Delete(domainKey(domain)).Provided("attribute_not_exists(PK) OR #tenant = :me", table.Item{"me": string(id)}))
	}
	return writes
}

// domainsLost turns the refusal of a transaction, in which the domains that are
// taken stand behind the tenant, into *DomainTakenError.
func domainsLost(err error, failed *table.ConditionFailed, taken []string) error {
	if failed == nil {
		return err
	}
	e := &DomainTakenError{}
	for i, domain := range taken {
		if failed.At(1+i) != nil {
			e.Domains = append(e.Domains, domain)
		}
	}
	if len(e.Domains) == 0 {
		return errMoved
	}
	return e
}
