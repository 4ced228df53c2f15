package order

import "slices"

// First finds the entries that stand first among many, without holding more than
// twice as many as it is asked for.
type First struct {
	order   *Order
	n       int
	entries []Entry
}

// First returns what finds the first n entries.
func (o *Order) First(n int) *First { return &First{order: o, n: n} }

// Add adds an entry.
func (f *First) Add(e Entry) {
	if f.n == 0 {
		return
	}
	if len(f.entries) == 2*f.n {
		f.cut()
	}
	f.entries = append(f.entries, e)
}

// Entries returns the first of the entries that were added, in order.
func (f *First) Entries() []Entry {
	f.cut()
	return f.entries
}

func (f *First) cut() {
	slices.SortFunc(f.entries, f.order.Compare)
	f.entries = f.entries[:min(f.n, len(f.entries))]
}
