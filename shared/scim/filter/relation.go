package filter

import (
	"strings"

	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
)

// relation compiles the comparison of one value with the literal, by the type of the
// attribute (RFC 7644 table 3). For ne it returns that of eq, which the caller negates.
func (at location) relation(e *Compare) (predicate, error) {
	leaf := at.leaf()
	if err := checkComparison(leaf, e); err != nil {
		return nil, err
	}
	op, literal := e.Op, e.Value.Text()
	if op == NotEqual {
		op = Equal
	}
	switch leaf.Type {
	case schema.Boolean:
		return equalBoolean(e.Value.IsTrue(), at.sub != nil && at.attr.MultiValued && leaf.Name == "primary"), nil
	case schema.Integer, schema.Decimal:
		return numeric(op, literal), nil
	case schema.DateTime:
		return chronological(op, literal, e.Path)
	case schema.Binary:
		return equalBinary(literal, e.Path)
	}
	if err := rejectControlCharacters(leaf, e); err != nil {
		return nil, err
	}
	if leaf.CaseExact {
		return textual(op, literal, func(s string, _ *Evaluation) string { return s }), nil
	}
	return textual(op, scim.Fold(literal), func(s string, e *Evaluation) string { return e.fold(s) }), nil
}

// checkComparison checks the operator and the JSON type of the literal against the type of
// the attribute.
func checkComparison(leaf *schema.Attribute, e *Compare) error {
	if !strings.Contains(operators(leaf.Type), string(e.Op)) {
		return scim.InvalidFilter(e.Path.String() + " has type " + string(leaf.Type) + ", which does not support " +
			string(e.Op) + "; use one of " + operators(leaf.Type))
	}
	if want := literalKind(leaf.Type); e.Value.Kind() != want {
		return scim.InvalidFilter(e.Path.String() + " has type " + string(leaf.Type) + "; compare it with a JSON " +
			want.String() + ", not with " + e.Value.JSON())
	}
	return nil
}

func operators(t schema.Type) string {
	switch t {
	case schema.Boolean, schema.Binary:
		return "eq ne pr"
	case schema.Integer, schema.Decimal, schema.DateTime:
		return "eq ne gt ge lt le pr"
	}
	return "eq ne co sw ew gt ge lt le pr"
}

// literalKind returns the JSON type of a data type's values (RFC 7643 section 2.3).
func literalKind(t schema.Type) scim.Kind {
	switch t {
	case schema.Boolean:
		return scim.Bool
	case schema.Integer, schema.Decimal:
		return scim.Number
	}
	return scim.String
}

// textual compares strings and references. prepare folds a value if the attribute is not
// case-exact. The literal is prepared already.
func textual(op Op, literal string, prepare func(string, *Evaluation) string) predicate {
	holds := textRelation(op)
	return func(v scim.Value, e *Evaluation) bool {
		return v.Kind() == scim.String && e.spend(perByte*len(v.Text())) && holds(prepare(v.Text(), e), literal)
	}
}

func textRelation(op Op) func(s, literal string) bool {
	switch op {
	case Equal:
		return func(s, literal string) bool { return s == literal }
	case Contains:
		return strings.Contains
	case StartsWith:
		return strings.HasPrefix
	case EndsWith:
		return strings.HasSuffix
	}
	holds := ordered(op)
	return func(s, literal string) bool { return holds(strings.Compare(s, literal)) }
}

// ordered returns which results of a three-way comparison an operator accepts.
func ordered(op Op) func(order int) bool {
	switch op {
	case Greater:
		return func(order int) bool { return order > 0 }
	case GreaterOrEqual:
		return func(order int) bool { return order >= 0 }
	case Less:
		return func(order int) bool { return order < 0 }
	case LessOrEqual:
		return func(order int) bool { return order <= 0 }
	}
	return func(order int) bool { return order == 0 }
}

// equalBoolean compares booleans. A missing primary is treated as false (RFC 7643 section 2.4).
func equalBoolean(want, missingIsFalse bool) predicate {
	return func(v scim.Value, _ *Evaluation) bool {
		return v.IsTrue() == want && (v.Kind() == scim.Bool || missingIsFalse)
	}
}

// chronological compares times, whose offsets and fractions may differ.
func chronological(op Op, literal string, p Path) (predicate, error) {
	want, err := schema.ParseDateTime(literal)
	if err != nil {
		return nil, scim.InvalidFilter(p.String() +
			" has type dateTime; compare it with a dateTime such as 2008-01-23T04:56:22Z")
	}
	holds := ordered(op)
	return func(v scim.Value, e *Evaluation) bool {
		got, err := schema.ParseDateTime(v.Text())
		return err == nil && e.spend(perParse*len(v.Text())) && holds(got.Compare(want))
	}, nil
}

// equalBinary compares the decoded bytes. The base64 may be padded or not.
func equalBinary(literal string, p Path) (predicate, error) {
	want, err := schema.ParseBinary(literal)
	if err != nil {
		return nil, scim.InvalidFilter(p.String() + " has type binary; compare it with base64")
	}
	return func(v scim.Value, e *Evaluation) bool {
		got, err := schema.ParseBinary(v.Text())
		return err == nil && v.Kind() == scim.String && e.spend(perParse*len(v.Text())) &&
			string(got) == string(want)
	}, nil
}
