package password

import (
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// errForm reports a hash that Hash has not made.
var errForm = errors.New("password: the hash does not have the form that Hash writes")

// none is a hash that no password has: it is compared where somebody has no password, so that the
// comparison takes as long.
const none = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// Verify reports whether a hash is that of a password, in constant time. For the hash "" it reports
// false, and takes as long. The error says that the hash is not one that Hash has made.
func Verify(clear, hash string) (bool, error) {
	known := hash != ""
	if !known {
		hash = none
	}
	salt, want, err := parse(hash)
	if err != nil {
		return false, err
	}
	got := argon2.IDKey([]byte(clear), salt, passes, memory, threads, length)
	return subtle.ConstantTimeCompare(got, want) == 1 && known, nil
}

// parse reads a hash in the PHC string format with the costs that Hash uses.
func parse(hash string) (salt, sum []byte, err error) {
	parts := strings.Split(hash, "$")
	costs := fmt.Sprintf("m=%d,t=%d,p=%d", memory, passes, threads)
	version := fmt.Sprintf("v=%d", argon2.Version)
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != version || parts[3] != costs {
		return nil, nil, errForm
	}
	salt, saltErr := base64.RawStdEncoding.DecodeString(parts[4])
	sum, sumErr := base64.RawStdEncoding.DecodeString(parts[5])
	if saltErr != nil || sumErr != nil || len(sum) != length {
		return nil, nil, errForm
	}
	return salt, sum, nil
}
