// Package patch applies PATCH messages to resources (RFC 7644 section 3.5.2). A
// patch is applied whole or not at all: operations work on values that are never
// modified, and the outcome is validated before it is returned. What providers
// send besides the RFC is repaired by package compat before it comes here.
package patch

import (
	"errors"
	"fmt"

	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
	"scimserver/shared/scim/schema"
)

// Message is the URN of a PATCH message.
const Message = "urn:ietf:params:scim:api:messages:2.0:PatchOp"

// maxOperations is the most operations of one message.
const maxOperations = 10_000

// Op is what an operation does.
type Op string

// The operations.
const (
	Add     Op = "add"
	Remove  Op = "remove"
	Replace Op = "replace"
)

// Operation is one operation of a message.
type Operation struct {
	Op    Op
	Path  *filter.Target // nil without a path
	Value scim.Value
	// HasValue tells a value of null from none.
	HasValue bool

	number int // in the message, counted from 1
}

// WithNumber says in an error's detail which operation it is about.
func (o Operation) WithNumber(err error) error { return withOperationNumber(err, o.number) }

// CheckLength refuses a message of too many operations. It is for the message as
// the client sent it: repairs may make several operations of one.
func CheckLength(body scim.Value) error {
	if n := len(body.Find("Operations").Items()); n > maxOperations {
		return scim.InvalidSyntax(fmt.Sprintf("Operations has %d operations; the limit is %d", n, maxOperations))
	}
	return nil
}

// Parse reads a PATCH message. op may be in any case. sent holds the number of each
// operation in the message as the client sent it, see compat.Repairs.Patch; nil counts
// them from 1. The error is an *scim.Error that names the operation by its number.
func Parse(body scim.Value, sent []int) ([]Operation, error) {
	if body.Kind() != scim.Object {
		return nil, scim.InvalidSyntax("the body must be a JSON object that holds a PatchOp message")
	}
	if !listsURN(body.Find("schemas"), Message) {
		return nil, scim.InvalidSyntax("schemas must name " + Message)
	}
	items := body.Find("Operations")
	if items.Kind() != scim.Array || len(items.Items()) == 0 {
		return nil, scim.InvalidSyntax("Operations must be an array of at least one operation")
	}
	ops := make([]Operation, len(items.Items()))
	for i, item := range items.Items() {
		number := i + 1
		if sent != nil {
			number = sent[i]
		}
		var err error
		if ops[i], err = parseOperation(item); err != nil {
			return nil, withOperationNumber(err, number)
		}
		ops[i].number = number
	}
	return ops, nil
}

func listsURN(schemas scim.Value, urn string) bool {
	for _, item := range schemas.Items() {
		if scim.EqualName(item.Text(), urn) {
			return true
		}
	}
	return false
}

func parseOperation(item scim.Value) (o Operation, err error) {
	if item.Kind() != scim.Object {
		return o, scim.InvalidSyntax("an operation must be a JSON object")
	}
	o.Op = Op(scim.FoldName(item.Find("op").Text()))
	switch o.Op {
	case Add, Remove, Replace:
	default:
		return o, scim.InvalidSyntax("op must be add, remove or replace")
	}
	for _, m := range item.Members() {
		if scim.EqualName(m.Name, "value") {
			o.Value, o.HasValue = m.Value, true
		}
	}
	switch path := item.Find("path"); path.Kind() {
	case scim.Null:
	case scim.String:
		target, err := filter.ParsePath(path.Text())
		if err != nil {
			return o, err
		}
		o.Path = &target
	default:
		return o, scim.InvalidPath("path must be a string")
	}
	return o, o.check()
}

// check refuses what no resource could make sense of. The value of a remove may be
// meant as a list of what to remove, be it empty or null: without it the operation
// would remove everything.
func (o Operation) check() error {
	switch {
	case o.Op == Remove && o.Path == nil:
		return scim.NoTarget("remove needs a path")
	case o.Op == Remove && o.HasValue && (o.Path.Filter == nil || !o.Value.IsEmpty()):
		return scim.InvalidSyntax("remove takes no value; name what to remove by a filter in the path")
	case o.Op != Remove && !o.HasValue:
		return scim.InvalidValue(string(o.Op) + " needs a value")
	case o.Path == nil && o.Value.Kind() != scim.Object:
		return scim.InvalidValue(string(o.Op) + " without a path needs an object of attributes as its value")
	}
	return nil
}

// withOperationNumber says in an error's detail which operation it is about.
func withOperationNumber(err error, number int) error {
	if e, ok := errors.AsType[*scim.Error](err); ok {
		e := *e
		e.Detail = fmt.Sprintf("operation %d: %s", number, e.Detail)
		return &e
	}
	return err
}

// Options are where a tenant's profile has a say.
type Options struct {
	// Element makes the element that add or replace works on when none matches
	// the filter in its path, nil if none is to be made. Without the function
	// nothing is made and the error is noTarget.
	Element func(filter.Expr) *scim.Value
	// SingleFilter reports whether a filter may follow an attribute of one value, which
	// then counts as a list of one. Without the function the error is invalidPath.
	SingleFilter func(*schema.Attribute) bool
	// SameReadOnly reports whether a value for a readOnly attribute changes nothing of the
	// value that it has; add says that the operation adds to several values. Without the
	// function every operation on such an attribute is mutability.
	SameReadOnly func(target schema.Named, sent scim.Value, add bool) (bool, error)
	// Budget bounds the work of the operations together; nil is without bounds.
	Budget *scim.Budget
}

// Apply carries out the operations on a resource of type t, each on the result
// of the one before, and returns the canonical result. doc is canonical, without
// id and meta. The error is an *scim.Error, or the context's if the budget has ended
// with it.
func Apply(t *schema.ResourceType, doc scim.Value, ops []Operation, o Options) (scim.Value, error) {
	a := applier{t: t, options: o, evaluation: filter.NewEvaluation(o.Budget)}
	for _, op := range ops {
		var err error
		if doc, err = a.apply(doc, op); err != nil {
			return scim.Value{}, op.WithNumber(BudgetError(err))
		}
	}
	return t.Normalize(doc, schema.Rules{})
}
