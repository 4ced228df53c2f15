package password

import (
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// errFormat reports a hash that does not come from Hash.
var errFormat = errors.New("password: the hash does not have the format of Hash")

// noPassword is a hash that no password has. Verify uses it for a user without a password, so that
// the response takes the same time.
const noPassword = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// Verify reports whether a password has a hash, in constant time. For the hash "" it reports false in
// the same time. It returns an error if the hash does not come from Hash.
func Verify(clear, hash string) (bool, error) {
	known := hash != ""
	if !known {
		hash = noPassword
	}
	salt, want, err := parse(hash)
	if err != nil {
		return false, err
	}
	got := argon2.IDKey([]byte(clear), salt, passes, memory, threads, length)
	return subtle.ConstantTimeCompare(got, want) == 1 && known, nil
}

// parse parses a hash in the PHC string format. The hash must have the costs that Hash uses.
func parse(hash string) (salt, sum []byte, err error) {
	parts := strings.Split(hash, "$")
	costs := fmt.Sprintf("m=%d,t=%d,p=%d", memory, passes, threads)
	version := fmt.Sprintf("v=%d", argon2.Version)
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != version || parts[3] != costs {
		return nil, nil, errFormat
	}
	salt, saltErr := base64.RawStdEncoding.DecodeString(parts[4])
	sum, sumErr := base64.RawStdEncoding.DecodeString(parts[5])
	if saltErr != nil || sumErr != nil || len(sum) != length {
		return nil, nil, errFormat
	}
	return salt, sum, nil
}
