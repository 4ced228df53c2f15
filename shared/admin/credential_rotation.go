package admin

import (
	"context"
	"math"
	"time"

	"scimserver/shared/tenant"
)

// Rotate creates a credential with the properties of an old one, and lets the old one expire after an overlap. The
// new one has the lifetime with which the old one was created. If the old one can't be written, both keep working,
// and the old one can be revoked.
func (s *Service) Rotate(ctx context.Context, id tenant.ID, key tenant.KeyID, in Rotation) (Rotated, error) {
	old, err := s.find(ctx, id, key)
	if err != nil {
		return Rotated{}, err
	}
	if !old.Usable(s.Now()) {
		return Rotated{}, conflict("credential %s has expired or was revoked: create a new one", key)
	}
	overlap := defaultOverlap
	if in.OverlapSeconds != nil {
		if *in.OverlapSeconds < 0 || *in.OverlapSeconds > maxLifetime {
			return Rotated{}, invalid("overlapSeconds must be between 0 and %d", maxLifetime)
		}
		overlap = time.Duration(*in.OverlapSeconds) * time.Second
	}
	model, t, err := s.successor(ctx, old)
	if err != nil {
		return Rotated{}, err
	}
	model.Maker = in.Maker
	issued, err := s.issue(ctx, model, t)
	if err != nil {
		return Rotated{}, err
	}
	ended, err := s.Directory.Tenants().EditCredential(ctx, id, key, s.expiringIn(overlap))
	return Rotated{New: issued, Old: s.toCredential(ended)}, err
}

// successor returns a new credential with the properties of an old one, and its tenant.
func (s *Service) successor(
	ctx context.Context, old tenant.Credential,
) (tenant.Credential, tenant.Tenant, error) {
	t, err := s.Directory.Tenants().Tenant(ctx, old.Tenant)
	if err == nil && t.State == tenant.Deleting {
		err = beingDeleted(old.Tenant)
	}
	model, life := old, old.Lifetime
	if most := t.Limits.TokenAge; most > 0 && (life == 0 || life > most) {
		life = most
	}
	model.Expires = time.Time{}
	if life > 0 {
		model.Expires = s.Now().UTC().Truncate(time.Second).Add(life)
	}
	return model, t, err
}

// expiringIn returns an edit that lets a credential expire, unless it expires sooner.
func (s *Service) expiringIn(wait time.Duration) func(*tenant.Credential) error {
	at := s.Now().UTC().Truncate(time.Second).Add(wait)
	return func(c *tenant.Credential) error {
		if c.Expires.IsZero() || at.Before(c.Expires) {
			c.Expires = at
		}
		return nil
	}
}

// Revoke ends a credential. It may work until API Gateway's cache expires. Revoking it again is a
// no-op.
func (s *Service) Revoke(ctx context.Context, id tenant.ID, key tenant.KeyID) (Revoked, error) {
	now := s.Now().UTC().Truncate(time.Second)
	c, err := s.Directory.Tenants().EditCredential(ctx, id, key, func(c *tenant.Credential) error {
		if c.Revoked.IsZero() {
			c.Revoked = now
		}
		return nil
	})
	out := Revoked{Credential: s.toCredential(c)}
	if left := c.Revoked.Add(s.CacheTime).Sub(now); left > 0 {
		out.WorksForSeconds = int(math.Ceil(left.Seconds()))
	}
	return out, err
}
