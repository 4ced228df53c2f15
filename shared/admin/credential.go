package admin

import (
	"context"
	"slices"
	"time"

	"scimserver/shared/tenant"
)

// defaultOverlap is how long the old credential works after a rotation if the request does not
// say.
const defaultOverlap = 24 * time.Hour

// defaultLifetime is how long a credential lives if the request does not say. A token that never expires still
// works when somebody finds it in old notes.
const defaultLifetime = 365 * 24 * time.Hour

// CreateCredential creates a credential of a tenant. Its secret is shown only in this answer.
func (s *Service) CreateCredential(ctx context.Context, id tenant.ID, in NewCredential) (Issued, error) {
	t, err := s.Directory.Tenants().Tenant(ctx, id)
	if err != nil {
		return Issued{}, err
	}
	if t.State == tenant.Deleting {
		return Issued{}, beingDeleted(id)
	}
	if in.Kind == "" {
		in.Kind = tenant.BearerToken
	}
	if err := in.check(); err != nil {
		return Issued{}, err
	}
	template, err := s.template(ctx, id, in)
	if err != nil {
		return Issued{}, err
	}
	if template.Expires, err = s.expiry(in, t.Limits.TokenAge); err != nil {
		return Issued{}, err
	}
	return s.issue(ctx, template, t)
}

// template returns the new credential without its key, secret and expiry.
func (s *Service) template(ctx context.Context, id tenant.ID, in NewCredential) (model tenant.Credential, err error) {
	model = tenant.Credential{Tenant: id, Kind: in.Kind, Scopes: in.Scopes, Name: in.Name, Maker: in.Maker}
	switch {
	case in.Client != nil:
		model.Client = *in.Client
		model.Scopes, err = s.clientScopes(ctx, id, in)
	case in.Subject != nil:
		model.Subject, err = s.subject(ctx, id, *in.Subject)
		if in.Scopes == nil {
			model.Scopes = []tenant.Scope{tenant.Read}
		}
	case in.Scopes == nil:
		model.Scopes = []tenant.Scope{tenant.Read, tenant.Write}
	}
	return model, err
}

// check refuses members that do not fit together, and members that are present but empty.
func (in NewCredential) check() error {
	switch {
	case !in.Kind.Valid():
		return invalid("kind must be token or client, not %q", in.Kind)
	case in.Name != "" && !validName(in.Name):
		return invalidName("name")
	case in.Client != nil && *in.Client == "":
		return invalid("clientId is empty: leave it out to make a new client")
	case in.Subject != nil && *in.Subject == "":
		return invalid("subject is empty: leave it out for a token of the whole tenant")
	case in.Scopes != nil && len(in.Scopes) == 0:
		return invalid("scopes is empty: name read, write or both")
	case in.Client != nil && in.Kind != tenant.ClientSecret:
		return invalid("clientId requires the kind client")
	case in.Subject != nil && in.Kind != tenant.BearerToken:
		return invalid("subject requires the kind token")
	case in.Never && in.ExpiresIn != nil:
		return invalid("expiresIn and neverExpires exclude each other: leave one out")
	}
	for i, scope := range in.Scopes {
		if !scope.Valid() || slices.Contains(in.Scopes[:i], scope) {
			return invalid("scopes must be read, write or both, each once; %q is neither or given twice", scope)
		}
	}
	return nil
}

// clientScopes returns the scopes of an existing client that gets another secret.
func (s *Service) clientScopes(ctx context.Context, id tenant.ID, in NewCredential) ([]tenant.Scope, error) {
	if in.Scopes != nil {
		return nil, invalid("another secret of a client gets the client's scopes: leave scopes out")
	}
	for c, err := range s.allCredentials(ctx, id) {
		if err != nil {
			return nil, err
		}
		if c.Client == *in.Client {
			return c.Scopes, nil
		}
	}
	return nil, notFound("the tenant has no client %q", *in.Client)
}

// allCredentials iterates over the credentials of a tenant.
func (s *Service) allCredentials(ctx context.Context, id tenant.ID) func(func(tenant.Credential, error) bool) {
	return func(yield func(tenant.Credential, error) bool) {
		for after, more := tenant.KeyID(""), true; more; more = after != "" {
			page, next, err := s.Directory.Tenants().Credentials(ctx, id, after, maxPage)
			if err != nil {
				yield(tenant.Credential{}, err)
				return
			}
			for _, c := range page {
				if !yield(c, nil) {
					return
				}
			}
			after = next
		}
	}
}

// subject returns the id of a user, found by id or userName.
func (s *Service) subject(ctx context.Context, id tenant.ID, who string) (string, error) {
	t := s.Directory.For(id)
	found, err := t.Users().ByID(ctx, who)
	if err == nil && len(found) == 0 {
		found, err = t.Users().ByName(ctx, who)
	}
	if err == nil && len(found) == 0 {
		err = notFound("the tenant has no user with that id or userName")
	}
	if err != nil {
		return "", err
	}
	return string(found[0].ID), nil
}

// expiry returns when a new credential expires. The zero time means never, which the request must ask for.
func (s *Service) expiry(in NewCredential, most time.Duration) (time.Time, error) {
	now := s.Now().UTC().Truncate(time.Second)
	switch {
	case in.Never && most > 0:
		return time.Time{}, invalid("neverExpires: credentials of this tenant live at most %d seconds",
			int64(most/time.Second))
	case in.Never:
		return time.Time{}, nil
	case in.ExpiresIn == nil && most > 0:
		return now.Add(min(most, defaultLifetime)), nil
	case in.ExpiresIn == nil:
		return now.Add(defaultLifetime), nil
	case *in.ExpiresIn < 1 || *in.ExpiresIn > maxLifetime:
		return time.Time{}, invalid("expiresIn must be between 1 and %d seconds", maxLifetime)
	}
	life := time.Duration(*in.ExpiresIn) * time.Second
	if most > 0 && life > most {
		return time.Time{}, invalid("expiresIn must be at most %d seconds, the tenant's limit", int64(most/time.Second))
	}
	return now.Add(life), nil
}

// issue stores a new credential of a tenant, and returns it with its secret.
func (s *Service) issue(ctx context.Context, model tenant.Credential, t tenant.Tenant) (Issued, error) {
	secret, c := tenant.NewCredential(model, s.Now().UTC().Truncate(time.Second))
	if err := s.Directory.Tenants().CreateCredential(ctx, c); err != nil {
		return Issued{}, err
	}
	out := Issued{Credential: s.toCredential(c), Secret: secret, Profile: t.Profile, BaseURL: s.BaseURL}
	if t.State == tenant.Suspended {
		out.Warning = "the tenant is suspended: no credential works until it is resumed"
	}
	if c.Kind == tenant.ClientSecret {
		out.TokenEndpoint = s.TokenEndpoint
	}
	return out, nil
}

// Credentials returns a page of a tenant's credentials.
func (s *Service) Credentials(
	ctx context.Context, id tenant.ID, after tenant.KeyID, limit int,
) (CredentialList, error) {
	if _, err := s.Directory.Tenants().Tenant(ctx, id); err != nil {
		return CredentialList{}, err
	}
	page, next, err := s.Directory.Tenants().Credentials(ctx, id, after, limit)
	out := CredentialList{Credentials: []Credential{}, Next: next}
	for _, c := range page {
		out.Credentials = append(out.Credentials, s.toCredential(c))
	}
	return out, err
}

// Credential returns one credential of a tenant.
func (s *Service) Credential(ctx context.Context, id tenant.ID, key tenant.KeyID) (Credential, error) {
	c, err := s.find(ctx, id, key)
	return s.toCredential(c), err
}

func (s *Service) find(ctx context.Context, id tenant.ID, key tenant.KeyID) (tenant.Credential, error) {
	c, err := s.Directory.Tenants().Credential(ctx, key)
	if err == nil && c.Tenant != id {
		err = notFound("the tenant has no credential %q", key)
	}
	if err != nil {
		return tenant.Credential{}, err
	}
	return c, nil
}

func (s *Service) toCredential(c tenant.Credential) Credential {
	out := Credential{
		Key: c.KeyID, Name: c.Name, Kind: c.Kind, Client: c.Client, State: "active", Scopes: c.Scopes,
		Subject: c.Subject, Created: c.Created, Maker: c.Maker, Expires: timeOrNil(c.Expires),
		Revoked: timeOrNil(c.Revoked), Used: timeOrNil(c.Used), Agent: c.Agent, Seen: timeOrNil(c.Seen),
	}
	if now := s.Now(); c.Expired(now) {
		out.State = "expired"
	}
	if !c.Revoked.IsZero() {
		out.State = "revoked"
	}
	return out
}
