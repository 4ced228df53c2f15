package patch

import (
	"errors"

	"scimserver/shared/scim"
)

// Steps, see scim.Budget.
const (
	perValue = 1000 // for each value of an attribute that an operation examines
	perPair  = 20   // for each pair of values that are compared for equality
	perByte  = 10   // for each byte of an operation's value that is validated
)

// chargeValue charges one value that the operation examines.
func (c change) chargeValue() error { return c.options.Budget.Spend(perValue) }

// chargeValidation charges the validation of the operation's value, which is repeated for
// every value of the attribute that it changes.
func (c change) chargeValidation() error { return c.options.Budget.Spend(perByte * c.op.Value.Len()) }

// chargePairs charges the search for duplicates among added and old values.
func (c change) chargePairs(added, old int) error {
	return c.options.Budget.Spend(perPair * added * (added + old))
}

// BudgetError turns scim.ErrBudget into an *scim.Error, and returns other errors unchanged.
func BudgetError(err error) error {
	if errors.Is(err, scim.ErrBudget) {
		return scim.TooMany("this operation and those before it take more work than one request may; " +
			"send fewer operations in one request, or use filters with fewer terms")
	}
	return err
}
