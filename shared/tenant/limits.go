package tenant

import (
	"fmt"
	"time"
)

// Limits bound what one tenant may do.
type Limits struct {
	RequestsPerSecond int           // on average
	Burst             int           // of requests at once
	Users             int           // 0: as many as wanted
	Groups            int           // 0: as many as wanted
	EmailsPerUser     int           // at most MaxEmails
	TokenAge          time.Duration // the longest life of a credential; 0: any
}

// MaxEmails is the number of emails that no limit exceeds: each is a claim, and
// a user's claims have to fit into one transaction.
const MaxEmails = 40

// maxRequests is what API Gateway takes of a whole account.
const maxRequests = 10_000

// DefaultLimits are those of a tenant that was given none. Entra ID asks for 25
// requests a second at least.
func DefaultLimits() Limits {
	return Limits{RequestsPerSecond: 50, Burst: 100, EmailsPerUser: MaxEmails}
}

// Check returns an error that names the limit that can't be.
func (l Limits) Check() error {
	switch {
	case l.RequestsPerSecond < 1 || l.RequestsPerSecond > maxRequests:
		return fmt.Errorf("the limit of requests per second must be between 1 and %d", maxRequests)
	case l.Burst < 1 || l.Burst > maxRequests:
		return fmt.Errorf("the limit of requests at once must be between 1 and %d", maxRequests)
	case l.Users < 0 || l.Groups < 0:
		return fmt.Errorf("a limit of users or groups must not be negative; 0 means none")
	case l.EmailsPerUser < 1 || l.EmailsPerUser > MaxEmails:
		return fmt.Errorf("the limit of emails per user must be between 1 and %d", MaxEmails)
	case l.TokenAge < 0:
		return fmt.Errorf("the limit of a token's age must not be negative; 0 means none")
	}
	return nil
}

// Quotas are the limits that functions enforce, as text for the authorizer's
// context; ParseQuotas reads it.
func (l Limits) Quotas() string {
	return fmt.Sprintf("%d %d %d", l.Users, l.Groups, l.EmailsPerUser)
}

// ParseQuotas reads what Quotas wrote. What it can't read leaves the defaults:
// an authorizer of an earlier version says nothing of them.
func ParseQuotas(s string) Limits {
	l := DefaultLimits()
	if n, err := fmt.Sscanf(s, "%d %d %d", &l.Users, &l.Groups, &l.EmailsPerUser); n < 3 || err != nil {
		return DefaultLimits()
	}
	return l
}
