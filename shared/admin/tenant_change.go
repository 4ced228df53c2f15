package admin

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"scimserver/shared/lazyregexp"
	"scimserver/shared/tenant"
	"scimserver/shared/tenantstore"
)

const (
	maxName     = 200 // characters
	maxLifetime = 100 * 365 * 24 * 60 * 60
)

// apply makes the change on a tenant's record, or says what is invalid.
func (c TenantChange) apply(t *tenant.Tenant) error {
	if c.Name != nil {
		if !isPrintableName(*c.Name) {
			return invalid("name must have 1 to %d printable characters", maxName)
		}
		t.Name = *c.Name
	}
	if c.Profile != nil {
		if !c.Profile.Valid() {
			return invalid("profile must be generic, okta, entra or strict, not %q", *c.Profile)
		}
		t.Profile = *c.Profile
	}
	if c.Domains != nil {
		domains, err := domainNames(*c.Domains)
		if err != nil {
			return err
		}
		t.Domains = domains
	}
	if err := c.applySwitches(t); err != nil {
		return err
	}
	if c.Limits != nil {
		return c.Limits.apply(&t.Limits)
	}
	return nil
}

func (c TenantChange) applySwitches(t *tenant.Tenant) error {
	if c.Reactivate != nil {
		t.Reactivate = *c.Reactivate
	}
	if c.Connect == nil {
		return nil
	}
	switch *c.Connect {
	case Approval:
		t.Connect = tenant.ByApproval
	case Automatic:
		t.Connect = tenant.Automatic
	default:
		return invalid("connect must be approval or automatic, not %q", *c.Connect)
	}
	return nil
}

// connectMode is the API's name for how a tenant connects accounts.
func connectMode(c tenant.Connect) Connect {
	if c == tenant.Automatic {
		return Automatic
	}
	return Approval
}

func (c LimitsChange) apply(l *tenant.Limits) error {
	set := func(to *int, value *int) {
		if value != nil {
			*to = *value
		}
	}
	set(&l.RequestsPerSecond, c.RequestsPerSecond)
	set(&l.Burst, c.Burst)
	set(&l.Users, c.Users)
	set(&l.Groups, c.Groups)
	set(&l.EmailsPerUser, c.EmailsPerUser)
	if s := c.TokenAgeSeconds; s != nil {
		if *s > maxLifetime {
			return invalid("limits.tokenAgeSeconds must be at most %d", maxLifetime)
		}
		l.TokenAge = time.Duration(*s) * time.Second
	}
	if err := l.Check(); err != nil {
		return invalid("%v", err)
	}
	return nil
}

// settingsChanged names the settings in which two states of a tenant differ.
func settingsChanged(before, after Tenant) (names []string) {
	note := func(name string, differs bool) {
		if differs {
			names = append(names, name)
		}
	}
	note("name", before.Name != after.Name)
	note("profile", before.Profile != after.Profile)
	note("domains", !slices.Equal(before.Domains, after.Domains))
	note("connect", before.Connect != after.Connect)
	note("reactivate", before.Reactivate != after.Reactivate)
	note("limits", before.Limits != after.Limits)
	return names
}

func isPrintableName(s string) bool {
	n := utf8.RuneCountInString(s)
	hidden := func(r rune) bool { return !unicode.IsPrint(r) }
	return utf8.ValidString(s) && n >= 1 && n <= maxName && !strings.ContainsFunc(s, hidden)
}

var domainName = lazyregexp.New(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// domainNames returns domains in lower case, sorted and without duplicates.
func domainNames(list []string) ([]string, error) {
	domains := make([]string, len(list))
	for i, name := range list {
		domains[i] = strings.ToLower(name)
		if len(name) > 253 || !domainName.Match(domains[i]) {
			return nil, invalid(
				"%q is not a domain name; write an internationalized name in its ASCII form (xn--...)",
				name,
			)
		}
	}
	slices.Sort(domains)
	domains = slices.Compact(domains)
	if len(domains) > tenantstore.MaxDomains {
		return nil, invalid("a tenant has at most %d domains", tenantstore.MaxDomains)
	}
	return domains, nil
}
