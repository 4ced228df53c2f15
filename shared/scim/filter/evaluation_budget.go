package filter

import "scimserver/shared/scim"

// Evaluation is the state that the evaluations of filters in one request share: a cache of
// folded values, so that each is folded once even if many terms compare it, and a budget.
// It is not safe for concurrent use.
type Evaluation struct {
	budget *scim.Budget
	folded map[string]string
	steps  int // not yet charged to the budget
	err    error
}

// NewEvaluation returns an evaluation with a budget. A nil budget is unlimited.
func NewEvaluation(b *scim.Budget) *Evaluation {
	return &Evaluation{budget: b, folded: map[string]string{}}
}

// Steps, see scim.Budget.
const (
	perTest  = 50 // for each comparison
	perByte  = 2  // for each byte in a comparison of texts
	perParse = 10 // for each byte that is parsed as a number, a dateTime or base64
)

// chargeEvery is the number of steps after which they are charged to the budget, which also
// checks the request's deadline.
const chargeEvery = 100_000

// spend counts steps. It reports false when the budget is used up. Match then returns an
// error, whatever the predicates return.
func (e *Evaluation) spend(steps int) bool {
	if e.steps += steps; e.steps >= chargeEvery {
		e.charge()
	}
	return e.err == nil
}

// charge subtracts the counted steps from the budget.
func (e *Evaluation) charge() {
	if e.err == nil {
		e.err = e.budget.Spend(e.steps)
	}
	e.steps = 0
}

// fold is scim.Fold. It caches a result if folding takes longer than a look-up.
func (e *Evaluation) fold(s string) string {
	const minCached = 250 // steps
	if len(e.folded) > 0 {
		if folded, ok := e.folded[s]; ok {
			return folded
		}
	}
	folded, steps := scim.FoldCounted(s)
	if e.spend(steps); steps >= minCached {
		e.folded[s] = folded
	}
	return folded
}
