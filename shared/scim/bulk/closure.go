package bulk

// closure says which operations wait for which others, directly or indirectly.
type closure struct {
	rows [][]uint64 // a bit for each operation that the row's operation waits for
}

// newClosure makes the closure of a graph without cycles.
func newClosure(after [][]int) closure {
	c := closure{rows: make([][]uint64, len(after))}
	var visit func(int)
	visit = func(i int) {
		if c.rows[i] != nil {
			return
		}
		c.rows[i] = make([]uint64, (len(after)+63)/64)
		for _, j := range after[i] {
			visit(j)
			c.join(i, j)
		}
	}
	for i := range after {
		visit(i)
	}
	return c
}

func (c closure) has(i, j int) bool { return c.rows[i][j/64]&(1<<(j%64)) != 0 }

// add makes i, and every operation that waits for i, wait for j.
func (c closure) add(i, j int) {
	c.join(i, j)
	for k := range c.rows {
		if c.has(k, i) {
			c.join(k, i)
		}
	}
}

// join makes i wait for j and for the operations that j waits for.
func (c closure) join(i, j int) {
	for n, word := range c.rows[j] {
		c.rows[i][n] |= word
	}
	c.rows[i][j/64] |= 1 << (j % 64)
}
