package directory

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
)

// ErrSeal means that a text was not sealed by this directory for this tenant and purpose,
// or was altered.
var ErrSeal = errors.New("directory: the sealed text is invalid")

// Seal encrypts and authenticates a text that a client stores for this service. Any
// function can unseal it, but only for the same tenant and purpose. Ready must have been
// called.
func (t *Tenant) Seal(purpose string, text []byte) (string, error) {
	aead, err := t.d.aead()
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(aead.Seal(nil, nil, text, t.sealed(purpose))), nil
}

// Unseal returns the text that was given to Seal, or ErrSeal.
func (t *Tenant) Unseal(purpose, sealed string) ([]byte, error) {
	aead, err := t.d.aead()
	if err != nil {
		return nil, err
	}
	data, err := base64.RawURLEncoding.Strict().DecodeString(sealed)
	if err != nil {
		return nil, ErrSeal
	}
	text, err := aead.Open(nil, nil, data, t.sealed(purpose))
	if err != nil {
		return nil, ErrSeal
	}
	return text, nil
}

// sealed is the additional authenticated data of a seal.
func (t *namespace) sealed(purpose string) []byte { return []byte(string(t.id) + "\x00" + purpose) }

// aead returns a cipher with random nonces. All functions derive its key from the table's
// secret.
func (d *Directory) aead() (cipher.AEAD, error) {
	d.mu.Lock()
	secret := d.secret
	d.mu.Unlock()
	if len(secret) == 0 {
		return nil, ErrSettings
	}
	key, err := hkdf.Key(sha256.New, secret, nil, "seal", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

func newSecret() []byte {
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails
	return secret
}
