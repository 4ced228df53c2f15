package groups_test

import (
	"fmt"
	"slices"
	"testing"
)

// set is a set of members: bit i is the i-th user of the test.
type set uint32

// operation is a request that changes the members of one group.
type operation struct {
	verb string // add, remove, replace (all three PATCH) or put
	of   set
}

// apply is what the operation makes of a group when nothing else happens.
func (o operation) apply(old set) set {
	switch o.verb {
	case "add":
		return old | o.of
	case "remove":
		return old &^ o.of
	}
	return o.of
}

func (o operation) String() string { return fmt.Sprintf("%s %b", o.verb, o.of) }

// outcome is what became of an operation that was not refused.
type outcome struct {
	operation
	maybe bool // it was not answered: carried out or not
	shown bool // the answer shows members
	seen  set  // those
}

func (o outcome) String() string {
	switch {
	case o.maybe:
		return o.operation.String() + " (not answered)"
	case o.shown:
		return fmt.Sprintf("%s (shows %b)", o.operation, o.seen)
	}
	return o.operation.String()
}

// serial finds out whether operations that ran in parallel did as if they had run
// one after the other: some order of them leads from start to final, and every
// answer shows what stood right behind its operation, or later.
func serial(start, final set, outcomes []outcome) bool {
	return explained(start, final, outcomes, nil)
}

// explained tries every operation that is left as the next. owed are the answers
// that no state has matched yet.
func explained(now, final set, left []outcome, owed []set) bool {
	owed = slices.DeleteFunc(slices.Clone(owed), func(seen set) bool { return seen == now })
	if settled(left) && now == final && len(owed) == 0 {
		return true
	}
	for i, o := range left {
		rest := slices.Delete(slices.Clone(left), i, i+1)
		debts := owed
		if o.shown {
			debts = append(slices.Clone(owed), o.seen)
		}
		if explained(o.apply(now), final, rest, debts) {
			return true
		}
	}
	return false
}

// settled reports whether all that is left may not have been carried out.
func settled(left []outcome) bool {
	return !slices.ContainsFunc(left, func(o outcome) bool { return !o.maybe })
}

// The checker itself: what a lost update, a lost removal and a mixed replace
// leave is the result of no serial order.
func TestSerial(t *testing.T) {
	did := func(verb string, of set) outcome { return outcome{operation: operation{verb, of}} }
	saw := func(verb string, of, seen set) outcome {
		return outcome{operation: operation{verb, of}, shown: true, seen: seen}
	}
	might := func(verb string, of set) outcome { return outcome{operation: operation{verb, of}, maybe: true} }
	for _, tt := range []struct {
		name         string
		start, final set
		outcomes     []outcome
		want         bool
	}{
		{"nothing", 1, 1, nil, true},
		{"two adds", 0, 0b11, []outcome{did("add", 1), did("add", 2)}, true},
		{"a lost add", 0, 0b10, []outcome{did("add", 1), did("add", 2)}, false},
		{"a lost removal", 0b11, 0b10, []outcome{did("remove", 1), did("remove", 2)}, false},
		{"add after replace", 0b1, 0b110, []outcome{did("add", 0b10), did("replace", 0b100)}, true},
		{"add before replace", 0b1, 0b100, []outcome{did("add", 0b10), did("replace", 0b100)}, true},
		{"what replace removed is back", 0b1, 0b101, []outcome{did("add", 0b10), did("replace", 0b100)}, false},
		{"two replaces mixed", 0, 0b11, []outcome{did("replace", 0b1), did("put", 0b10)}, false},
		{"not answered, done", 0, 0b11, []outcome{did("add", 1), might("add", 2)}, true},
		{"not answered, not done", 0, 0b1, []outcome{did("add", 1), might("add", 2)}, true},
		{"from nowhere", 0, 0b100, []outcome{might("add", 1)}, false},
		{"an answer right behind", 0, 0b11, []outcome{saw("add", 1, 0b1), did("add", 2)}, true},
		{"an answer later", 0, 0b11, []outcome{saw("add", 1, 0b11), did("add", 2)}, true},
		{"an answer without its own effect", 0, 0b11, []outcome{saw("add", 1, 0b10), did("add", 2)}, false},
		{"answers that contradict each other", 0, 0b11, []outcome{saw("add", 1, 0b1), saw("add", 2, 0b10)}, false},
	} {
		if got := serial(tt.start, tt.final, tt.outcomes); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
