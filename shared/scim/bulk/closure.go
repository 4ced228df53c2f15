package bulk

// closure tells which operations wait for which, directly or through others.
type closure struct {
	rows [][]uint64 // a bit for each operation that the row's operation waits for
}

// newClosure follows the edges of a graph without circles.
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

// add notes that i waits for j, and so does everything that waits for i.
func (c closure) add(i, j int) {
	c.join(i, j)
	for k := range c.rows {
		if c.has(k, i) {
			c.join(k, i)
		}
	}
}

// join makes i wait for j and for what j waits for.
func (c closure) join(i, j int) {
	for n, word := range c.rows[j] {
		c.rows[i][n] |= word
	}
	c.rows[i][j/64] |= 1 << (j % 64)
}
