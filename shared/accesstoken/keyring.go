package accesstoken

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// The secret is read again after refreshInterval. A new version verifies at once, and
// signs after signDelay, when every verifier has read it.
const (
	refreshInterval = 5 * time.Minute
	signDelay       = 2 * refreshInterval
)

// Keyring signs and verifies with the current and the previous version of a secret, so
// that a rotation of the secret invalidates no token. It is safe for concurrent use.
type Keyring struct {
	// Service names the deployment. It is the issuer and the audience of the tokens.
	Service string
	// Read returns the valid versions of the secret, the newest first.
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
	signing := signer(keys, k.Now())
	t := jwt.NewWithClaims(jwt.SigningMethodEdDSA, newPayload(c, k.Service, rand.Text()))
	t.Header["typ"], t.Header["kid"] = typ, signing.id
	return t.SignedString(signing.private)
}

// Verify returns the claims of a valid token. The error is ErrInvalid, or another one if
// the keys could not be read.
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

// keyFunc returns the function that finds the public key of a token by its kid.
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

// currentKeys returns the keys, and reads them again after refreshInterval. It keeps the
// old ones while the secret store is unreachable.
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
