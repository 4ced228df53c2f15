package template

import (
	"fmt"
	"regexp"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// readParameters gives every declared parameter its value and refuses a value
// that the template does not allow, as a deployment would.
func (e *evaluator) readParameters() error {
	declared := e.section("Parameters")
	for name, node := range pairs(declared) {
		v, err := e.parameter(name, node)
		if err != nil {
			return err
		}
		e.parameters[name] = v
	}
	for name := range e.deployment.Parameters {
		if child(declared, name) == nil {
			return fmt.Errorf("%s declares no parameter %s", e.file, name)
		}
	}
	return nil
}

func (e *evaluator) parameter(name string, node *yaml.Node) (any, error) {
	value, given := e.deployment.Parameters[name]
	if fallback := child(node, "Default"); !given && fallback != nil {
		value, given = fallback.Value, true
	}
	if !given {
		return nil, e.errorf(node, "parameter %s has no default and was not given", name)
	}
	if err := allowed(node, value); err != nil {
		return nil, e.errorf(node, "parameter %s: %w", name, err)
	}
	if text(child(node, "Type")) != "Number" {
		return value, nil
	}
	number, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return nil, e.errorf(node, "parameter %s is %q, which is not a number", name, value)
	}
	return number, nil
}

func allowed(node *yaml.Node, value string) error {
	if list := child(node, "AllowedValues"); list != nil && !holds(list, value) {
		return fmt.Errorf("%q is not an allowed value", value)
	}
	if pattern := child(node, "AllowedPattern"); pattern != nil {
		re, err := regexp.Compile(pattern.Value)
		if err != nil {
			return err
		}
		if !re.MatchString(value) {
			return fmt.Errorf("%q does not match %s", value, pattern.Value)
		}
	}
	return nil
}

func holds(list *yaml.Node, value string) bool {
	for _, n := range list.Content {
		if n.Value == value {
			return true
		}
	}
	return false
}
