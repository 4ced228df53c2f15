package password

import "testing"

func TestVerify(t *testing.T) {
	hash, err := Hash("t1meMa$heen")
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		clear, hash string
		want        bool
	}{
		"the password":            {"t1meMa$heen", hash, true},
		"another password":        {"t1meMa$heeN", hash, false},
		"an empty password":       {"", hash, false},
		"no hash":                 {"t1meMa$heen", "", false},
		"no password and no hash": {"", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := Verify(tt.clear, tt.hash); got != tt.want || err != nil {
				t.Errorf("%v, %v; want %v", got, err, tt.want)
			}
		})
	}
	for _, bad := range []string{
		"x", hash + "$", "$argon2i" + hash[9:], hash[:len(hash)-4], "$argon2id$v=19$m=1,t=1,p=1$AA$AA",
	} {
		if got, err := Verify("t1meMa$heen", bad); got || err == nil {
			t.Errorf("%s: %v, %v; want an error", bad, got, err)
		}
	}
}
