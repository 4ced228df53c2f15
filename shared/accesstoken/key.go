package accesstoken

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"
)

// Version is a version of the deployment's signing secret: any random text, from which the
// key pair is derived. The secret store can generate it, so no program has to make keys.
type Version struct {
	Text    string
	Created time.Time
}

// minSecret is the minimum length of a secret, which excludes most that people make up.
const minSecret = 32

// key is a key pair.
type key struct {
	id      string // kid
	private ed25519.PrivateKey
	created time.Time
}

func newKey(v Version) (key, error) {
	if len(v.Text) < minSecret {
		return key{}, fmt.Errorf("the signing secret has %d characters; it needs at least %d random ones",
			len(v.Text), minSecret)
	}
	seed, err := hkdf.Key(sha256.New, []byte(v.Text), nil, "scim access token Ed25519", ed25519.SeedSize)
	if err != nil {
		return key{}, err
	}
	private := ed25519.NewKeyFromSeed(seed)
	sum := sha256.Sum256(private.Public().(ed25519.PublicKey))
	return key{id: hex.EncodeToString(sum[:8]), private: private, created: v.Created}, nil
}

// signer returns the key that signs now. keys has the newest key first. A new key does not
// sign until every verifier has read it.
func signer(keys []key, now time.Time) key {
	if len(keys) > 1 && now.Sub(keys[0].created) < signDelay {
		return keys[1]
	}
	return keys[0]
}
