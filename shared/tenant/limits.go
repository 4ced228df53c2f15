package tenant

import (
	"fmt"
	"time"
)

// Limits bound what one tenant may do.
type Limits struct {
	RequestsPerSecond int           // on average
	Burst             int           // of requests at once
	Users             int           // 0: unlimited
	Groups            int           // 0: unlimited
	EmailsPerUser     int           // at most MaxEmails
	TokenAge          time.Duration // the longest lifetime of a credential; 0: unlimited
}

// MaxEmails is the maximum of EmailsPerUser. Each email is a claim, and the claims of a
// user must fit into one transaction.
const MaxEmails = 40

// maxRequests is API Gateway's default limit for a whole AWS account, in requests per second.
const maxRequests = 10_000

// DefaultLimits returns the limits of a tenant that has none of its own. Entra ID requires
// at least 25 requests per second.
func DefaultLimits() Limits {
	return Limits{RequestsPerSecond: 50, Burst: 100, EmailsPerUser: MaxEmails}
}

// Check returns an error that names a limit out of its range.
func (l Limits) Check() error {
	switch {
	case l.RequestsPerSecond < 1 || l.RequestsPerSecond > maxRequests:
		return fmt.Errorf("the limit of requests per second must be between 1 and %d", maxRequests)
	case l.Burst < 1 || l.Burst > maxRequests:
		return fmt.Errorf("the limit of requests at once must be between 1 and %d", maxRequests)
	case l.Users < 0 || l.Groups < 0:
		return fmt.Errorf("a limit of users or groups must not be negative; 0 means no limit")
	case l.EmailsPerUser < 1 || l.EmailsPerUser > MaxEmails:
		return fmt.Errorf("the limit of emails per user must be between 1 and %d", MaxEmails)
	case l.TokenAge < 0:
		return fmt.Errorf("the limit of a token's age must not be negative; 0 means no limit")
	}
	return nil
}

// Quotas returns the limits that functions enforce, as text for the authorizer's context.
// ParseQuotas reads it.
func (l Limits) Quotas() string {
	return fmt.Sprintf("%d %d %d", l.Users, l.Groups, l.EmailsPerUser)
}

// ParseQuotas reads what Quotas wrote. It returns the defaults for any other text: the
// context of an older authorizer has no quotas.
func ParseQuotas(s string) Limits {
	l := DefaultLimits()
	if n, err := fmt.Sscanf(s, "%d %d %d", &l.Users, &l.Groups, &l.EmailsPerUser); n < 3 || err != nil {
		return DefaultLimits()
	}
	return l
}
