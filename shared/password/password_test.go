package password

import (
	"encoding/base64"
	"strings"
	"testing"

	"golang.org/x/crypto/argon2"
)

func TestHash(t *testing.T) { // S-4.1.1-11, P-7.7-1, S-9.2-2
	a, err := Hash("t1meMa$heen")
	if err != nil {
		t.Fatal(err)
	}
	b, _ := Hash("t1meMa$heen")
	if a == b {
		t.Error("two hashes of the same password are equal, so there is no salt")
	}
	parts := strings.Split(a, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != "v=19" || parts[3] != "m=19456,t=2,p=1" {
		t.Fatalf("not the PHC format: %s", a)
	}
	salt, _ := base64.RawStdEncoding.DecodeString(parts[4])
	want := base64.RawStdEncoding.EncodeToString(argon2.IDKey([]byte("t1meMa$heen"), salt, 2, 19456, 1, 32))
	if parts[5] != want {
		t.Errorf("%s is not the hash of the password with its salt", a)
	}
}
