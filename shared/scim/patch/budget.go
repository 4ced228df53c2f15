package patch

import (
	"errors"

	"scimserver/shared/scim"
)

// The steps (see scim.Budget) of looking at one value of an attribute, of comparing two
// for equality, and of validating a byte of an operation's value.
const (
	perValue = 1000
	perPair  = 20
	perByte  = 10
)

// chargeValue counts a value that the operation looks at.
func (c change) chargeValue() error { return c.options.Budget.Spend(perValue) }

// chargeValidation counts the validation of the operation's value, which is repeated for every
// value of the attribute that it changes.
func (c change) chargeValidation() error { return c.options.Budget.Spend(perByte * c.op.Value.Len()) }

// chargePairs counts the search for duplicates among added values and those that are there.
func (c change) chargePairs(added, old int) error {
	return c.options.Budget.Spend(perPair * added * (added + old))
}

// BudgetError turns the end of a budget into an *scim.Error, and leaves other errors.
func BudgetError(err error) error {
	if errors.Is(err, scim.ErrBudget) {
		return scim.TooMany("this and the operations before it take more work than one request may; " +
			"send fewer operations in one request, or filters of fewer terms")
	}
	return err
}
