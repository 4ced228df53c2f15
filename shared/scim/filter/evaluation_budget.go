package filter

import "scimserver/shared/scim"

// Evaluation is what the evaluations of filters on some resources have in common: each
// value is folded once, however many terms compare it, and all of them draw on one
// budget. It is not safe for concurrent use.
type Evaluation struct {
	budget *scim.Budget
	folded map[string]string
	steps  int // not yet taken off the budget
	err    error
}

// NewEvaluation returns an evaluation that draws on a budget; nil is without bounds.
func NewEvaluation(b *scim.Budget) *Evaluation {
	return &Evaluation{budget: b, folded: map[string]string{}}
}

// The steps of a comparison besides those for its bytes, of a byte in which a text is
// looked for, and of one that is parsed as a number, an instant or base64.
const (
	perTest  = 50
	perByte  = 2
	perParse = 10
)

// chargeEvery is the most steps that are taken before the budget and the request's deadline
// are looked at.
const chargeEvery = 100_000

// spend counts steps. It reports false when no more may be taken: the result of the
// evaluation is an error then, whatever the tests say.
func (e *Evaluation) spend(steps int) bool {
	if e.steps += steps; e.steps >= chargeEvery {
		e.charge()
	}
	return e.err == nil
}

// charge takes the steps off the budget.
func (e *Evaluation) charge() {
	if e.err == nil {
		e.err = e.budget.Spend(e.steps)
	}
	e.steps = 0
}

// fold is scim.Fold. It keeps the results that take longer than to find them again.
func (e *Evaluation) fold(s string) string {
	const worthKeeping = 250 // steps
	if len(e.folded) > 0 {
		if folded, ok := e.folded[s]; ok {
			return folded
		}
	}
	folded, steps := scim.FoldCounted(s)
	if e.spend(steps); steps >= worthKeeping {
		e.folded[s] = folded
	}
	return folded
}
