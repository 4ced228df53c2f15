package template

import (
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// pick takes an index and a list.
func (e *evaluator) pick(arg *yaml.Node) (any, error) {
	args, err := e.arguments(arg, 2)
	if err != nil {
		return nil, err
	}
	list, _ := args[1].([]any)
	i, err := strconv.Atoi(fmt.Sprint(args[0]))
	if err != nil || i < 0 || i >= len(list) {
		return nil, e.errorf(arg, "Fn::Select finds no element %v among %d", args[0], len(list))
	}
	return list[i], nil
}

// split takes a separator and a text.
func (e *evaluator) split(arg *yaml.Node) (any, error) {
	args, err := e.arguments(arg, 2)
	if err != nil {
		return nil, err
	}
	list := []any{}
	for part := range strings.SplitSeq(fmt.Sprint(args[1]), fmt.Sprint(args[0])) {
		list = append(list, part)
	}
	return list, nil
}
