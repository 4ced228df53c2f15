package accesstoken

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"scimserver/shared/tenant"
)

var start = time.Unix(1_800_000_000, 0)

// store is a secret whose versions change.
type store struct {
	versions []Version
	err      error
	reads    int
}

func (s *store) read(context.Context) ([]Version, error) {
	s.reads++
	return s.versions, s.err
}

func version(letter string, created time.Time) Version {
	return Version{Text: strings.Repeat(letter, 40), Created: created}
}

func keyring(s *store, now *time.Time) *Keyring {
	return &Keyring{Service: "here", Read: s.read, Now: func() time.Time { return *now }}
}

func claims(now time.Time) Claims {
	return Claims{
		Credential: "k1", Client: "c1", Scopes: []tenant.Scope{tenant.Read, tenant.Write},
		Issued: now, Expires: now.Add(Lifetime),
	}
}

func issue(t *testing.T, k *Keyring, c Claims) string {
	t.Helper()
	token, err := k.Issue(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestRoundTrip(t *testing.T) {
	now := start
	k := keyring(&store{versions: []Version{version("a", start)}}, &now)
	want := claims(now)
	got, err := k.Verify(t.Context(), issue(t, k, want))
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
	if now = want.Expires; err == nil {
		if _, err := k.Verify(t.Context(), issue(t, k, want)); !errors.Is(err, ErrInvalid) {
			t.Errorf("at its expiry: %v", err)
		}
	}
}

func TestVerifyRejects(t *testing.T) { // P-2-4, P-2.1-2
	now := start
	k := keyring(&store{versions: []Version{version("a", start)}}, &now)
	good := issue(t, k, claims(now))
	parts := strings.Split(good, ".")
	own := k.keys[0]
	sign := func(method jwt.SigningMethod, key any, header map[string]any, change func(*payload)) string {
		p := newPayload(claims(now), "here", "id")
		change(&p)
		token := jwt.NewWithClaims(method, p)
		token.Header["typ"], token.Header["kid"] = typ, own.id
		for name, v := range header {
			token.Header[name] = v
		}
		text, err := token.SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	signOwn := func(change func(*payload)) string {
		return sign(jwt.SigningMethodEdDSA, own.private, nil, change)
	}
	same := func(*payload) {}
	otherAudience := func(p *payload) { p.Audience = jwt.ClaimStrings{"there"} }
	sharedKey := []byte(own.private.Public().(ed25519.PublicKey))
	noneKey := jwt.UnsafeAllowNoneSignatureType
	otherPayload := base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"k2"}`))
	_, foreign, _ := ed25519.GenerateKey(nil)
	for name, token := range map[string]string{
		"empty":                          "",
		"no signature":                   parts[0] + "." + parts[1] + ".",
		"another signature":              sign(jwt.SigningMethodEdDSA, foreign, nil, same),
		"another payload":                parts[0] + "." + otherPayload + "." + parts[2],
		"no algorithm":                   sign(jwt.SigningMethodNone, noneKey, nil, same),
		"the public key as a shared one": sign(jwt.SigningMethodHS256, sharedKey, nil, same),
		"unknown kid":                    sign(jwt.SigningMethodEdDSA, own.private, map[string]any{"kid": "x"}, same),
		"another type":                   sign(jwt.SigningMethodEdDSA, own.private, map[string]any{"typ": "JWT"}, same),
		"another audience":               signOwn(otherAudience),
		"another issuer":                 signOwn(func(p *payload) { p.Issuer = "there" }),
		"no expiry":                      signOwn(func(p *payload) { p.ExpiresAt = nil }),
		"no time of issue":               signOwn(func(p *payload) { p.IssuedAt = nil }),
	} {
		if _, err := k.Verify(t.Context(), token); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := k.Verify(t.Context(), signOwn(same)); err != nil {
		t.Errorf("the test's own signature: %v", err)
	}
}

// TestRotation: every token is valid while the key changes, even if the issuer and the
// verifier read the new key at different times.
func TestRotation(t *testing.T) {
	now := start
	s := &store{versions: []Version{version("a", start)}}
	issuer, verifier := keyring(s, &now), keyring(s, &now)
	old := issue(t, issuer, claims(now))
	s.versions = []Version{version("b", now), version("a", start)}
	for elapsed := time.Duration(0); elapsed < Lifetime; elapsed += time.Minute {
		now = start.Add(elapsed)
		for name, token := range map[string]string{"old": old, "new": issue(t, issuer, claims(now))} {
			if _, err := verifier.Verify(t.Context(), token); err != nil {
				t.Fatalf("%s token after %v: %v", name, elapsed, err)
			}
		}
	}
	s.versions = []Version{version("b", start)}
	now = now.Add(refreshInterval)
	if _, err := verifier.Verify(t.Context(), issue(t, issuer, claims(now))); err != nil {
		t.Errorf("with the new key only: %v", err)
	}
	if issuer.keys[0].id == "" || s.reads > 2*int(Lifetime/refreshInterval)+4 {
		t.Errorf("the secret was read %d times", s.reads)
	}
}

func TestStoreOutOfReach(t *testing.T) {
	now := start
	s := &store{err: errors.New("down")}
	k := keyring(s, &now)
	if _, err := k.Verify(t.Context(), "x"); err == nil || errors.Is(err, ErrInvalid) {
		t.Errorf("without keys: %v", err)
	}
	s.versions, s.err = []Version{version("a", start)}, nil
	token := issue(t, k, claims(now))
	s.err = errors.New("down")
	now = now.Add(2 * refreshInterval)
	if _, err := k.Verify(t.Context(), token); err != nil {
		t.Errorf("with keys read before: %v", err)
	}
	if _, err := keyring(&store{versions: []Version{{Text: "short"}}}, &now).Issue(t.Context(),
		claims(now)); err == nil {
		t.Error("a short secret makes a key")
	}
}
