package tenant

import "time"

// RefusalCause says why a credential was refused. Clients are never told (RFC 6750 section 3.1);
// operators are.
type RefusalCause string

// The causes. UnknownCredential has no tenant: nothing says to whom the token once belonged.
const (
	UnknownCredential RefusalCause = "unknown"
	WrongSecret       RefusalCause = "wrong-secret" // the key id exists, and the secret is another one
	WrongKind         RefusalCause = "wrong-kind"   // a client secret as a bearer token, or the reverse
	ExpiredCredential RefusalCause = "expired"
	RevokedCredential RefusalCause = "revoked"
	InactiveTenant    RefusalCause = "tenant-inactive" // suspended, or being deleted
)

// Refusal counts the refusals of one credential for one cause in one hour.
type Refusal struct {
	Tenant     ID    // "" for an unknown credential
	Credential KeyID // "" for an unknown credential
	Cause      RefusalCause
	Hour       time.Time // its beginning
	Count      int64
	Last       time.Time // accurate to the second
}

// Refusal returns why a credential is refused at now, "" if it is not. proved says whether the
// secret is right.
func (c Credential) Refusal(proved bool, kind Kind, now time.Time) RefusalCause {
	switch {
	case c.KeyID == "":
		return UnknownCredential
	case !proved:
		return WrongSecret
	case c.Kind != kind:
		return WrongKind
	case !c.Revoked.IsZero():
		return RevokedCredential
	case c.Expired(now):
		return ExpiredCredential
	}
	return ""
}
