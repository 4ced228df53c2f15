package template

import "go.yaml.in/yaml/v3"

// condition evaluates a condition by its name.
func (e *evaluator) condition(at *yaml.Node, name string) (bool, error) {
	node := child(e.section("Conditions"), name)
	if node == nil {
		return false, e.errorf(at, "there is no condition %s", name)
	}
	return e.truth(node)
}

func (e *evaluator) namedCondition(arg *yaml.Node) (any, error) {
	return e.condition(arg, arg.Value)
}

// truth evaluates a node that stands for true or false. {Condition: name} is a
// call here and only here: policies have a key of that name.
func (e *evaluator) truth(n *yaml.Node) (bool, error) {
	if name := child(n, "Condition"); name != nil && len(n.Content) == 2 {
		return e.condition(name, name.Value)
	}
	v, err := e.value(n)
	if err != nil {
		return false, err
	}
	holds, ok := v.(bool)
	if !ok {
		return false, e.errorf(n, "a condition is expected here")
	}
	return holds, nil
}

func (e *evaluator) not(arg *yaml.Node) (any, error) {
	if len(arg.Content) != 1 {
		return nil, e.errorf(arg, "Fn::Not takes one condition")
	}
	holds, err := e.truth(arg.Content[0])
	return !holds, err
}

func (e *evaluator) and(arg *yaml.Node) (any, error) { return e.all(arg, true) }

func (e *evaluator) or(arg *yaml.Node) (any, error) {
	none, err := e.all(arg, false)
	return !none, err
}

// all reports whether every condition of a list has the wanted value.
func (e *evaluator) all(arg *yaml.Node, want bool) (bool, error) {
	for _, n := range arg.Content {
		holds, err := e.truth(n)
		if err != nil || holds != want {
			return false, err
		}
	}
	return true, nil
}
