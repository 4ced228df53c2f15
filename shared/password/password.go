// Package password hashes passwords for storage (RFC 7643 section 4.1.1), and compares a password
// with a hash. It never stores or logs a password.
package password

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"

	"golang.org/x/crypto/argon2"
)

// The cost of a hash: OWASP's minimum for Argon2id.
const (
	memory  = 19 * 1024 // KiB
	passes  = 2
	threads = 1
	length  = 32 // bytes of hash
)

// Hash returns a salted Argon2id hash of a password (RFC 9106) in the PHC string format,
// which libraries for most languages can verify. It takes tens of milliseconds. It returns an error
// if it can't read a random salt.
func Hash(clear string) (string, error) {
	salt := make([]byte, 16)
	if _, err := rand.Read(salt); err != nil {
		return "", err
	}
	hash := argon2.IDKey([]byte(clear), salt, passes, memory, threads, length)
	encode := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, memory, passes, threads, encode(salt), encode(hash)), nil
}
