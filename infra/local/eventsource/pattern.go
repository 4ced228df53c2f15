package eventsource

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// pattern is a filter. A record passes if all its conditions hold.
type pattern []condition

// condition says whether a record has a scalar value at a path.
type condition struct {
	path   []string
	exists bool
}

// parsePattern parses a filter of the one form that this project uses: nested objects with
// {"exists": true|false} at their leaves.
func parsePattern(text string) (pattern, error) {
	var tree map[string]any
	if err := json.Unmarshal([]byte(text), &tree); err != nil {
		return nil, fmt.Errorf("the filter %s is no JSON object: %w", text, err)
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

func leaf(rules []any, path []string) (pattern, error) {
	if len(rules) == 1 {
		if slices.Contains(path, "OldImage") {
			return nil, errors.New("the local stack does not know every old image")
		}
		if rule, ok := rules[0].(map[string]any); ok && len(rule) == 1 {
			if exists, ok := rule["exists"].(bool); ok {
				return pattern{{path, exists}}, nil
			}
		}
	}
	return nil, fmt.Errorf("the local stack does not know the rules %v in it", rules)
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
		if isLeaf(record, c.path) != c.exists {
			return false
		}
	}
	return true
}

func isLeaf(tree map[string]any, path []string) bool {
	value, ok := tree[path[0]]
	if inner, object := value.(map[string]any); object {
		return len(path) > 1 && isLeaf(inner, path[1:])
	}
	return ok && len(path) == 1
}
