package verify

import (
	"bufio"
	"cmp"
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
)

// sorter sorts more facts than fit into memory. It writes sorted runs to a folder, and merges
// them. If all facts fit into memory, nothing is written.
type sorter struct {
	dir    string // "" until the first run is written
	memory int    // bytes that facts may take in memory
	facts  []fact
	size   int
	runs   []string // names of files in dir
	next   int      // number of the next run
}

// maxRuns is the number of runs, and so of open files, at which all runs are merged into
// one.
const maxRuns = 100

// overhead is the memory of a fact besides its bytes: two string headers, and the rounding of
// the allocator.
const overhead = 64

func (s *sorter) add(f fact) {
	s.facts = append(s.facts, f)
	s.size += len(f.key) + len(f.text) + overhead
}

func (s *sorter) isFull() bool { return s.size >= s.memory }

func (s *sorter) sort() {
	slices.SortFunc(s.facts, compareFacts)
}

func compareFacts(a, b fact) int {
	return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.text, b.text))
}

// flush writes the facts in memory to a run. It returns the runs that are no longer needed.
// The caller removes them after saving the new list of runs.
func (s *sorter) flush() (obsolete []string, err error) {
	if len(s.facts) == 0 {
		return nil, nil
	}
	if s.dir == "" {
		if s.dir, err = os.MkdirTemp("", "verify-"); err != nil {
			return nil, err
		}
	}
	s.sort()
	if err := s.write(slices.Values(s.facts)); err != nil {
		return nil, err
	}
	s.facts, s.size = s.facts[:0], 0
	clear(s.facts[:cap(s.facts)]) // free the strings
	if len(s.runs) < maxRuns {
		return nil, nil
	}
	return s.compact()
}

// compact merges all runs into one.
func (s *sorter) compact() (obsolete []string, err error) {
	obsolete, s.runs = s.runs, nil
	m, err := openMerge(s.dir, obsolete, nil)
	if err != nil {
		return nil, err
	}
	defer m.close()
	if err := s.write(m.all()); err != nil {
		return nil, err
	}
	return obsolete, m.err
}

func (s *sorter) remove(runs []string) (err error) {
	for _, name := range runs {
		err = errors.Join(err, os.Remove(filepath.Join(s.dir, name)))
	}
	return err
}

// write writes sorted facts to a new run.
func (s *sorter) write(facts iter.Seq[fact]) error {
	name := fmt.Sprintf("run-%06d", s.next)
	f, err := os.OpenFile(filepath.Join(s.dir, name), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<18)
	var buffer []byte
	for one := range facts {
		buffer = appendText(appendText(buffer[:0], one.key), one.text)
		if _, err := w.Write(buffer); err != nil {
			break // Flush returns the same error
		}
	}
	if err := errors.Join(w.Flush(), f.Sync(), f.Close()); err != nil {
		return err
	}
	s.next++
	s.runs = append(s.runs, name)
	return nil
}

func appendText(to []byte, text string) []byte {
	return append(binary.AppendUvarint(to, uint64(len(text))), text...)
}

// each calls f with each key and its texts, in order.
func (s *sorter) each(f func(key string, texts iter.Seq[string])) error {
	s.sort()
	m, err := openMerge(s.dir, s.runs, s.facts)
	if err != nil {
		return err
	}
	defer m.close()
	for len(m.cursors) > 0 {
		key := m.cursors[0].now.key
		f(key, m.texts(key))
		for m.isAt(key) { // skip the texts that f did not read
			m.next()
		}
	}
	return m.err
}

// merge reads several sorted runs as one. It ends at the first error.
type merge struct {
	cursors cursors
	files   []*os.File
	err     error
}

// cursor is a position in a run.
type cursor struct {
	now  fact
	more func() (fact, error) // io.EOF at the end
}

func openMerge(dir string, runs []string, rest []fact) (*merge, error) {
	m := &merge{}
	m.open(func() (f fact, err error) {
		if len(rest) == 0 {
			return f, io.EOF
		}
		f, rest = rest[0], rest[1:]
		return f, nil
	})
	for _, name := range runs {
		file, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			m.close()
			return nil, err
		}
		m.files = append(m.files, file)
		r := bufio.NewReaderSize(file, 1<<16)
		m.open(func() (fact, error) { return readFact(r) })
	}
	heap.Init(&m.cursors)
	return m, m.err
}

// open adds a run to the merge.
func (m *merge) open(more func() (fact, error)) {
	first, err := more()
	if errors.Is(err, io.EOF) {
		return
	}
	m.err = errors.Join(m.err, err)
	m.cursors = append(m.cursors, &cursor{first, more})
}

func (m *merge) close() {
	for _, f := range m.files {
		_ = f.Close()
	}
}

// next returns the first fact, and advances.
func (m *merge) next() fact {
	c := m.cursors[0]
	f := c.now
	var err error
	switch c.now, err = c.more(); {
	case errors.Is(err, io.EOF):
		heap.Pop(&m.cursors)
	case err != nil:
		m.err, m.cursors = err, nil
	default:
		heap.Fix(&m.cursors, 0)
	}
	return f
}

func (m *merge) all() iter.Seq[fact] {
	return func(yield func(fact) bool) {
		for len(m.cursors) > 0 {
			if !yield(m.next()) {
				return
			}
		}
	}
}

// texts returns the texts of the facts with a key, which must be the current one.
func (m *merge) texts(key string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for m.isAt(key) {
			if !yield(m.next().text) {
				return
			}
		}
	}
}

func (m *merge) isAt(key string) bool { return len(m.cursors) > 0 && m.cursors[0].now.key == key }

// readFact reads a fact from a run. It is an error if the run ends within a fact.
func readFact(r *bufio.Reader) (f fact, err error) {
	if f.key, err = readText(r); err != nil {
		return f, err
	}
	if f.text, err = readText(r); errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return f, err
}

func readText(r *bufio.Reader) (string, error) {
	n, err := binary.ReadUvarint(r)
	if err != nil {
		return "", err
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(r, text); err != nil {
		return "", io.ErrUnexpectedEOF
	}
	return string(text), nil
}

// cursors is a heap: the cursor with the lowest fact comes first.
type cursors []*cursor

func (c cursors) Len() int           { return len(c) }
func (c cursors) Less(i, j int) bool { return compareFacts(c[i].now, c[j].now) < 0 }
func (c cursors) Swap(i, j int)      { c[i], c[j] = c[j], c[i] }

// Push is called by package heap.
func (c *cursors) Push(x any) { *c = append(*c, x.(*cursor)) }

// Pop is called by package heap.
func (c *cursors) Pop() any {
	last := len(*c) - 1
	one := (*c)[last]
	*c = (*c)[:last]
	return one
}
