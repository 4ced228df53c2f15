package eventsource

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// pattern is a filter. A record passes if all its conditions hold.
type pattern []condition

// condition says what a record must have at a path. It holds if one of its rules does.
type condition struct {
	path  []string
	rules []rule
}

// rule reports whether the scalar value at a path is accepted. ok is false if there is none.
type rule func(value string, ok bool) bool

// parsePattern parses a filter of the forms that this project uses: nested objects whose
// leaves are lists of rules: {"exists": true|false}, {"prefix": "..."} and values that the
// record's value equals.
func parsePattern(text string) (pattern, error) {
	var tree map[string]any
	if err := json.Unmarshal([]byte(text), &tree); err != nil {
		return nil, fmt.Errorf("the filter %s is not a JSON object: %w", text, err)
	}
	p, err := conditions(tree, nil)
	if err != nil {
		return nil, fmt.Errorf("the filter %s: %w", text, err)
	}
	return p, nil
}

func conditions(tree map[string]any, path []string) (pattern, error) {
	var all pattern
	for name, value := range tree {
		at := append(path[:len(path):len(path)], name)
		var found pattern
		var err error
		switch v := value.(type) {
		case map[string]any:
			found, err = conditions(v, at)
		case []any:
			found, err = leaf(v, at)
		default:
			err = fmt.Errorf("the local stack does not know %v in it", v)
		}
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// leaf reads the rules at a path.
func leaf(list []any, path []string) (pattern, error) {
	if slices.Contains(path, "OldImage") {
		return nil, errors.New("the local stack does not know the old image of every record")
	}
	c := condition{path: path}
	for _, item := range list {
		r := ruleOf(item)
		if r == nil {
			return nil, fmt.Errorf("the local stack does not know the rule %v in it", item)
		}
		c.rules = append(c.rules, r)
	}
	return pattern{c}, nil
}

// ruleOf reads one rule. It returns nil for one of another form.
func ruleOf(item any) rule {
	switch r := item.(type) {
	case string:
		return func(value string, ok bool) bool { return ok && value == r }
	case map[string]any:
		if len(r) != 1 {
			return nil
		}
		if exists, is := r["exists"].(bool); is {
			return func(_ string, ok bool) bool { return ok == exists }
		}
		if prefix, is := r["prefix"].(string); is {
			return func(value string, ok bool) bool { return ok && strings.HasPrefix(value, prefix) }
		}
	}
	return nil
}

// passes reports whether at least one of the filters accepts a record. Without filters,
// all records pass.
func passes(filters []pattern, record map[string]any) bool {
	for _, p := range filters {
		if p.matches(record) {
			return true
		}
	}
	return len(filters) == 0
}

func (p pattern) matches(record map[string]any) bool {
	for _, c := range p {
		value, ok := scalar(record, c.path)
		if !slices.ContainsFunc(c.rules, func(r rule) bool { return r(value, ok) }) {
			return false
		}
	}
	return true
}

// scalar returns the value at a path as text. ok is false if there is none, or an object.
func scalar(tree map[string]any, path []string) (value string, ok bool) {
	v, ok := tree[path[0]]
	if inner, object := v.(map[string]any); object {
		if len(path) == 1 {
			return "", false
		}
		return scalar(inner, path[1:])
	}
	return fmt.Sprint(v), ok && len(path) == 1
}
