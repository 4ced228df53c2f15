package tenant

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestIssue(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	token, c := Issue("acme", []Scope{Read, Write}, now, now.Add(time.Hour))
	keyID, err := Parse(token)
	if err != nil || keyID != c.KeyID {
		t.Fatalf("Parse(%q) = %q, %v; want %q", token, keyID, err, c.KeyID)
	}
	if !c.Proves(token) {
		t.Error("the issued token does not prove its own credential")
	}
	other, _ := Issue("acme", nil, now, time.Time{})
	if c.Proves(other) || (Credential{}).Proves(token) {
		t.Error("another token proves the credential")
	}
	if c.Hash != sha256.Sum256([]byte(token)) { // P-7.7-1
		t.Errorf("the credential's hash is %x, want SHA-256 of the token", c.Hash)
	}
	secret := token[len(prefix)+keyIDLength+1 : len(token)-checksumLength]
	if record := fmt.Sprintf("%q", c); strings.Contains(record, secret) || !strings.Contains(record, string(c.KeyID)) {
		t.Errorf("the credential holds its secret, or not its key id: %s", record)
	}
}

func TestExpired(t *testing.T) { // P-7.4-3
	now := time.Unix(1_800_000_000, 0)
	_, c := Issue("acme", nil, now, now.Add(time.Hour))
	if c.Expired(now.Add(time.Hour - 1)) {
		t.Error("expired before its time")
	}
	if !c.Expired(now.Add(time.Hour)) {
		t.Error("not expired at its time")
	}
	if (Credential{}).Expired(now) {
		t.Error("a credential without expiry has expired")
	}
}

func TestParseRejects(t *testing.T) {
	good, _ := Issue("acme", nil, time.Now(), time.Time{})
	flipped := []byte(good)
	flipped[30] ^= 1
	for _, token := range []string{
		"", "scim_", "Bearer " + good, good + "0", good[:len(good)-1],
		strings.Replace(good, "_", "-", 1), string(flipped),
	} {
		if _, err := Parse(token); err == nil {
			t.Errorf("Parse(%q) accepts it", token)
		}
	}
}
