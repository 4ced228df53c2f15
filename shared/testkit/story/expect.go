package story

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// Expectation is what a place in the body must be. A line that states it has a JSON pointer
// (RFC 6901) to the place, a word, and usually a JSON value:
//
//	/active = true                 the place has this value
//	/members has {"value": "..."}  a list with an element, an object with members, a text with a part
//	/members lacks {"value": ...}  the opposite
//	/Resources count 2             a list of two elements
//	/password absent               there is no such place
//	/meta/version present          there is one
//	/id as user                    ${user} stands for this value from now on
type Expectation struct {
	Pointer string
	Word    string
	Operand string
}

// String returns the line that states the expectation.
func (e Expectation) String() string {
	return strings.TrimSpace(e.Pointer + " " + e.Word + " " + e.Operand)
}

// hasOperand reports whether a word needs an operand, and whether there is such a word.
func hasOperand(word string) (needs, known bool) {
	switch word {
	case "=", "has", "lacks", "count", "as":
		return true, true
	case "absent", "present":
		return false, true
	}
	return false, false
}

func parseExpectation(line string) (Expectation, error) {
	pointer, rest, _ := strings.Cut(line, " ")
	word, operand, _ := strings.Cut(strings.TrimSpace(rest), " ")
	e := Expectation{pointer, word, strings.TrimSpace(operand)}
	needs, known := hasOperand(word)
	if !strings.HasPrefix(pointer, "/") || !known || needs != (e.Operand != "") {
		return e, fmt.Errorf(`%q is not an expectation, such as "/active = true"`, line)
	}
	return e, nil
}

// check reports how a body differs from what is expected. The variables in the operand have been replaced.
func (e Expectation) check(body any) error {
	got, found := at(body, e.Pointer)
	if e.Word == "absent" {
		return e.unless(!found, got)
	}
	if !found {
		return fmt.Errorf("%s: there is no %s", e, e.Pointer)
	}
	switch e.Word {
	case "count":
		list, isList := got.([]any)
		return e.unless(isList && strconv.Itoa(len(list)) == e.Operand, got)
	case "=", "has", "lacks":
		return e.compare(got)
	}
	return nil
}

func (e Expectation) compare(got any) error {
	var want any
	if err := json.Unmarshal([]byte(e.Operand), &want); err != nil {
		return fmt.Errorf("%s: the value is not JSON: %w", e, err)
	}
	if e.Word == "=" {
		return e.unless(reflect.DeepEqual(got, want), got)
	}
	return e.unless(includes(got, want) == (e.Word == "has"), got)
}

func (e Expectation) unless(ok bool, got any) error {
	if ok {
		return nil
	}
	text, err := json.Marshal(got)
	return errors.Join(fmt.Errorf("want %s, got %s", e, text), err)
}

// includes reports whether a list has an element, whether an object has the members of another
// object, or whether a text has a part. Members that are objects are compared in the same way.
func includes(got, want any) bool {
	switch got := got.(type) {
	case []any:
		for _, element := range got {
			if reflect.DeepEqual(element, want) || isObject(want) && includes(element, want) {
				return true
			}
		}
		return false
	case map[string]any:
		members, ok := want.(map[string]any)
		for name, value := range members {
			ok = ok && (reflect.DeepEqual(got[name], value) || isObject(value) && includes(got[name], value))
		}
		return ok
	case string:
		part, ok := want.(string)
		return ok && strings.Contains(got, part)
	}
	return reflect.DeepEqual(got, want)
}

func isObject(v any) bool {
	_, ok := v.(map[string]any)
	return ok
}

// at returns what a JSON pointer leads to (RFC 6901 section 4).
func at(body any, pointer string) (any, bool) {
	unescape := strings.NewReplacer("~1", "/", "~0", "~")
	for token := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		switch in := body.(type) {
		case map[string]any:
			value, ok := in[unescape.Replace(token)]
			if !ok {
				return nil, false
			}
			body = value
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(in) {
				return nil, false
			}
			body = in[i]
		default:
			return nil, false
		}
	}
	return body, true
}
