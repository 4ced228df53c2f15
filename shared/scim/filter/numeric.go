package filter

import "scimserver/shared/scim"

// numeric compares numbers by value: 1.0 equals 1.
func numeric(op Op, literal string) predicate {
	want, holds := scim.ParseDecimal(literal), ordered(op)
	return func(v scim.Value, e *Evaluation) bool {
		return v.Kind() == scim.Number && e.spend(perParse*len(v.Text())) &&
			holds(scim.ParseDecimal(v.Text()).Compare(want))
	}
}
