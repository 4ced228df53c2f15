// Package patch applies PATCH messages to resources (RFC 7644 section 3.5.2). A message is applied
// atomically: operations return new values, and the result is validated at the end. It follows the
// RFC; package compat repairs the deviations of providers beforehand.
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

// maxOperations is the maximum number of operations in one message.
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
	Path  *filter.Target // nil if the operation has no path
	Value scim.Value
	// HasValue distinguishes a value of null from no value.
	HasValue bool

	number int // in the message, counted from 1
}

// WithNumber adds the number of the operation to the detail of an error.
func (o Operation) WithNumber(err error) error { return withOperationNumber(err, o.number) }

// CheckLength rejects a message with too many operations. It must be called for the message
// that the client sent: repairs may turn one operation into several.
func CheckLength(body scim.Value) error {
	if n := len(body.Find("Operations").Items()); n > maxOperations {
		return scim.InvalidSyntax(fmt.Sprintf("Operations has %d operations; the limit is %d", n, maxOperations))
	}
	return nil
}

// Parse reads a PATCH message. op may be in any case. sent has the number of each operation
// in the message that the client sent, see compat.Repairs.Patch; nil numbers them from 1.
// The error is an *scim.Error with the number of the operation in its detail.
func Parse(body scim.Value, sent []int) ([]Operation, error) {
	if body.Kind() != scim.Object {
		return nil, scim.InvalidSyntax("the body must be a JSON object that holds a PatchOp message")
	}
	if !scim.HasSchema(body.Find("schemas"), Message) {
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

// check rejects operations that are invalid for every resource. The value of a remove,
// even an empty one, may be meant as the list of what to remove; if it were ignored, the
// operation would remove everything.
func (o Operation) check() error {
	switch {
	case o.Op == Remove && o.Path == nil:
		return scim.NoTarget("remove needs a path")
	case o.Op == Remove && o.HasValue && (o.Path.Filter == nil || !o.Value.IsEmpty()):
		return scim.InvalidSyntax("remove has no value; select what to remove with a filter in the path")
	case o.Op != Remove && !o.HasValue:
		return scim.InvalidValue(string(o.Op) + " needs a value")
	case o.Path == nil && o.Value.Kind() != scim.Object:
		return scim.InvalidValue(string(o.Op) + " without a path needs an object of attributes as its value")
	}
	return nil
}

// withOperationNumber adds the number of the operation to the detail of an error.
func withOperationNumber(err error, number int) error {
	if e, ok := errors.AsType[*scim.Error](err); ok {
		e := *e
		e.Detail = fmt.Sprintf("operation %d: %s", number, e.Detail)
		return &e
	}
	return err
}

// Options are the rules that depend on the tenant's profile.
type Options struct {
	// Element makes the element that add or replace changes if no element matches the
	// filter in its path. If Element is nil or returns nil, the error is noTarget.
	Element func(filter.Expr) *scim.Value
	// SingleFilter reports whether a filter may follow a single-valued attribute, which is
	// then treated as a list of one element. If SingleFilter is nil, the error is
	// invalidPath.
	SingleFilter func(*schema.Attribute) bool
	// SameReadOnly reports whether the value sent for a readOnly attribute leaves its value
	// unchanged; add says that the operation is an add. If SameReadOnly is nil, every
	// operation on such an attribute fails with mutability.
	SameReadOnly func(target schema.Named, sent scim.Value, add bool) (bool, error)
	// Budget bounds the work of all operations together; nil means no limit.
	Budget *scim.Budget
}

// Apply carries out the operations on a resource of type t, each on the result of the
// previous one, and returns the result in canonical form. doc is canonical, without id and
// meta. The error is an *scim.Error, or the error of the budget's context.
func Apply(t *schema.ResourceType, doc scim.Value, ops []Operation, o Options) (scim.Value, error) {
	a := applier{t: t, options: o, evaluation: filter.NewEvaluation(o.Budget)}
	for _, op := range ops {
		var err error
		if doc, err = a.apply(doc, op); err != nil {
			return scim.Value{}, op.WithNumber(BudgetError(err))
		}
	}
	return t.Normalize(doc, schema.Rules{Stored: true})
}
