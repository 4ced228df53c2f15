package table

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// expression is the text of a write's condition and update, with the names and values
// that it refers to. Empty parts are nil, as DynamoDB requires.
type expression struct {
	condition, update *string
	names             map[string]string
	values            map[string]types.AttributeValue
}

// expression returns the expressions of the write's condition and update.
func (w Write) expression() (e expression) {
	text := w.Condition
	if w.Condition != "" {
		e.condition = &w.Condition
	}
	if w.op == update {
		clauses := w.clauses()
		e.update = &clauses
		text += " " + clauses
	}
	e.addNames(text)
	for name, value := range w.Values {
		e.value(":"+name, value)
	}
	if w.op == update {
		for name, value := range w.Set {
			e.value(":set_"+name, value)
		}
		for name, n := range w.Add {
			e.value(":add_"+name, n)
		}
	}
	return e
}

// addNames adds the names of attributes in a text, such as #version.
func (e *expression) addNames(text string) {
	for {
		start := strings.IndexByte(text, '#')
		if start < 0 {
			return
		}
		text = text[start+1:]
		name := text[:len(text)-len(strings.TrimLeft(text, nameLetters))]
		if e.names == nil {
			e.names = map[string]string{}
		}
		e.names["#"+name] = name
	}
}

const nameLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

func (e *expression) value(placeholder string, value any) {
	if e.values == nil {
		e.values = map[string]types.AttributeValue{}
	}
	e.values[placeholder] = encode(value)
}

// clauses returns the update expression. Its names are sorted, so that equal writes have
// equal texts.
func (w Write) clauses() string {
	var set, add, drop []string
	for name := range w.Set {
		set = append(set, "#"+name+" = :set_"+name)
	}
	for name := range w.Add {
		add = append(add, "#"+name+" :add_"+name)
	}
	slices.Sort(set)
	slices.Sort(add)
	for _, name := range w.Drop {
		drop = append(drop, "#"+name)
	}
	var clauses []string
	if len(set) > 0 {
		clauses = append(clauses, "SET "+strings.Join(set, ", "))
	}
	if len(add) > 0 {
		clauses = append(clauses, "ADD "+strings.Join(add, ", "))
	}
	if len(drop) > 0 {
		clauses = append(clauses, "REMOVE "+strings.Join(drop, ", "))
	}
	return strings.Join(clauses, " ")
}
