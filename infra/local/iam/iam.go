// Package iam evaluates policies, as far as the templates of this project need it: Allow
// and Deny, patterns, and the conditions StringEquals and StringLike, plain or with
// ForAllValues.
package iam

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Policy is a list of statements.
type Policy struct{ statements []statement }

type statement struct {
	Effect    string
	Action    many
	Resource  many
	Condition map[string]map[string]many
}

// many is a string or a list of strings: IAM accepts both.
type many []string

// UnmarshalJSON accepts both forms.
func (m *many) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*m = many{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(m))
}

// Request is a request to be authorized.
type Request struct {
	Action   string // such as dynamodb:GetItem
	Resource string // an ARN
	// Context holds the values of condition keys.
	Context map[string][]string
}

func (r Request) String() string { return r.Action + " on " + r.Resource }

// Parse parses policy documents. It refuses unknown condition operators, and condition
// keys other than keys.
func Parse(documents []byte, keys ...string) (*Policy, error) {
	var all []struct{ Statement []statement }
	if err := json.Unmarshal(documents, &all); err != nil {
		return nil, fmt.Errorf("policies must have the form {Statement: [...]}: %w", err)
	}
	p := &Policy{}
	for _, d := range all {
		if len(d.Statement) == 0 {
			return nil, fmt.Errorf("policies must have the form {Statement: [...]}")
		}
		p.statements = append(p.statements, d.Statement...)
	}
	for _, s := range p.statements {
		if err := s.check(keys); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (s statement) check(keys []string) error {
	if s.Effect != "Allow" && s.Effect != "Deny" {
		return fmt.Errorf("a statement has the effect %q", s.Effect)
	}
	for operator, values := range s.Condition {
		for key := range values {
			if !knownOperator(operator) || !slices.Contains(keys, key) {
				return fmt.Errorf("the local stack does not know the condition %s on %s", operator, key)
			}
		}
	}
	return nil
}

func knownOperator(name string) bool {
	base := strings.TrimPrefix(name, "ForAllValues:")
	return base == "StringEquals" || base == "StringLike"
}

// Allows reports whether a statement allows a request and no statement denies it.
func (p *Policy) Allows(r Request) bool {
	allowed := false
	for _, s := range p.statements {
		if !s.matches(r) {
			continue
		}
		if s.Effect == "Deny" {
			return false
		}
		allowed = true
	}
	return allowed
}

func (s statement) matches(r Request) bool {
	return matchAny(s.Action, r.Action) && matchAny(s.Resource, r.Resource) && s.conditionHolds(r)
}

func (s statement) conditionHolds(r Request) bool {
	for operator, keys := range s.Condition {
		for key, patterns := range keys {
			if !holds(operator, patterns, r.Context[key]) {
				return false
			}
		}
	}
	return true
}

// holds evaluates one condition. Without values ForAllValues is true and plain operators
// are false, as in IAM.
func holds(operator string, patterns many, values []string) bool {
	base, forAll := strings.CutPrefix(operator, "ForAllValues:")
	if len(values) == 0 {
		return forAll
	}
	return !slices.ContainsFunc(values, func(v string) bool {
		if base == "StringLike" {
			return !matchAny(patterns, v)
		}
		return !slices.Contains(patterns, v)
	})
}

func matchAny(patterns many, s string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return match(p, s) })
}

// match reports whether a pattern with * and ? matches a text.
func match(pattern, s string) bool {
	for i := range len(pattern) {
		if pattern[i] == '*' {
			for skip := 0; skip <= len(s); skip++ {
				if match(pattern[i+1:], s[skip:]) {
					return true
				}
			}
			return false
		}
		if s == "" || pattern[i] != '?' && pattern[i] != s[0] {
			return false
		}
		s = s[1:]
	}
	return s == ""
}
