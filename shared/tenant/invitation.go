package tenant

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/hex"
	"strings"
	"time"
)

// InvitationID identifies an invitation within its tenant.
type InvitationID string

// Role is what a person may do on the setup page.
type Role string

// The roles. SetupRole may also make and rotate credentials; ViewRole may change nothing.
const (
	SetupRole Role = "setup"
	ViewRole  Role = "view"
)

// Valid reports whether r is one of the two roles.
func (r Role) Valid() bool { return r == SetupRole || r == ViewRole }

// SessionLife is how long a session of the setup page lasts.
const SessionLife = 12 * time.Hour

// MaxInvitationFailures is how many wrong secrets for an invitation are tolerated. After that the
// invitation is void.
const MaxInvitationFailures = 10

// Invitation lets a customer's administrator open the setup page of a tenant once, with a secret
// code of which only a hash is stored. Opening it begins a session.
type Invitation struct {
	ID       InvitationID
	Tenant   ID
	Role     Role
	Hash     [sha256.Size]byte // of the code
	Maker    string            // the IAM identity that made it
	Created  time.Time
	Expires  time.Time
	Opened   time.Time // zero: not yet
	Revoked  time.Time // zero: was not revoked
	Failures int       // wrong secrets that were tried
}

// InvitationState says whether an invitation can be opened.
type InvitationState string

// The states of invitations.
const (
	InvitationOpen    InvitationState = "open"    // it can be opened
	InvitationUsed    InvitationState = "used"    // it was opened, and its session may last
	InvitationExpired InvitationState = "expired" // nobody opened it in time
	InvitationRevoked InvitationState = "revoked" // by an operator
	InvitationLocked  InvitationState = "locked"  // by too many wrong secrets
)

// State returns the state at a time.
func (i Invitation) State(now time.Time) InvitationState {
	switch {
	case !i.Revoked.IsZero():
		return InvitationRevoked
	case !i.Opened.IsZero():
		return InvitationUsed
	case i.Failures >= MaxInvitationFailures:
		return InvitationLocked
	case !now.Before(i.Expires):
		return InvitationExpired
	}
	return InvitationOpen
}

// Proves reports whether a code is that of the invitation, in constant time.
func (i Invitation) Proves(code string) bool {
	hash := sha256.Sum256([]byte(code))
	return subtle.ConstantTimeCompare(hash[:], i.Hash[:]) == 1
}

// Session is a session of the setup page. Only a hash of its key is stored.
type Session struct {
	Tenant     ID
	Invitation InvitationID
	Hash       [sha256.Size]byte // of the key
	Created    time.Time
	Expires    time.Time
}

const (
	invitationPrefix = "setup"
	sessionPrefix    = "session"
	invitationIDSize = 16
)

var lowerBase32 = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// newSecret returns 256 random bits.
func newSecret() string {
	var bits [32]byte
	_, _ = rand.Read(bits[:]) // it never fails: crypto/rand
	return lowerBase32.EncodeToString(bits[:])
}

// NewInvitation makes an invitation with the tenant, role, maker and expiry of a model. Its code
// has the form setup.<tenant>.<id>.<secret><checksum>, and is not stored.
func NewInvitation(model Invitation, now time.Time) (code string, i Invitation) {
	id := strings.ToLower(rand.Text()[:invitationIDSize])
	body := strings.Join([]string{invitationPrefix, string(model.Tenant), id, newSecret()}, ".")
	code = body + Checksum(body)
	return code, Invitation{
		ID: InvitationID(id), Tenant: model.Tenant, Role: model.Role, Hash: sha256.Sum256([]byte(code)),
		Maker: model.Maker, Created: now, Expires: model.Expires,
	}
}

// ParseInvitation checks the form and the checksum of a code, and returns the tenant and the invitation
// that it names. The error is ErrMalformed. It does not check the secret: see Invitation.Proves.
func ParseInvitation(code string) (ID, InvitationID, error) {
	parts := strings.Split(code, ".")
	if len(parts) != 4 || parts[0] != invitationPrefix || !ID(parts[1]).Valid() ||
		len(parts[2]) != invitationIDSize ||
		len(parts[3]) != lowerBase32.EncodedLen(32)+checksumLength {
		return "", "", ErrMalformed
	}
	body, sum := code[:len(code)-checksumLength], code[len(code)-checksumLength:]
	if Checksum(body) != sum {
		return "", "", ErrMalformed
	}
	return ID(parts[1]), InvitationID(parts[2]), nil
}

// NewSession makes a session for an invitation. Its key has the form session.<tenant>.<secret>, and
// is not stored.
func NewSession(i Invitation, now time.Time) (key string, s Session) {
	key = strings.Join([]string{sessionPrefix, string(i.Tenant), newSecret()}, ".")
	return key, Session{
		Tenant: i.Tenant, Invitation: i.ID, Hash: sha256.Sum256([]byte(key)),
		Created: now, Expires: now.Add(SessionLife),
	}
}

// ParseSession returns the tenant that a session's key names, and the hash by which its record is
// found. The error is ErrMalformed.
func ParseSession(key string) (ID, [sha256.Size]byte, error) {
	parts := strings.Split(key, ".")
	if len(parts) != 3 || parts[0] != sessionPrefix || !ID(parts[1]).Valid() ||
		len(parts[2]) != lowerBase32.EncodedLen(32) {
		return "", [sha256.Size]byte{}, ErrMalformed
	}
	return ID(parts[1]), sha256.Sum256([]byte(key)), nil
}

// FormToken returns the token that a session's forms must contain, so that other sites can't submit
// them. It is derived from the session's key, and does not reveal the key.
func FormToken(key string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte("form")) // a hash never fails
	return hex.EncodeToString(mac.Sum(nil)[:16])
}
