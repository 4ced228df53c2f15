package tenant

import (
	"net/http"
	"time"
)

// RefusalCause says why a request was refused. Operators see the cause for which a credential was
// refused; clients never do (RFC 6750 section 3.1).
type RefusalCause string

// The causes for which a credential is refused with 401. UnknownCredential has no tenant, because
// the tenant of the token is not known.
const (
	UnknownCredential RefusalCause = "unknown"
	WrongSecret       RefusalCause = "wrong-secret" // the key id exists, and the secret is another one
	WrongKind         RefusalCause = "wrong-kind"   // a client secret as a bearer token, or the reverse
	ExpiredCredential RefusalCause = "expired"
	RevokedCredential RefusalCause = "revoked"
	InactiveTenant    RefusalCause = "tenant-inactive" // suspended, or being deleted
)

// WrongPath is the cause for which a request with a valid credential is answered 404: its URL leads to no
// endpoint.
const WrongPath RefusalCause = "wrong-path"

// The causes for which a valid credential is refused with 403.
const (
	MissingScope RefusalCause = "scope"      // the credential may not do this, such as write
	UserToken    RefusalCause = "user-token" // a user's own token can be used at /Me only, and changes little there
	QuotaReached RefusalCause = "quota"      // the tenant has as many users or groups as it may have
)

// The causes for which a request is answered 429. API Gateway throttles before any function runs,
// so its answers are not among them.
const (
	BulkRate        RefusalCause = "bulk-rate"        // the operations of bulk requests exceed the tenant's limit
	ScanBudget      RefusalCause = "scan-budget"      // queries without a key have read as much as they may
	PasswordGuesses RefusalCause = "password-guesses" // too many wrong passwords for one name
)

// Meaning says in a clause what is wrong with a credential or a URL. Operators read it. For the causes of
// 403 and 429 it is "".
func (c RefusalCause) Meaning() string {
	switch c {
	case UnknownCredential:
		return "no tenant has this token: it is mistyped or incomplete, has another form than scim_..., " +
			"or belongs to another stack"
	case WrongSecret:
		return "the secret is wrong"
	case WrongKind:
		return "a client secret was sent as a bearer token, or the other way round"
	case ExpiredCredential:
		return "it has expired"
	case RevokedCredential:
		return "it was revoked"
	case InactiveTenant:
		return "the tenant was not active"
	case WrongPath:
		return "the URL of the request leads to no endpoint"
	}
	return ""
}

// Status returns the HTTP status with which a refusal for this cause is answered.
func (c RefusalCause) Status() int {
	switch c {
	case WrongPath:
		return http.StatusNotFound
	case MissingScope, UserToken, QuotaReached:
		return http.StatusForbidden
	case BulkRate, ScanBudget, PasswordGuesses:
		return http.StatusTooManyRequests
	}
	return http.StatusUnauthorized
}

// Refusal counts the refusals of one credential for one cause in one hour.
type Refusal struct {
	Tenant     ID    // "" for an unknown credential
	Credential KeyID // "" for an unknown credential, and for PasswordGuesses
	Cause      RefusalCause
	Hour       time.Time // its beginning
	Count      int64
	Last       time.Time // accurate to the second
}

// Refusal returns why a credential is refused at now, or "" if it is accepted. proved says whether
// the secret is right.
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
