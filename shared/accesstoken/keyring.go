package accesstoken

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// The secret is read again after refresh. A new version of it verifies at once
// and signs after settle, when no verifier is left that has not read it.
const (
	refreshInterval = 5 * time.Minute
	signDelay       = 2 * refreshInterval
)

// Keyring signs and verifies with the versions of a secret: the current one and
// the one before, so that keys change without a token failing. It is safe for
// concurrent use.
type Keyring struct {
	// Service names the deployment: issuer and audience of its tokens.
	Service string
	// Read returns the versions of the secret that are valid, the newest first.
	Read func(context.Context) ([]Version, error)
	Now  func() time.Time

	mu   sync.Mutex
	keys []key
	read time.Time
}

// Issue signs a token.
func (k *Keyring) Issue(ctx context.Context, c Claims) (string, error) {
	keys, err := k.currentKeys(ctx)
	if err != nil {
		return "", err
	}
	with := signer(keys, k.Now())
	t := jwt.NewWithClaims(jwt.SigningMethodEdDSA, newPayload(c, k.Service, rand.Text()))
	t.Header["typ"], t.Header["kid"] = typ, with.id
	return t.SignedString(with.private)
}

// Verify returns what a token says. The error is ErrInvalid, unless the keys
// could not be had.
func (k *Keyring) Verify(ctx context.Context, token string) (Claims, error) {
	keys, err := k.currentKeys(ctx)
	if err != nil {
		return Claims{}, err
	}
	parser := jwt.NewParser(jwt.WithValidMethods([]string{jwt.SigningMethodEdDSA.Alg()}), jwt.WithIssuer(k.Service),
		jwt.WithAudience(k.Service), jwt.WithExpirationRequired(), jwt.WithTimeFunc(k.Now), jwt.WithStrictDecoding())
	var p payload
	if _, err := parser.ParseWithClaims(token, &p, keyFunc(keys)); err != nil || p.IssuedAt == nil {
		return Claims{}, ErrInvalid
	}
	return p.claims(), nil
}

// keyFunc finds the public key of a token's kid.
func keyFunc(keys []key) jwt.Keyfunc {
	return func(t *jwt.Token) (any, error) {
		for _, one := range keys {
			if t.Header["kid"] == one.id && t.Header["typ"] == typ {
				return one.private.Public(), nil
			}
		}
		return nil, ErrInvalid
	}
}

// currentKeys returns the keys, read again when their time has come. Keys that were
// read before serve on while the store is out of reach.
func (k *Keyring) currentKeys(ctx context.Context) ([]key, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.keys != nil && k.Now().Sub(k.read) < refreshInterval {
		return k.keys, nil
	}
	keys, err := k.loadKeys(ctx)
	if err != nil && k.keys == nil {
		return nil, err
	}
	if err == nil {
		k.keys = keys
	}
	k.read = k.Now()
	return k.keys, nil
}

func (k *Keyring) loadKeys(ctx context.Context) ([]key, error) {
	versions, err := k.Read(ctx)
	if err != nil {
		return nil, err
	}
	if len(versions) == 0 {
		return nil, errors.New("the signing secret has no version")
	}
	keys := make([]key, len(versions))
	for i, v := range versions {
		if keys[i], err = newKey(v); err != nil {
			return nil, err
		}
	}
	return keys, nil
}
